"""One symbol's book, kept and told: snapshots, changes, quotes, withdrawals, checkpoints."""

from enum import Enum

from actors.adapter import Output
from actors.errors import BookError
from actors.prices.book import Book, Quote
from messages import BookChanged, BookSnapshot, BookWithdrawn, Level, QuoteChanged

CROSSED_LIMIT_NS = 2_000_000_000
"""A crossed book whose next frame does not come is as wrong as one whose next frame does not mend it."""


class Standing(Enum):
    """AWAITED: no book until the venue's next snapshot. CROSSED: kept on, but withdrawn."""

    AWAITED = 1
    STANDS = 2
    CROSSED = 3


class BookPublisher:
    """Keeps a book and says what listeners must know of it; appends messages to the list it is given.

    A frame that leaves the book crossed withdraws it at once; the next frame mends it or ends the feed
    (no recording of a venue was ever crossed after a frame, so one frame is tolerance enough). Where a
    frame changes no more than one level (`patient`), time alone decides: see `overdue`.

    depth: levels a side that the venue keeps; what falls below is removed. 0: all.
    band: share of the mid at the snapshot within which levels are kept; 0: all. A venue that sends
    42,000 levels down to one cent would fill the log with what nobody can trade: see `off_center`.
    """

    def __init__(
        self, venue: str, symbol: str, depth: int = 0, band: float = 0.0, *, patient: bool = False
    ) -> None:
        self.book = Book()
        self.standing = Standing.AWAITED
        self.quote: Quote = (0, 0, 0, 0)
        self.last_ns = 0
        self.withdrawals = 0
        self._venue = venue
        self._symbol = symbol
        self._depth = depth
        self._band = band
        self._patient = patient
        self._crossed_ns = 0
        self._low = 0
        self._high = 2**63
        self._frame = 0
        self._venue_ns = 0

    def snapshot(
        self, out: list[Output], bids: list[Level], asks: list[Level], frame: int, recv_ns: int, venue_ns: int
    ) -> None:
        """Take the venue's whole book."""
        self.last_ns = recv_ns
        self._frame = frame
        self._venue_ns = venue_ns
        self.book.replace(bids, asks)
        if self._band:
            self._recenter()
        if self._depth:
            self.book.bids.truncate(self._depth)
            self.book.asks.truncate(self._depth)
        if self.book.crossed():
            self._crossed(out, recv_ns)
            return
        self.standing = Standing.STANDS
        self._tell_book(out, checkpoint=False)

    def apply(self, bids: list[Level], asks: list[Level]) -> tuple[list[Level], list[Level]]:
        """Change the book without a word; what really concerns it, with what fell off its end."""
        if self._band:
            low = self._low
            high = self._high
            bids = [level for level in bids if level[0] >= low]
            asks = [level for level in asks if level[0] <= high]
        book = self.book
        book.change(bids, asks)
        if self._depth:
            if bids:
                bids += book.bids.truncate(self._depth)
            if asks:
                asks += book.asks.truncate(self._depth)
        return bids, asks

    def tell(
        self, out: list[Output], bids: list[Level], asks: list[Level], frame: int, recv_ns: int, venue_ns: int
    ) -> None:
        """Say what was applied: the changes, and the quote if it is another one."""
        self.last_ns = recv_ns
        self._frame = frame
        self._venue_ns = venue_ns
        quote = self.book.best()
        if quote[0] >= quote[2] and quote[0] and quote[2]:
            self._crossed(out, recv_ns)
        elif self.standing is Standing.CROSSED:
            self.standing = Standing.STANDS
            self._tell_book(out, checkpoint=True)
        else:
            if bids or asks:
                out.append(BookChanged(self._venue, self._symbol, frame, recv_ns, venue_ns, bids, asks))
            if quote != self.quote:
                self.quote = quote
                out.append(QuoteChanged(self._venue, self._symbol, frame, recv_ns, venue_ns, *quote))

    def withdraw(self, out: list[Output], reason: str, at_ns: int) -> None:
        """Take the book back until the venue's next snapshot."""
        if self.standing is Standing.STANDS:
            self._tell_withdrawn(out, reason, at_ns)
        self.standing = Standing.AWAITED

    def checkpoint(self, out: list[Output]) -> None:
        """Say the whole book and quote again, if they stand."""
        if self.standing is Standing.STANDS:
            self._tell_book(out, checkpoint=True)

    def off_center(self) -> bool:
        """Whether the mid has left the inner third of the band: time to ask for a new snapshot."""
        bid, _, ask, _ = self.quote
        if not self._band or self.standing is not Standing.STANDS or not bid or not ask:
            return False
        mid = (bid + ask) // 2
        margin = (self._high - self._low) // 3
        return not self._low + margin <= mid <= self._high - margin

    def overdue(self, now_ns: int) -> None:
        """Raise BookError if the book is crossed and nothing comes to mend it in time."""
        if self.standing is Standing.CROSSED and now_ns - self._crossed_ns > CROSSED_LIMIT_NS:
            raise BookError(f"{self._venue}'s book stays crossed: {self._touch()}")

    def _crossed(self, out: list[Output], recv_ns: int) -> None:
        if self.standing is Standing.CROSSED:
            if self._patient:
                return
            raise BookError(f"{self._venue}'s book is crossed for a second frame: {self._touch()}")
        if self.standing is Standing.STANDS:
            self._tell_withdrawn(out, f"crossed: {self._touch()}", recv_ns)
        self.standing = Standing.CROSSED
        self._crossed_ns = recv_ns

    def _recenter(self) -> None:
        bid, _, ask, _ = self.book.best()
        mid = (bid + ask) // 2 if bid and ask else bid or ask
        self._low = int(mid * (1 - self._band))
        self._high = int(mid * (1 + self._band)) if mid else 2**63
        bids = self.book.bids
        asks = self.book.asks
        bids.replace([level for level in bids.sizes.items() if level[0] >= self._low])
        asks.replace([level for level in asks.sizes.items() if level[0] <= self._high])

    def _tell_book(self, out: list[Output], *, checkpoint: bool) -> None:
        at = (self._venue, self._symbol, self._frame, self.last_ns, self._venue_ns)
        self.quote = self.book.best()
        out.append(BookSnapshot(*at, self.book.bids.levels(), self.book.asks.levels(), checkpoint))
        out.append(QuoteChanged(*at, *self.quote))

    def _tell_withdrawn(self, out: list[Output], reason: str, at_ns: int) -> None:
        self.withdrawals += 1
        out.append(BookWithdrawn(self._venue, self._symbol, self._frame, at_ns, reason))

    def _touch(self) -> str:
        bid, _, ask, _ = self.book.best()
        return f"bid {bid / 1e8:.2f}, ask {ask / 1e8:.2f}"
