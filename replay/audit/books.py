"""Books rebuilt from the recorded changes, and held against every later word on the same book."""

import re
from typing import Final

import orjson

from actors.kalshi.probe import read_rest_book
from messages import (
    BookChanged,
    BookSnapshot,
    FrameReceived,
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketQuoteChanged,
    QuoteChanged,
)

REST_BOOK: Final = re.compile(r"GET /markets/([^/?]+)/orderbook\?depth=(\d+) 200$")
QUIET_NS: Final = 1_000_000_000
"""A REST answer is about the book that we have only if the stream was silent for so long before it."""
SHOWN: Final = 3


class Side:
    """One side of a book as it follows from snapshot and changes."""

    __slots__ = ("is_bid", "sizes")

    def __init__(self, is_bid: bool) -> None:
        self.is_bid = is_bid
        self.sizes: dict[int, int] = {}

    def replace(self, levels: list[Level]) -> None:
        self.sizes = dict(levels)

    def change(self, levels: list[Level]) -> None:
        sizes = self.sizes
        for price, size in levels:
            if size:
                sizes[price] = size
            else:
                sizes.pop(price, None)

    def best(self, depth: int) -> list[Level]:
        """The best levels, best first; 0: all."""
        levels = sorted(self.sizes.items(), reverse=self.is_bid)
        return levels[:depth] if depth else levels

    def differs(self, levels: list[Level], *, in_range: bool) -> str:
        """How a told side differs. in_range: only as far out as both of them reach."""
        ours, theirs = self.sizes, dict(levels)
        if ours == theirs:
            return ""
        prices = ours.keys() | theirs.keys()
        if in_range and ours and theirs:
            if self.is_bid:
                end = max(min(ours), min(theirs))
                prices = {price for price in prices if price >= end}
            else:
                end = min(max(ours), max(theirs))
                prices = {price for price in prices if price <= end}
        wrong = sorted(price for price in prices if ours.get(price, 0) != theirs.get(price, 0))
        if not wrong:
            return ""
        shown = ", ".join(
            f"{price}: {ours.get(price, 0)} not {theirs.get(price, 0)}" for price in wrong[:SHOWN]
        )
        side = "bids" if self.is_bid else "asks"
        return f"{len(wrong)} {side} differ ({shown}{' …' if len(wrong) > SHOWN else ''})"


class Rebuilt:
    """One book. stands: it was told and not taken back since. changed_ns: receipt of its newest change.

    stands_in: it came by REST before the stream told one, and is of another moment than that one.
    """

    __slots__ = ("asks", "bids", "changed_ns", "stands", "stands_in")

    def __init__(self) -> None:
        self.bids = Side(True)
        self.asks = Side(False)
        self.stands = False
        self.stands_in = False
        self.changed_ns = 0

    def told(self, bids: list[Level], asks: list[Level], *, in_range: bool = False) -> str:
        """Hold a told book against this one if it stands, then take it over; how they differ."""
        wrong = ""
        if self.stands:
            found = (self.bids.differs(bids, in_range=in_range), self.asks.differs(asks, in_range=in_range))
            wrong = "; ".join(text for text in found if text)
        self.bids.replace(bids)
        self.asks.replace(asks)
        self.stands = True
        return wrong


class Asked:
    """A book as REST told it, to be looked at when everything that this answer called forth is said."""

    __slots__ = ("asks", "bids", "depth", "frame", "recv_ns", "ticker")

    def __init__(
        self, ticker: str, depth: int, frame: int, recv_ns: int, bids: list[Level], asks: list[Level]
    ) -> None:
        self.ticker = ticker
        self.depth = depth
        self.frame = frame
        self.recv_ns = recv_ns
        self.bids = bids
        self.asks = asks


class Books:
    """All books of one log. snapshots, rest: how often one was compared. changes: applied."""

    def __init__(self) -> None:
        self.books: dict[str, Rebuilt] = {}
        self.snapshots = 0
        self.rest = 0
        self.changes = 0
        self._asked: Asked | None = None

    def forget(self) -> None:
        """A run begins, or records are missing: nothing is known until the next snapshots."""
        self.books.clear()
        self._asked = None

    def stands(self) -> bool:
        """Whether any book stands."""
        return any(book.stands for book in self.books.values())

    def withdrawn(self, name: str) -> None:
        book = self.books.get(name)
        if book is not None:
            book.stands = False

    def snapshot(self, told: BookSnapshot, by_rest: bool = False) -> str:
        """A whole book of an exchange. A venue's own may reach less far, or further, than ours."""
        book = self._book(told.symbol)
        if not told.checkpoint:
            book.stands = book.stands and not book.stands_in
            book.stands_in = by_rest
        self.snapshots += book.stands
        book.changed_ns = told.recv_ns
        return book.told(told.bids, told.asks, in_range=not told.checkpoint)

    def changed(self, told: BookChanged) -> None:
        book = self._book(told.symbol)
        if book.stands:
            self.changes += 1
            book.bids.change(told.bids)
            book.asks.change(told.asks)

    def quote(self, told: QuoteChanged) -> str:
        """A touch must be what rests at these prices."""
        return self._touch(told.symbol, (told.bid_e8, told.bid_size_e8), (told.ask_e8, told.ask_size_e8))

    def market_snapshot(self, told: MarketBookSnapshot) -> str:
        """A whole book of a market."""
        book = self._book(told.ticker)
        self.snapshots += book.stands
        return book.told(told.bids, told.asks)

    def market_changed(self, told: MarketBookChanged) -> str:
        """One level: its new count must be the old one and the change."""
        book = self._book(told.ticker)
        if not book.stands:
            return ""
        self.changes += 1
        book.changed_ns = told.recv_ns
        sizes = book.bids.sizes if told.is_bid else book.asks.sizes
        old = sizes.get(told.price_e6, 0)
        if told.count_e2:
            sizes[told.price_e6] = told.count_e2
        else:
            sizes.pop(told.price_e6, None)
        if old + told.change_e2 != told.count_e2:
            return f"{old} and a change of {told.change_e2} are not {told.count_e2} at {told.price_e6}"
        return ""

    def market_quote(self, told: MarketQuoteChanged) -> str:
        """A touch must be what rests at these prices; -1 is an empty side."""
        return self._touch(told.ticker, (told.bid_e6, told.bid_count_e2), (told.ask_e6, told.ask_count_e2))

    def asked(self, frame: FrameReceived, seq: int) -> None:
        """Note a book that REST told."""
        match = REST_BOOK.match(frame.source)
        if match is None:
            return
        try:
            bids, asks = read_rest_book(orjson.loads(frame.data))
        except (ValueError, TypeError):
            return  # the feed counts it as drift
        if not (bids and asks and bids[0][0] >= asks[0][0]):
            self._asked = Asked(match[1], int(match[2]), seq, frame.recv_ns, bids, asks)

    def answered(self, polls: bool) -> tuple[Asked, str] | None:
        """Hold the newest REST book against ours; None where it is about another moment than ours.

        polls: there is no stream, so that the answer itself is what the book was made from.
        """
        asked, self._asked = self._asked, None
        if asked is None:
            return None
        book = self.books.get(asked.ticker)
        if book is None or not book.stands:
            return None
        if not polls and book.changed_ns > asked.recv_ns - QUIET_NS:
            return None
        self.rest += 1
        depth = asked.depth
        same = book.bids.best(depth) == asked.bids[: depth or None] and (
            book.asks.best(depth) == asked.asks[: depth or None]
        )
        return asked, "" if same else f"the book of {asked.ticker} is another one by REST"

    def _touch(self, name: str, bid: Level, ask: Level) -> str:
        """How a touch differs from what rests at its prices."""
        book = self.books.get(name)
        if book is None or not book.stands:
            return ""
        (bid_price, bid_size), (ask_price, ask_size) = bid, ask
        if book.bids.sizes.get(bid_price, 0) == bid_size and book.asks.sizes.get(ask_price, 0) == ask_size:
            return ""
        return f"the touch {bid_price}/{ask_price} does not rest in the book"

    def _book(self, name: str) -> Rebuilt:
        book = self.books.get(name)
        if book is None:
            book = self.books[name] = Rebuilt()
        return book
