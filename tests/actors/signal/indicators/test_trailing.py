import operator
import random

from hypothesis import given
from hypothesis import strategies as st

from actors.signal.indicators.trailing import PARTS, Extreme, Lagged, WindowSums

SECOND = 1_000_000_000
STEPS = st.lists(st.integers(0, 400_000_000), min_size=1, max_size=200)


def test_a_series_is_read_as_it_stood_so_long_ago() -> None:
    lagged = Lagged(5 * SECOND, SECOND)
    for second in range(11):
        lagged.take(second * SECOND, 100.0 + second)
    assert lagged.read(10 * SECOND) == 105.0
    assert lagged.read(10 * SECOND + SECOND // 2) == 105.0
    assert lagged.read(11 * SECOND) == 106.0


def test_before_the_first_value_there_is_none() -> None:
    lagged = Lagged(5 * SECOND, SECOND)
    assert lagged.read(0) == 0.0
    lagged.take(10 * SECOND, 100.0)
    assert lagged.read(15 * SECOND - 1) == 0.0
    assert lagged.read(15 * SECOND) == 100.0


def test_a_hole_then_is_a_hole_now() -> None:
    lagged = Lagged(5 * SECOND, SECOND)
    lagged.take(0, 100.0)
    lagged.take(10 * SECOND, 101.0)
    assert lagged.read(6 * SECOND) == 100.0
    assert lagged.read(6 * SECOND + 1) == 0.0  # what stood at 1.000000001 s was a value of 0 s: stale
    assert lagged.read(15 * SECOND) == 101.0


def test_a_series_that_said_it_has_none_has_none() -> None:
    lagged = Lagged(5 * SECOND, 60 * SECOND)
    lagged.take(0, 100.0)
    lagged.take(SECOND, 0.0)
    lagged.take(2 * SECOND, 102.0)
    assert [lagged.read(at * SECOND) for at in (5, 6, 7)] == [100.0, 0.0, 102.0]


def test_a_clock_that_was_set_back_leaves_nothing_of_the_time_before() -> None:
    lagged = Lagged(5 * SECOND, 60 * SECOND)
    lagged.take(1000 * SECOND, 100.0)
    lagged.take(10 * SECOND, 90.0)
    assert lagged.read(15 * SECOND) == 90.0
    lagged.take(9 * SECOND, 91.0)  # a little back is jitter
    assert lagged.read(15 * SECOND) == 91.0


@given(STEPS)
def test_what_is_read_is_off_by_at_most_a_part_and_memory_stays_bounded(steps: list[int]) -> None:
    back = 2 * SECOND
    lagged = Lagged(back, 60 * SECOND)
    held: list[tuple[int, float]] = []
    now = 0
    for number, step in enumerate(steps):
        now += step
        lagged.take(now, 1.0 + number)
        held.append((now, 1.0 + number))
        value = lagged.read(now)
        late = {v for at, v in held if at <= now - back}
        if not late:
            assert value == 0.0
            continue
        stamp = next(at for at, v in held if v == value)
        newest = max(at for at, v in held if at <= now - back)
        assert newest - back // PARTS <= stamp <= newest
    assert len(lagged._held) <= 2 * PARTS + 2


@given(st.lists(st.tuples(st.integers(0, 300_000_000), st.integers(-9, 9)), min_size=1, max_size=300))
def test_sums_are_those_of_the_window_but_for_a_part_of_it(rows: list[tuple[int, int]]) -> None:
    window = 2 * SECOND
    sums = WindowSums(window)
    held: list[tuple[int, int]] = []
    now = 0
    for step, number in rows:
        now += step
        sums.add(now, number, 2 * number, 1)
        held.append((now, number))
        sums.expire(now)
        part = window // PARTS
        inside = {sum(n for at, n in held if at // part >= oldest) for oldest in ((now - window) // part,)}
        assert {sums.first} == inside
        assert sums.second == 2 * sums.first
        assert sum(at >= now - window for at, _ in held) <= sums.third
        assert sums.third <= sum(at > now - window - part for at, _ in held)


def test_sums_of_a_clock_that_was_set_back_begin_anew() -> None:
    sums = WindowSums(2 * SECOND)
    sums.add(100 * SECOND, 1, 1, 1)
    sums.add(100 * SECOND - 1000, 2, 2, 1)  # jitter
    assert sums.first == 3
    sums.add(50 * SECOND, 7, 7, 1)
    assert (sums.first, sums.second, sums.third) == (7, 7, 1)


def test_the_extremes_are_those_of_a_plain_window_but_for_a_part_of_it() -> None:
    rng = random.Random(2)
    least, greatest = Extreme(SECOND, operator.le), Extreme(SECOND, operator.ge)
    held: list[tuple[int, float]] = []
    now = 0
    for _ in range(5000):
        now += rng.randrange(0, SECOND // 200)
        value = float(rng.randrange(1000))
        held.append((now, value))
        whole = [v for at, v in held[-2000:] if at >= now - SECOND]
        short = [v for at, v in held[-2000:] if at >= now - SECOND + SECOND // PARTS]
        at, low, beside = least.take(now, value, -value)
        assert min(whole) <= low <= min(short)
        assert (at, low) in held
        assert beside == -low
        assert max(short) <= greatest.take(now, value, -value)[1] <= max(whole)


def test_a_series_that_only_rises_keeps_no_more_than_one_value_a_part() -> None:
    least = Extreme(SECOND, operator.le)
    for turn in range(20_000):
        least.take(turn * SECOND // 5000, float(turn), 0.0)
    assert len(least._held) <= PARTS + 2
