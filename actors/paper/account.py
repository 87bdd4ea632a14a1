"""What is held, what it cost, what it brought. Integers alone."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from actors.paper.book import BUY, SELL, YES
from actors.paper.fills import Fill, cash_e6
from messages import PaperAccount, PaperOrder, PaperSettled, Position

CONTRACT_E2_IN_E6 = 10_000
"""What 1/100 of a contract pays, in dollars x 10^6."""


class Holding(msgspec.Struct):
    """What is held of one market. cost_e6: paid less what exits returned, fees included. orders: to buy."""

    yes_e2: int = 0
    no_e2: int = 0
    cost_e6: int = 0
    orders: int = 0

    def count_e2(self, side: str) -> int:
        """Contracts of one side."""
        return self.yes_e2 if side == YES else self.no_e2

    @property
    def is_empty(self) -> bool:
        """Nothing was ever bought, or it left neither contracts nor money."""
        return not (self.yes_e2 or self.no_e2 or self.cost_e6)

    @property
    def most_lost_e6(self) -> int:
        """What is lost if the market settles the worse way; a YES and a NO together always pay a dollar."""
        return self.cost_e6 - min(self.yes_e2, self.no_e2) * CONTRACT_E2_IN_E6


def day_of(at_ns: int) -> str:
    """The date in UTC."""
    return datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).date().isoformat()


class Account:
    """Inventory per market and in total, open orders, and realised profit.

    Money is cash: a purchase adds to a market's cost, an exit takes from it, and what is left when the
    market settles is realised then. So nothing is ever split or averaged, and nothing is lost to rounding.
    """

    def __init__(self) -> None:
        self.next_order = 1
        self.holdings: dict[str, Holding] = {}
        self.open: dict[int, PaperOrder] = {}
        self.day = ""
        self.day_pnl_e6 = 0
        self.total_pnl_e6 = 0
        self.decided = 0

    def restore(self, said: PaperAccount) -> None:
        """Begin with what was said before a restart."""
        self.next_order = said.next_order
        self.holdings = {
            held.ticker: Holding(held.yes_count_e2, held.no_count_e2, held.cost_e6, held.orders)
            for held in said.positions
        }
        self.open = {order.order: order for order in said.open}
        self.day, self.day_pnl_e6, self.total_pnl_e6 = said.day, said.day_pnl_e6, said.total_pnl_e6
        self.decided = said.decided

    def statement(self, at_ns: int, book: int, taken: list[tuple[str, bool, int, int]]) -> PaperAccount:
        """Say all of it."""
        positions = [
            Position(ticker, held.yes_e2, held.no_e2, held.cost_e6, held.orders)
            for ticker, held in sorted(self.holdings.items())
        ]
        return PaperAccount(
            at_ns, self.next_order, positions, self.day, self.day_pnl_e6, self.total_pnl_e6,
            list(self.open.values()), self.decided, book, taken,
        )  # fmt: skip

    def holding(self, ticker: str) -> Holding:
        """What is held of a market; nothing of one that was never bought."""
        return self.holdings.get(ticker) or Holding()

    def free_e2(self, ticker: str, side: str) -> int:
        """Contracts that are held and that no open order is about to sell."""
        selling = sum(
            order.count_e2
            for order in self.open.values()
            if order.action == SELL and order.ticker == ticker and order.side == side
        )
        return self.holding(ticker).count_e2(side) - selling

    def ordered(self, order: PaperOrder) -> None:
        """Take a new order."""
        self.open[order.order] = order
        self.next_order = order.order + 1
        if order.action == BUY:
            self.holdings.setdefault(order.ticker, Holding()).orders += 1

    def arrived(self, order: PaperOrder, fills: Sequence[Fill]) -> None:
        """Take what became of an order: it is no longer open."""
        del self.open[order.order]
        if not fills:
            return
        held = self.holdings.setdefault(order.ticker, Holding())
        sign = 1 if order.action == BUY else -1
        for fill in fills:
            if order.side == YES:
                held.yes_e2 += sign * fill.count_e2
            else:
                held.no_e2 += sign * fill.count_e2
            held.cost_e6 += sign * cash_e6(order.action, fill)

    def settle(self, ticker: str, result: str, at_ns: int) -> PaperSettled | None:
        """Pay what a market's result pays and forget the market; None where nothing was ever bought.

        result: `yes` or `no`.
        """
        held = self.holdings.pop(ticker, None)
        if held is None or held.is_empty:
            return None
        paid_e6 = (held.yes_e2 if result == YES else held.no_e2) * CONTRACT_E2_IN_E6
        pnl_e6 = paid_e6 - held.cost_e6
        self.turn_to(day_of(at_ns))
        self.day_pnl_e6 += pnl_e6
        self.total_pnl_e6 += pnl_e6
        return PaperSettled(ticker, at_ns, result, held.yes_e2, held.no_e2, held.cost_e6, paid_e6, pnl_e6)

    def turn_to(self, day: str) -> None:
        """Begin a new day if it is one; a clock that is set back begins none."""
        if day > self.day:
            self.day = day
            self.day_pnl_e6 = 0
