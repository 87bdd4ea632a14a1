from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from actors.fees import Rounding, order_fee_e6
from actors.paper.account import Account, Holding
from actors.paper.limits import Allowed, Limits, reserved_e6
from actors.paper.settings import Settings
from messages import PaperOrder

ONE = 1_000_000
DAY = "2026-11-22"


def allow(account: Account, count_e2: int, limit_e6: int = 500_000, **settings: Any) -> Allowed:
    return Limits(Settings(**settings)).allow(account, lambda _: ONE, "M", limit_e6, count_e2, DAY)


def holding(**changes: Any) -> Account:
    account = Account()
    account.holdings["M"] = Holding(**changes)
    return account


def opened(account: Account, count_e2: int, ticker: str = "M", action: str = "buy") -> Account:
    order = PaperOrder(account.next_order, ticker, 1, 2, 3, action, "yes", 500_000, count_e2)
    account.ordered(order)
    return account


def test_within_all_limits_all_is_allowed() -> None:
    assert allow(Account(), 10_000) == Allowed(10_000, "")


def test_contracts_held_and_on_their_way_count_on_both_sides() -> None:
    account = opened(holding(yes_e2=300, no_e2=200), 400)
    assert allow(account, 500, max_contracts=12.0).count_e2 == 300
    assert "max_contracts is 12" in allow(account, 500, max_contracts=12.0).reason
    assert allow(account, 300, max_contracts=12.0) == Allowed(300, "")
    assert allow(opened(account, 900, "X"), 300, max_contracts=12.0).count_e2 == 300


def test_part_of_a_decision_is_allowed_in_whole_contracts() -> None:
    assert allow(holding(yes_e2=50), 500, max_contracts=4.0).count_e2 == 300
    assert allow(Account(), 50, max_contracts=1.0).count_e2 == 50


def test_the_cost_of_all_that_is_open_is_limited() -> None:
    account = opened(holding(yes_e2=400, cost_e6=2_000_000), 200, "X")
    allowed = allow(account, 1000, max_open_cost_usd=5.0)
    assert allowed.count_e2 == 300  # 3 x (.50 + .0175) + rounding fit into 5 - 2 - 1.045, 4 x do not
    assert "max_open_cost_usd is 5" in allowed.reason
    assert allow(holding(cost_e6=-5_000_000), 1000, max_open_cost_usd=5.0).count_e2 == 900


def test_the_loss_of_a_day_counts_what_is_lost_and_what_could_be() -> None:
    account = holding(yes_e2=400, cost_e6=2_000_000)
    account.day, account.day_pnl_e6 = DAY, -1_500_000
    allowed = allow(account, 1000, max_loss_day_usd=5.0)
    assert allowed.count_e2 == 200
    assert "$3.50 could be lost today; max_loss_day_usd is 5" in allowed.reason
    account.day = "2026-11-21"
    assert allow(account, 1000, max_loss_day_usd=5.0).count_e2 == 500


def test_a_pair_that_pays_whatever_comes_is_no_risk() -> None:
    paired = holding(yes_e2=400, no_e2=400, cost_e6=4_000_000)
    assert allow(paired, 1000, max_loss_day_usd=5.0).count_e2 == 900


def test_so_many_orders_in_a_market_and_no_more() -> None:
    assert allow(holding(orders=2), 100, max_orders=3).count_e2 == 100
    assert allow(holding(orders=3), 100, max_orders=3).count_e2 == 0
    assert "max_orders" in allow(holding(orders=3), 100, max_orders=3).reason


def test_an_exit_that_is_on_its_way_needs_no_room() -> None:
    account = opened(holding(yes_e2=400), 400, action="sell")
    assert allow(account, 600, max_contracts=10.0).count_e2 == 600


ticks = st.integers(1, 9999).map(lambda tick: tick * 100)


@given(
    st.lists(st.tuples(ticks, st.integers(1, 5000)), min_size=1, max_size=6),
    st.sampled_from(Rounding),
    st.integers(0, 3 * ONE),
)
def test_an_order_never_costs_more_than_was_reserved(
    fills: list[tuple[int, int]], rounding: Rounding, multiplier: int
) -> None:
    limit_e6 = max(price for price, _ in fills)
    paid = sum(-(-price * count // 100) for price, count in fills) + order_fee_e6(fills, multiplier, rounding)
    assert paid <= reserved_e6(limit_e6, sum(count for _, count in fills), multiplier, rounding)
