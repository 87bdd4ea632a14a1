import math

import pytest

from actors.signal.indicators.delay import Delay, Lateness

TENTH = 100_000_000


def run(delay: Delay, rows: list[tuple[float, float]], begin: int = 0, step: int = TENTH) -> Lateness:
    """Feed fair value and mid, a tenth of a second apart; return the last."""
    late = delay.take(begin, *rows[0])
    for turn, (fair, mid) in enumerate(rows[1:], start=1):
        late = delay.take(begin + turn * step, fair, mid)
    return late


def quiet(count: int = 101) -> list[tuple[float, float]]:
    return [(0.50, 0.51)] * count


def test_a_move_that_the_quote_has_not_made_is_all_missing() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), (0.55, 0.51)])
    assert late.rest_usd == pytest.approx(0.05)
    assert late.absorbed == 0.0
    assert late.age_s == 0.0


def test_its_age_runs_from_when_something_began_to_be_missing() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), *[(0.55, 0.51)] * 8])
    assert late.age_s == pytest.approx(0.7)


def test_a_quote_on_its_way_has_absorbed_a_share() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), (0.54, 0.51), (0.54, 0.52)])
    assert late.rest_usd == pytest.approx(0.03)
    assert late.absorbed == pytest.approx(0.25)
    assert late.age_s == pytest.approx(0.1)


def test_a_quote_that_has_arrived_is_late_no_more() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), (0.54, 0.51), (0.54, 0.55)])
    assert (late.rest_usd, late.age_s) == (0.0, 0.0)
    assert late.absorbed == pytest.approx(1.0)


def test_a_quote_that_went_too_far_is_not_late_either() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), (0.54, 0.51), (0.54, 0.58)])
    assert late.rest_usd == 0.0
    assert late.absorbed == pytest.approx(7 / 4)


def test_a_quote_that_goes_the_other_way_is_later_still() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), (0.54, 0.49)])
    assert late.rest_usd == pytest.approx(0.06)
    assert late.absorbed == pytest.approx(-0.5)


def test_seen_as_no_the_rest_turns_its_sign_and_nothing_else() -> None:
    rows = [*quiet(), (0.53, 0.51), (0.54, 0.52), (0.54, 0.53), (0.515, 0.53), (0.46, 0.52)]
    up, down = Delay(10.0, 0.01, 1.0), Delay(10.0, 0.01, 1.0)
    for turn, (fair, mid) in enumerate(rows):
        of_yes = up.take(turn * TENTH, fair, mid)
        of_no = down.take(turn * TENTH, 1 - fair, 1 - mid)
        if turn < 100:
            assert math.isnan(of_yes.rest_usd)
            assert math.isnan(of_no.rest_usd)
        else:
            assert of_no.rest_usd == pytest.approx(-of_yes.rest_usd)
            assert of_no.age_s == pytest.approx(of_yes.age_s)
            assert of_no.absorbed == pytest.approx(of_yes.absorbed, nan_ok=True)


def test_a_small_move_is_none() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), (0.505, 0.51)])
    assert late.rest_usd == 0.0
    assert late.age_s == 0.0
    assert math.isnan(late.absorbed)


def test_a_move_older_than_the_window_is_forgotten() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), *[(0.55, 0.51)] * 102])
    assert late.rest_usd == 0.0


def test_the_age_begins_anew_when_the_side_changes() -> None:
    late = run(Delay(10.0, 0.01, 1.0), [*quiet(), *[(0.55, 0.51)] * 5, (0.40, 0.51), (0.40, 0.51)])
    assert late.rest_usd == pytest.approx(-0.15)
    assert late.age_s == pytest.approx(0.1)


def test_nothing_is_said_before_a_whole_window_was_seen_and_after_a_loss() -> None:
    delay = Delay(10.0, 0.01, 1.0)
    assert math.isnan(run(delay, quiet(100)).rest_usd)
    assert delay.take(100 * TENTH, 0.5, 0.51).rest_usd == 0.0
    delay.clear()
    assert math.isnan(run(delay, quiet(100), 101 * TENTH).rest_usd)


def test_seconds_are_the_markets_own() -> None:
    rows = [*quiet(), *[(0.55, 0.51)] * 8]
    late = run(Delay(10.0, 0.01, 10.0), rows, step=TENTH // 10)
    assert late.age_s == pytest.approx(0.7)


def test_a_clock_that_was_set_back_begins_anew() -> None:
    delay = Delay(10.0, 0.01, 1.0)
    run(delay, [*quiet(), (0.55, 0.51)], begin=3600 * 10 * TENTH)
    assert math.isnan(run(delay, quiet(100)).rest_usd)
    assert delay.take(100 * TENTH, 0.5, 0.51).rest_usd == 0.0
