import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.indicators.profile import VolumeProfile

CENT = 10_000


def profile(trades: dict[int, int], share: float = 0.7) -> VolumeProfile:
    made = VolumeProfile(share, 1)
    for cents, count_e2 in trades.items():
        made.take(cents * CENT, count_e2)
    return made


def test_the_value_area_grows_from_the_busiest_price_by_the_busier_neighbour() -> None:
    made = profile({48: 5, 49: 20, 50: 40, 51: 15, 52: 15, 53: 5})
    assert made.area_usd() == pytest.approx((0.49, 0.51))  # 40, 60, 75 of 100
    assert profile({48: 5, 49: 20, 50: 40, 51: 15, 52: 15, 53: 5}, 0.8).area_usd() == pytest.approx(
        (0.49, 0.52)
    )


def test_even_neighbours_join_together() -> None:
    assert profile({49: 20, 50: 40, 51: 20, 52: 20}, 0.5).area_usd() == pytest.approx((0.49, 0.51))


def test_it_reaches_across_prices_that_nobody_traded() -> None:
    assert profile({30: 50, 60: 50}).area_usd() == pytest.approx((0.3, 0.6))


def test_one_trade_is_its_own_area() -> None:
    assert profile({1: 1}).area_usd() == pytest.approx((0.01, 0.01))
    assert profile({99: 1}).area_usd() == pytest.approx((0.99, 0.99))


def test_below_the_area_yes_is_cheap_above_it_dear_inside_neither() -> None:
    made = profile({49: 20, 50: 40, 51: 15, 48: 5, 52: 15, 53: 5})
    assert made.values(0.45)[0] == pytest.approx(0.04)
    assert made.values(0.50)[0] == 0.0
    assert made.values(0.55)[0] == pytest.approx(-0.04)


def test_the_vwap_is_exact_and_its_distance_positive_where_yes_is_below_it() -> None:
    made = profile({40: 100, 60: 300})
    assert made.vwap_usd() == pytest.approx(0.55)
    assert made.values(0.50)[1] == pytest.approx(0.05)
    assert made.values(0.60)[1] == pytest.approx(-0.05)


def test_too_few_trades_or_no_mid_give_none() -> None:
    made = VolumeProfile(0.7, 10)
    for _ in range(9):
        made.take(50 * CENT, 100)
    assert all(math.isnan(value) for value in made.values(0.5))
    made.take(50 * CENT, 100)
    assert made.values(0.5) == (0.0, 0.0)
    assert all(math.isnan(value) for value in made.values(math.nan))


def test_a_tenth_of_a_cent_falls_to_the_nearest_cent() -> None:
    made = VolumeProfile(0.7, 1)
    made.take(93_000, 100)
    assert made.area_usd() == pytest.approx((0.09, 0.09))
    made.take(998_000, 1000)
    assert made.area_usd()[1] == pytest.approx(1.0)


@given(st.dictionaries(st.integers(1, 99), st.integers(1, 1000), min_size=1, max_size=30))
def test_the_area_holds_its_share_and_the_busiest_price(trades: dict[int, int]) -> None:
    low_usd, high_usd = profile(trades).area_usd()
    low, high = round(low_usd * 100), round(high_usd * 100)
    assert sum(count for cents, count in trades.items() if low <= cents <= high) >= 0.7 * sum(trades.values())
    most = max(trades.values())
    assert any(low <= cents <= high for cents, count in trades.items() if count == most)


@given(
    st.dictionaries(st.integers(1, 99), st.integers(1, 10**6), min_size=1, max_size=30), st.integers(1, 99)
)
def test_seen_as_no_both_turn_their_sign(trades: dict[int, int], mid: int) -> None:
    if len(set(trades.values())) < len(trades):
        return  # of even volumes one must come first
    yes = profile(trades).values(mid / 100)
    no = profile({100 - cents: count for cents, count in trades.items()}).values(1 - mid / 100)
    assert no == pytest.approx((-yes[0], -yes[1]), abs=1e-12)
