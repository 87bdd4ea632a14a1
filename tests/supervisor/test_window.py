"""Erlang's restart window, at its edges."""

from hypothesis import given
from hypothesis import strategies as st

from supervisor.window import Window, add_restart


def given_up_at(step_s: float, intensity: int, period_s: float, tries: int = 500) -> int | None:
    """Number of the first restart that is one too many, one every step_s."""
    window: Window = ()
    for count in range(1, tries):
        window = add_restart(window, (count - 1) * step_s, period_s)
        if len(window) > intensity:
            return count
    return None


def test_one_more_than_the_intensity_at_once_is_too_many() -> None:
    assert given_up_at(0.0, intensity=3, period_s=60) == 4
    assert given_up_at(0.5, intensity=3, period_s=60) == 4
    assert given_up_at(0.0, intensity=100, period_s=1) == 101


def test_a_slow_enough_crash_goes_on_for_ever() -> None:
    assert given_up_at(21.0, intensity=3, period_s=60) is None


def test_a_restart_exactly_as_old_as_the_period_still_counts() -> None:
    assert given_up_at(20.0, intensity=3, period_s=60) == 4


def test_intensity_zero_allows_no_restart() -> None:
    assert given_up_at(1.0, intensity=0, period_s=5) == 1


@given(st.lists(st.floats(0, 1e6), max_size=50), st.floats(0.1, 1e4))
def test_the_window_is_those_of_the_last_period(times_s: list[float], period_s: float) -> None:
    window: Window = ()
    ordered_s = sorted(times_s)
    for index, at_s in enumerate(ordered_s):
        window = add_restart(window, at_s, period_s)
        assert window == tuple(t for t in ordered_s[: index + 1] if t >= at_s - period_s)
