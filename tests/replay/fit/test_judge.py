"""A calibration is judged on later markets, beside what it was made from and beside the market."""

import msgspec
import numpy as np
import pytest

from actors.signal.calibration_file import Isotonic, Logistic
from replay.fit.judge import judge, verdict
from tests.replay.fit.made import STEPS, late, markets, right, too_sure

SAME = Logistic(0.0, 1.0, [], [], [], [])
HALF = Logistic(-0.35, 0.5, [], [], [], [])
"""Undoes `too_sure`."""
DOUBLE = Logistic(0.0, 2.0, [], [], [], [])
LATER = markets(300, too_sure, seed=11)


def test_what_changes_nothing_scores_the_same() -> None:
    found = judge(SAME, LATER)
    assert found.brier == pytest.approx(found.brier_uncalibrated)
    assert found.better == pytest.approx(0.0)
    assert not found.improves
    assert (found.markets, found.windows, found.samples) == (300, 300, 300 * STEPS)
    assert (found.from_ns, found.to_ns) == (LATER[0].at_ns[0], LATER[-1].known_ns)
    assert found.sessions == ["made"]


def test_what_undoes_the_error_improves() -> None:
    found = judge(HALF, LATER)
    assert found.improves
    assert found.better_low > 0.0
    assert found.better == pytest.approx(found.brier_uncalibrated - found.brier)
    assert found.log_loss < found.log_loss_uncalibrated
    assert found.brier == pytest.approx(found.brier_market or 0.0, abs=1e-3)
    said = verdict(found)
    assert said.startswith("On 300 later windows, the calibration improves the probability: Brier score 0.")


def test_what_spoils_a_right_probability_is_called_worse() -> None:
    found = judge(DOUBLE, markets(300, right, seed=12))
    assert found.better_high < 0.0
    assert not found.improves
    assert "makes the probability worse, leave it off" in verdict(found)
    assert "It is worse than the market's own mid" in verdict(found)


def test_a_market_that_is_behind_is_beaten() -> None:
    made = markets(300, right, seed=13)
    behind = [
        market._replace(bid_e6=np.roll(market.bid_e6, 4), ask_e6=np.roll(market.ask_e6, 4)) for market in made
    ]
    assert "It is better than the market's own mid" in verdict(judge(SAME, behind))


def test_without_a_mid_the_market_is_not_judged() -> None:
    none = -np.ones(STEPS, dtype=np.int64)
    found = judge(HALF, [market._replace(bid_e6=none, ask_e6=none) for market in LATER])
    assert found.brier_market is None
    assert found.better_than_market is None
    assert "There was no market's mid" in verdict(found)


def test_an_isotonic_line_is_judged_likewise() -> None:
    found = judge(Isotonic([(0.0, 0.001), (1.0, 0.999)]), markets(50, late, seed=14))
    assert found.brier == pytest.approx(found.brier_uncalibrated, abs=1e-3)


def test_an_open_verdict_says_that_nothing_is_shown() -> None:
    open_ = msgspec.structs.replace(judge(SAME, LATER), better_low=-0.1, better_high=0.1)
    open_ = msgspec.structs.replace(open_, better_than_market_low=-0.1, better_than_market_high=0.1)
    assert "Nothing shows that it is better or worse than the market's own mid" in verdict(open_)
    assert "nothing shows that the calibration improves the probability, leave it off" in verdict(open_)
