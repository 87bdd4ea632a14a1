import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.fees import Rounding, order_fee_e6
from actors.paper.fills import Fill, cash_e6, charge, walk

ONE = 1_000_000
OFFERED = [(520_000, 500), (530_000, 700), (600_000, 9000)]
levels = st.lists(st.tuples(st.integers(1, 9999).map(lambda t: t * 100), st.integers(1, 10**5)), max_size=6)


def test_levels_are_walked_up_to_the_limit_and_the_count() -> None:
    assert walk(OFFERED, "buy", 520_000, 1000) == [(520_000, 500)]
    assert walk(OFFERED, "buy", 530_000, 1000) == [(520_000, 500), (530_000, 500)]
    assert walk(OFFERED, "buy", 519_900, 1000) == []
    assert walk([], "buy", 530_000, 1000) == []


def test_a_seller_takes_no_less_than_the_limit() -> None:
    bids = [(480_000, 500), (470_000, 700)]
    assert walk(bids, "sell", 480_000, 1000) == [(480_000, 500)]
    assert walk(bids, "sell", 470_000, 1000) == [(480_000, 500), (470_000, 500)]


@given(levels, st.integers(1, 10**6), st.integers(1, 10**6))
def test_never_more_than_wanted_nor_than_there_is(
    offered: list[tuple[int, int]], limit_e6: int, count_e2: int
) -> None:
    offered = sorted(dict(offered).items())
    taken = walk(offered, "buy", limit_e6, count_e2)
    within = [(price, count) for price, count in offered if price <= limit_e6]
    assert sum(count for _, count in taken) == min(count_e2, sum(count for _, count in within))
    assert [price for price, _ in taken] == [price for price, _ in within][: len(taken)]


@given(levels, st.sampled_from(Rounding))
def test_the_fills_bear_the_orders_one_fee(taken: list[tuple[int, int]], rounding: Rounding) -> None:
    fills = charge(taken, ONE, rounding)
    assert [(fill.price_e6, fill.count_e2) for fill in fills] == taken
    assert sum(fill.fee_e6 for fill in fills) == (order_fee_e6(taken, ONE, rounding) if taken else 0)


@pytest.mark.parametrize(("action", "cash"), [("buy", 520_000 * 5 + 100), ("sell", 520_000 * 5 - 100)])
def test_the_fee_is_paid_either_way(action: str, cash: int) -> None:
    assert cash_e6(action, Fill(520_000, 500, 100)) == cash


def test_less_than_the_last_digit_goes_against_the_account() -> None:
    assert cash_e6("buy", Fill(333_333, 1, 0)) == 3334
    assert cash_e6("sell", Fill(333_333, 1, 0)) == 3333
