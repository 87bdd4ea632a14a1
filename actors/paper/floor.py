"""All markets, as an order meets them at its time."""

from typing import NamedTuple

from actors.fees import Rounding
from actors.paper.book import BUY
from actors.paper.fills import Fill, charge, walk
from actors.paper.market import PaperMarket
from actors.paper.tape import Entry, Tape
from messages import (
    DOLLAR_E6,
    FeedGap,
    FeedHealth,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketDefined,
    Message,
    PaperAccount,
    PaperOrder,
)

OVER_NS = 60_000_000_000
"""How long after its close a market is kept at least."""


class Met(NamedTuple):
    """What an order found. reason: why not all of it was filled; empty where all was."""

    fills: list[Fill]
    reason: str


class Floor:
    """Brings books, definitions and trust forward to the moment of each order, and not beyond.

    results: (ticker, `yes` or `no`, at_ns) of markets that settled on the way; the caller empties it.
    """

    def __init__(self, stale_ns: int, rounding: Rounding) -> None:
        self._stale_ns = stale_ns
        self._rounding = rounding
        self._tape = Tape()
        self._markets: dict[str, PaperMarket] = {}
        self._newest: dict[str, PaperMarket] = {}
        self._untaken: PaperAccount | None = None
        self.results: list[tuple[str, str, int]] = []

    def recall(self, said: PaperAccount) -> None:
        """Take up, at the record where it was said, what had been taken of the books."""
        self._untaken = said

    @property
    def heard_ns(self) -> int:
        """Stamp of the newest record."""
        return self._tape.heard_ns

    def take(self, seq: int, message: Message) -> None:
        """Take one record of the market feed's log; it waits until it is passed."""
        if isinstance(message, MarketDefined):
            self._newest.setdefault(message.ticker, PaperMarket(message.ticker)).defined = message
        self._pass(self._tape.take(seq, message))

    def bring(self, at_ns: int) -> None:
        """Bring everything forward to a time, if it is not beyond that yet."""
        self._pass(self._tape.until(at_ns))

    def settle(self) -> None:
        """Bring forward what no order can meet any more."""
        self._pass(self._tape.settled())

    def multiplier_e6(self, ticker: str) -> int:
        """The fee multiplier to reserve money by. An order whose fee is not known is refused on arrival."""
        known = self._newest[ticker].fee_multiplier_e6 if ticker in self._newest else None
        return DOLLAR_E6 if known is None else known

    def meet(self, order: PaperOrder) -> Met:
        """Let an order take what stood at its time. Everything must have been brought there before."""
        at_ns = order.due_ns
        market = self._markets.get(order.ticker) or PaperMarket(order.ticker)
        multiplier = market.fee_multiplier_e6
        late_ns = self._tape.passed_ns - at_ns
        if late_ns > 0:
            return Met([], f"the order was read {late_ns / 1e9:.1f} s after its book was let go")
        reason = market.closed(at_ns) or market.untrusted(at_ns, self._stale_ns)
        reason = reason or self._tape.blind(at_ns, self._stale_ns)
        if multiplier is None or reason:
            return Met([], reason or "the market's fee is not known")
        self._take_up()
        book = market.book
        levels = walk(book.offered(order.action, order.side), order.action, order.limit_e6, order.count_e2)
        fills = charge(levels, multiplier, self._rounding)
        for fill in fills:
            book.take(order.action, order.side, fill.price_e6, fill.count_e2)
        return Met(fills, _rest(order, sum(fill.count_e2 for fill in fills)))

    def taken(self) -> tuple[int, list[tuple[str, bool, int, int]]]:
        """What was taken of all books, as of which record of the market feed's log."""
        if self._untaken is not None:
            return self._untaken.book, self._untaken.taken
        rows = [(ticker, *row) for ticker, market in self._markets.items() for row in market.book.taken()]
        return self._tape.passed_seq, rows

    @property
    def passed_seq(self) -> int:
        """Number of the record that the books now end with."""
        return self._tape.passed_seq

    def forget(self, busy: set[str], now_ns: int) -> None:
        """Let go of markets that have closed, but for the busy ones."""
        for ticker, market in list(self._markets.items()):
            closed_ns = market.defined.close_ns if market.defined is not None else now_ns
            if ticker not in busy and now_ns > closed_ns + OVER_NS:
                del self._markets[ticker]
                self._newest.pop(ticker, None)

    def knows(self, ticker: str) -> bool:
        """Whether anything is known of a market, held back or not."""
        return ticker in self._newest or ticker in self._markets

    def _pass(self, entries: list[Entry]) -> None:
        for entry in entries:
            if self._untaken is not None and entry.seq > self._untaken.book:
                self._take_up()
            self._see(entry.message, entry.at_ns)

    def _take_up(self) -> None:
        if self._untaken is not None:
            for ticker, is_bid, price_e6, count_e2 in self._untaken.taken:
                self._market(ticker).book.restore(is_bid, price_e6, count_e2)
            self._untaken = None

    def _see(self, message: Message, at_ns: int) -> None:
        if isinstance(message, MarketBookChanged):
            self._market(message.ticker).change(message)
        elif isinstance(message, MarketBookSnapshot):
            self._market(message.ticker).snapshot(message)
        elif isinstance(message, MarketBookWithdrawn):
            self._market(message.ticker).standing.withdraw()
        elif isinstance(message, MarketDefined):
            self._market(message.ticker).defined = message
            if message.result in ("yes", "no"):
                self.results.append((message.ticker, message.result, at_ns))
        elif isinstance(message, FeedHealth):
            for market in self._markets.values():
                market.standing.health(message)
        elif isinstance(message, FeedGap):
            for market in self._markets.values():
                market.standing.gap(message.to_ns)
        else:  # FeedClosed, ActorStarted
            for market in self._markets.values():
                market.standing.withdraw()

    def _market(self, ticker: str) -> PaperMarket:
        market = self._markets.get(ticker)
        if market is None:
            market = self._markets[ticker] = PaperMarket(ticker)
        return market


def _rest(order: PaperOrder, filled_e2: int) -> str:
    if filled_e2 == order.count_e2:
        return ""
    bound = "at most" if order.action == BUY else "at least"
    there = f"{filled_e2 / 100:g} of {order.count_e2 / 100:g} stood there"
    return f"only {there} for {bound} ${order.limit_e6 / 1e6:g}"
