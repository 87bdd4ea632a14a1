"""One market as a paper order meets it."""

from actors.fees import multiplier_e6
from actors.market_status import OPEN_STATUSES
from actors.paper.book import PaperBook
from actors.standing import ABSENT, STALE, Standing
from messages import MarketBookChanged, MarketBookSnapshot, MarketDefined


class PaperMarket:
    """Definition, book and trust of one market, up to the moment that the tape has reached."""

    __slots__ = ("book", "defined", "standing", "ticker")

    def __init__(self, ticker: str) -> None:
        self.ticker = ticker
        self.defined: MarketDefined | None = None
        self.standing = Standing()
        self.book = PaperBook()

    def snapshot(self, snapshot: MarketBookSnapshot) -> None:
        """Take the whole book."""
        self.standing.quoted(snapshot.recv_ns)
        self.book.replace(snapshot.bids, snapshot.asks)

    def change(self, change: MarketBookChanged) -> None:
        """Take one level. A book that was taken back stays so until its next snapshot."""
        if self.standing.held():
            self.standing.quoted(change.recv_ns)
            self.book.change(change.is_bid, change.price_e6, change.count_e2)

    @property
    def fee_multiplier_e6(self) -> int | None:
        """None where the fee is not known."""
        defined = self.defined
        return multiplier_e6(defined.fee_type, defined.fee_multiplier) if defined is not None else None

    def closed(self, at_ns: int) -> str:
        """Say why the market takes no order at a time; empty if it does."""
        defined = self.defined
        if defined is None:
            return "the market is not defined"
        if at_ns < defined.open_ns:
            return "the market was not open yet"
        if at_ns >= defined.close_ns:
            return "the market had closed before the order arrived"
        if defined.status == "inactive":
            return "the market was paused"
        return "" if defined.status in OPEN_STATUSES else f"the market was {defined.status}"

    def untrusted(self, at_ns: int, limit_ns: int) -> str:
        """Say why the book cannot be met at a time; empty if it can."""
        trouble = self.standing.trouble(at_ns, limit_ns)
        if trouble == ABSENT:
            return "no book of the market was seen"
        if trouble == STALE:
            return f"the book was older than {limit_ns / 1e9:g} s"
        return "the book was withdrawn" if trouble else ""
