import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.market_seconds import SECOND_NS, MarketSeconds
from actors.settlement import (
    SecondValues,
    least_sum_cents,
    look,
    mean_cents,
    settlement_cents,
    sum_up,
)
from tests.actors.signal.vectors import vectors

MS = 1_000_000
BASE = 1_700_000_000


def values(speed: float = 1.0) -> SecondValues:
    return SecondValues(MarketSeconds(speed), SECOND_NS)


def at(second: float) -> int:
    return round((BASE + second) * 1000) * MS


def test_a_seconds_value_is_the_newest_one_at_or_before_its_beginning() -> None:
    kept = values()
    kept.take(at(0.4), 100.0)
    assert kept.take(at(0.99), 101.0) == []
    assert kept.take(at(1.001), 102.0) == [BASE + 1]
    assert kept.take(at(2), 103.0) == [BASE + 2]
    assert kept.cents == {BASE + 1: 10_100, BASE + 2: 10_300}


def test_a_second_that_no_fresh_value_covers_is_missing() -> None:
    kept = values()
    kept.take(at(0.5), 100.0)
    assert kept.take(at(4.2), 101.0) == [BASE + 1]
    assert kept.take(at(5.0), 102.0) == [BASE + 5]
    window = look(kept, BASE + 6)
    assert (window.known, window.sum_cents) == (2, 20_200)
    assert {4, 3, 2} <= set(window.missing)
    assert len(window.missing) == 58


def test_a_withheld_index_covers_nothing() -> None:
    kept = values()
    kept.take(at(0.5), 100.0)
    kept.take(at(0.7), 0.0)
    assert kept.take(at(1.1), 100.0) == []


def test_only_the_sixty_seconds_before_the_close_count_and_not_the_close() -> None:
    kept = values()
    for second in range(-5, 61):
        kept.take(at(second), 100.0 + (second == 60) * 50 + (second < 0) * 50)
    window = look(kept, BASE + 60)
    assert (window.known, window.missing) == (60, [])
    assert window.sum_cents == 60 * 10_000


def test_a_missing_second_is_drawn_between_its_neighbours() -> None:
    kept = values()
    kept.put(BASE, 100)
    kept.put(BASE + 4, 500)
    assert kept.between(BASE + 1, 0.0) == 200
    assert kept.between(BASE + 3, 0.0) == 400
    assert kept.between(BASE - 3, 0.0) == 100
    assert values().between(BASE, 7.0) == 7.0


def test_the_official_values_bear_their_own_seconds_and_may_skip_some() -> None:
    kept = values()
    for second in (*range(30), *range(31, 60)):
        kept.put(BASE + second, 1)
    window = look(kept, BASE + 60)
    assert (window.known, window.missing) == (59, [30])


def test_a_fast_market_clock_has_its_own_seconds() -> None:
    kept = values(speed=60.0)
    begin = MarketSeconds(60.0).begun(at(0))
    for step in range(0, 1000, 5):
        kept.take(at(step / 1000), 100.0 + step)
    assert [kept.cents[begin + second] for second in (1, 2, 3)] == [11_500, 13_000, 15_000]
    assert look(kept, begin + 59).missing[1:] == []


def test_time_that_runs_backwards_starts_the_record_anew() -> None:
    kept = values()
    kept.take(at(5000), 100.0)
    kept.take(at(5001), 100.0)
    assert kept.take(at(10.5), 100.0) == []
    assert kept.take(at(11), 101.0) == [BASE + 11]
    assert set(kept.cents) == {BASE + 11}


def test_it_remembers_a_bounded_stretch() -> None:
    kept = values()
    for second in range(5000):
        kept.take(at(second), 100.0)
    assert len(kept.cents) <= 700


@pytest.mark.parametrize(
    ("sum_cents", "settled"), [(504_000_030, 8_400_001), (504_000_029, 8_400_000), (504_000_000, 8_400_000)]
)
def test_the_mean_is_rounded_half_up(sum_cents: int, settled: int) -> None:
    assert settlement_cents(sum_cents) == settled


def test_every_reference_case_settles_as_stated() -> None:
    for case in vectors("settlement_check")["synthetic_cases"]:
        kept = values()
        for number, cents in enumerate([*case["prints_cents_T60_to_T1"], case["print_at_T_cents"]]):
            kept.put(BASE + number, cents)
        window = look(kept, BASE + 60)
        assert window.sum_cents == case["sum_cents"]
        assert settlement_cents(window.sum_cents) == case["settle_cents"]


@given(st.lists(st.integers(1, 10**8), min_size=60, max_size=60))
def test_rounding_is_exact(cents: list[int]) -> None:
    settled = settlement_cents(sum(cents))
    assert 0 < 2 * sum(cents) - 2 * 60 * settled + 60 <= 120 or 2 * sum(cents) == 120 * settled - 60


def test_a_window_that_is_summed_up_as_decided_lacks_what_nobody_saw() -> None:
    window = sum_up({BASE: 100, BASE + 2: 300, BASE + 60: 999}, BASE + 3, BASE + 60)
    assert (window.known, window.sum_cents, window.missing) == (2, 400, [59, 57])
    assert sum_up({BASE + 5: 1}, BASE + 3, BASE + 60).known == 1


@given(st.integers(1, 10**8), st.integers(-(10**10), 10**10))
def test_the_least_sum_is_the_first_that_reaches_the_strike(strike_cents: int, other: int) -> None:
    least = least_sum_cents(strike_cents)
    assert settlement_cents(least) >= strike_cents > settlement_cents(least - 1)
    assert (settlement_cents(other) >= strike_cents) == (other >= least)


@given(st.integers(-(10**10), 10**10), st.integers(1, 60))
def test_a_mean_of_any_count_is_rounded_half_up(sum_cents: int, count: int) -> None:
    assert mean_cents(sum_cents, count) == math.floor(Fraction(sum_cents, count) + Fraction(1, 2))
