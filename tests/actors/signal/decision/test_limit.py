import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.fees import Rounding, taker_fee_e6
from actors.signal.decision.limit import limit_e6
from messages import DOLLAR_E6

TAPERED = [(0, 100_000, 1_000), (100_000, 900_000, 10_000), (900_000, 1_000_000, 1_000)]


def left_usd(price_e6: int, worth_usd: float) -> float:
    return worth_usd - (price_e6 + taker_fee_e6(price_e6, 100, DOLLAR_E6, Rounding.DIRECT)) / DOLLAR_E6


def test_the_limit_is_the_last_tick_that_leaves_enough() -> None:
    limit = limit_e6(500_000, 0.56, 0.01, TAPERED, DOLLAR_E6, Rounding.DIRECT)
    assert limit == 530_000
    assert left_usd(530_000, 0.56) >= 0.01 > left_usd(540_000, 0.56)


def test_it_is_never_below_what_is_offered() -> None:
    assert limit_e6(600_000, 0.56, 0.01, TAPERED, DOLLAR_E6, Rounding.DIRECT) == 600_000


def test_cents_stand_in_for_an_unknown_ladder_and_the_ends_are_fine() -> None:
    assert limit_e6(500_000, 0.56, 0.01, [], DOLLAR_E6, Rounding.DIRECT) == 530_000
    assert limit_e6(930_000, 0.99, 0.01, TAPERED, DOLLAR_E6, Rounding.DIRECT) == 978_000
    assert limit_e6(20_000, 0.05, 0.01, TAPERED, DOLLAR_E6, Rounding.DIRECT) == 37_000


@given(st.integers(1, 998), st.floats(0.0, 1.0), st.floats(0.0, 0.1))
def test_no_tick_above_the_limit_would_do(offered: int, worth_usd: float, keep_usd: float) -> None:
    offered_e6 = offered * 1000
    limit = limit_e6(offered_e6, worth_usd, keep_usd, TAPERED, DOLLAR_E6, Rounding.DIRECT)
    assert limit >= offered_e6
    if limit > offered_e6:
        assert left_usd(limit, worth_usd) >= keep_usd
    for start, end, step in TAPERED:
        for price_e6 in range(start, end, step):
            if price_e6 > limit:
                assert left_usd(price_e6, worth_usd) < keep_usd


@pytest.mark.parametrize("rounding", list(Rounding))
def test_every_rounding_is_asked_exactly(rounding: Rounding) -> None:
    limit = limit_e6(100_000, 0.5, 0.02, TAPERED, DOLLAR_E6, rounding)
    assert 0.5 - (limit + taker_fee_e6(limit, 100, DOLLAR_E6, rounding)) / DOLLAR_E6 >= 0.02
