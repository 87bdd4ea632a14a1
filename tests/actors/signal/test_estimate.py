import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.market_seconds import SECOND_NS, MarketSeconds
from actors.settlement import SecondValues, look
from actors.signal.estimate import Spot, estimate

CLOSE = 1_700_000_000


def seen(cents: dict[int, int]) -> SecondValues:
    """cents: seconds before the close -> value."""
    values = SecondValues(MarketSeconds(1.0), SECOND_NS)
    for before in sorted(cents, reverse=True):
        values.put(CLOSE - before, cents[before])
    return values


def value(values: SecondValues, left_s: float, spot: Spot, strike: float = 84_000.0) -> float:
    return estimate(look(values, CLOSE), values, left_s, spot, strike).probability


PURE = Spot(84_010.0, 5e-5, 0.0, True)


def test_inside_the_minute_it_is_the_tabled_value() -> None:
    values = seen(dict.fromkeys(range(60, 44, -1), 8_399_500))
    made = estimate(look(values, CLOSE), values, 45.0, Spot(84_020.0, 5e-5, 0.0, True), 84_000.0)
    assert made.probability == pytest.approx(0.866845, abs=1e-6)
    assert (made.known, made.known_mean_usd, made.missing) == (16, 83_995.0, [])


def test_it_runs_on_continuously_while_a_value_is_on_its_way() -> None:
    values = seen(dict.fromkeys(range(60, 30, -1), 8_401_000))
    just_before = value(values, 30.0 + 1e-9, PURE)
    on_its_way = value(values, 30.0 - 1e-9, PURE)
    values.put(CLOSE - 30, 8_401_000)
    arrived = value(values, 30.0 - 1e-9, PURE)
    assert just_before == pytest.approx(on_its_way, abs=1e-4)
    assert on_its_way == pytest.approx(arrived, abs=1e-12)


def test_when_all_sixty_are_known_the_rule_decides() -> None:
    tie = {before: 8_400_000 - (before % 2) for before in range(60, 0, -1)}  # mean 83,999.995
    assert value(seen(tie), 0.5, PURE) == 1.0
    below = tie | {60: 8_399_999}
    assert value(seen(below), 0.5, PURE) == 0.0


def test_the_error_of_the_proxy_keeps_the_end_open_and_the_official_values_close_it() -> None:
    values = seen(dict.fromkeys(range(60, 0, -1), 8_400_100))
    open_end = value(values, 0.5, Spot(84_001.0, 5e-5, 1e-4, True))
    assert open_end == pytest.approx(0.5 * math.erfc(-1.005 / 8.4001 / math.sqrt(2)))
    assert value(values, 0.5, Spot(84_001.0, 5e-5, 1e-4, False)) == 1.0


def test_missing_values_are_named_and_drawn_between_their_neighbours() -> None:
    whole = {before: 8_400_000 + 100 * (60 - before) for before in range(60, 40, -1)}
    holed = {before: cents for before, cents in whole.items() if before not in (50, 49)}
    values = seen(holed)
    made = estimate(look(values, CLOSE), values, 41.0, PURE, 84_010.0)
    assert made.missing == [50, 49]
    assert made.known == 18
    assert made.probability == pytest.approx(value(seen(whole), 41.0, PURE, 84_010.0), abs=1e-12)


@given(
    st.dictionaries(st.integers(1, 60), st.integers(8_300_000, 8_500_000)),
    st.floats(0.001, 900),
    st.floats(83_000, 85_000),
)
def test_it_is_a_probability_that_falls_with_the_strike(
    cents: dict[int, int], left_s: float, strike: float
) -> None:
    values = seen({before: cents[before] for before in cents if before >= left_s})
    low, high = value(values, left_s, PURE, strike), value(values, left_s, PURE, strike + 10)
    assert 0.0 <= high <= low <= 1.0
