"""The isotonic fit finds how often it really came true."""

import pytest

from actors.signal.calibration import Calibration
from actors.signal.log_odds import from_log_odds, log_odds
from replay.fit.isotonic import fit_isotonic
from tests.replay.fit.made import markets, right, too_sure


@pytest.mark.parametrize("thought", [right, too_sure])
def test_the_line_rises_from_almost_nothing_to_almost_certain(thought: object) -> None:
    knots = fit_isotonic(markets(60, too_sure, seed=1)).knots
    at, to = [knot[0] for knot in knots], [knot[1] for knot in knots]
    assert at == sorted(set(at))
    assert to == sorted(to)
    assert (at[0], at[-1]) == (0.0, 1.0)
    assert 0.0 < to[0] < 0.01
    assert 0.99 < to[-1] < 1.0


def test_a_probability_that_is_right_is_almost_left_alone() -> None:
    calibration = Calibration(fit_isotonic(markets(600, right, seed=2)), "")
    for p in (0.1, 0.3, 0.5, 0.7, 0.9):
        assert calibration.evaluate(p, -1, -1, []) == pytest.approx(p, abs=0.09)


def test_a_probability_that_is_too_sure_is_drawn_to_the_truth() -> None:
    calibration = Calibration(fit_isotonic(markets(600, too_sure, seed=3)), "")
    for truth in (0.1, 0.3, 0.5, 0.7, 0.9):
        thought = from_log_odds(2.0 * log_odds(truth) + 0.7)
        assert calibration.evaluate(thought, -1, -1, []) == pytest.approx(truth, abs=0.09)


def test_single_windows_do_not_bend_the_line() -> None:
    assert len(fit_isotonic(markets(60, right, seed=4)).knots) <= 60 / 10 + 2


def test_samples_that_are_all_alike_give_a_line_through_their_share() -> None:
    made = [market._replace(probability=0.0 * market.probability + 0.6) for market in markets(40, right, 5)]
    share = sum(market.outcome for market in made) / len(made)
    assert Calibration(fit_isotonic(made), "").evaluate(0.6, -1, -1, []) == pytest.approx(share, abs=0.2)
