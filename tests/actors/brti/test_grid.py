from hypothesis import given
from hypothesis import strategies as st

from actors.brti.grid import Grid
from actors.market_seconds import SECOND_NS

TIMES = st.integers(min_value=1_700_000_000 * SECOND_NS, max_value=1_900_000_000 * SECOND_NS)


@given(TIMES)
def test_at_real_speed_values_are_due_on_whole_multiples_of_the_period(now_ns: int) -> None:
    due = Grid(200_000_000, 1.0).after(now_ns)
    assert now_ns < due <= now_ns + 200_000_000
    assert due % 200_000_000 == 0


@given(TIMES, st.sampled_from([1.0, 2.0, 7.0, 12.5, 30.0, 60.0, 900.0]))
def test_the_grid_moves_on_and_never_by_more_than_the_period(now_ns: int, speed: float) -> None:
    due = Grid(200_000_000, speed).after(now_ns)
    assert now_ns < due <= now_ns + 200_000_000


@given(st.integers(min_value=0, max_value=10_000), st.sampled_from([2, 5, 60, 900]))
def test_every_second_of_a_fast_market_clock_is_on_the_grid(tick: int, speed: int) -> None:
    grid = Grid(200_000_000, float(speed))
    exact_ns = 1_700_000_000 * SECOND_NS + tick * SECOND_NS / speed
    due = grid.after(int(exact_ns) - 1_000)
    assert abs(due - exact_ns) <= 1_000
