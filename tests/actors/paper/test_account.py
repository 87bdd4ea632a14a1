from hypothesis import given
from hypothesis import strategies as st

from actors.paper.account import Account, Holding, day_of
from actors.paper.fills import Fill
from messages import PaperOrder, PaperSettled, Position

DAY_NS = 1_800_000_000 * 10**9


def order(number: int, action: str = "buy", side: str = "yes", count_e2: int = 500) -> PaperOrder:
    return PaperOrder(number, "M", 1, 2, 3, action, side, 500_000, count_e2)


def bought(*fills: Fill, side: str = "yes") -> Account:
    account = Account()
    account.ordered(order(1, side=side))
    account.arrived(order(1, side=side), fills)
    return account


def test_purchases_add_up_with_their_fees() -> None:
    account = bought(Fill(500_000, 200, 100), Fill(510_000, 100, 50))
    assert account.holding("M") == Holding(300, 0, 1_000_000 + 510_000 + 150, 1)
    assert (account.next_order, account.open) == (2, {})


def test_an_order_that_took_nothing_leaves_nothing_but_its_count() -> None:
    account = bought()
    assert account.holding("M") == Holding(0, 0, 0, 1)
    assert account.holding("M").is_empty
    assert account.settle("M", "yes", DAY_NS) is None
    assert account.holdings == {}


def test_a_sale_returns_money_and_is_realised_when_the_market_settles() -> None:
    account = bought(Fill(500_000, 200, 0))
    account.ordered(order(2, "sell", count_e2=200))
    account.arrived(order(2, "sell", count_e2=200), [Fill(600_000, 200, 1000)])
    assert account.holding("M") == Holding(0, 0, -199_000, 1)
    assert account.total_pnl_e6 == 0
    settled = account.settle("M", "no", DAY_NS)
    assert settled == PaperSettled("M", DAY_NS, "no", 0, 0, -199_000, 0, 199_000)
    assert (account.day, account.day_pnl_e6, account.total_pnl_e6) == ("2027-01-15", 199_000, 199_000)


def test_the_side_that_won_is_paid_a_dollar_each() -> None:
    account = bought(Fill(300_000, 400, 0), side="no")
    settled = account.settle("M", "no", DAY_NS)
    assert settled is not None
    assert (settled.no_count_e2, settled.paid_e6, settled.pnl_e6) == (400, 4_000_000, 2_800_000)
    account = bought(Fill(300_000, 400, 0), side="no")
    settled = account.settle("M", "yes", DAY_NS)
    assert settled is not None
    assert (settled.paid_e6, settled.pnl_e6) == (0, -1_200_000)


def test_what_is_about_to_be_sold_is_not_free() -> None:
    account = bought(Fill(500_000, 500, 0))
    assert account.free_e2("M", "yes") == 500
    account.ordered(order(2, "sell", count_e2=300))
    assert account.free_e2("M", "yes") == 200
    assert account.free_e2("M", "no") == 0
    assert account.free_e2("X", "yes") == 0


def test_a_yes_and_a_no_together_cannot_both_be_lost() -> None:
    assert Holding(500, 200, 3_000_000).most_lost_e6 == 1_000_000
    assert Holding(500, 0, 3_000_000).most_lost_e6 == 3_000_000


def test_a_new_day_begins_with_nothing_made_and_none_begins_backwards() -> None:
    account = bought(Fill(500_000, 100, 0))
    account.settle("M", "yes", DAY_NS)
    account.turn_to("2027-01-14")
    assert (account.day, account.day_pnl_e6) == ("2027-01-15", 500_000)
    account.turn_to("2027-01-16")
    assert (account.day, account.day_pnl_e6, account.total_pnl_e6) == ("2027-01-16", 0, 500_000)


def test_the_day_is_that_of_utc() -> None:
    assert day_of(1_795_391_999 * 10**9 + 999) == "2026-11-22"
    assert day_of(1_795_392_000 * 10**9) == "2026-11-23"


@given(
    st.integers(1, 9),
    st.integers(-(10**9), 10**9),
    st.lists(st.builds(order, st.integers(1, 50)), max_size=3, unique_by=lambda one: one.order),
    st.dictionaries(st.text(max_size=3), st.builds(Holding, *[st.integers(0, 10**6)] * 4), max_size=3),
)
def test_what_is_stated_can_be_begun_with(
    decided: int, pnl_e6: int, opened: list[PaperOrder], holdings: dict[str, Holding]
) -> None:
    account = Account()
    account.decided, account.day_pnl_e6, account.total_pnl_e6, account.day = decided, pnl_e6, -pnl_e6, "d"
    account.open = {one.order: one for one in opened}
    account.holdings = holdings
    said = account.statement(5, 7, [("M", True, 1, 2)])
    assert (said.at_ns, said.book, said.taken, said.open) == (5, 7, [("M", True, 1, 2)], opened)
    assert [held.ticker for held in said.positions] == sorted(holdings)
    assert all(isinstance(held, Position) for held in said.positions)
    again = Account()
    again.restore(said)
    assert again.statement(5, 7, [("M", True, 1, 2)]) == said
    assert again.holdings == holdings
