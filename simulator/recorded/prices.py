"""One exchange that is moved by its recorded messages."""

from messages import (
    ActorStarted,
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    DayVolume,
    FeedClosed,
    Message,
    TradePrinted,
)
from messages.base import Level
from simulator.book import ASK, BID, Change, EmptySideError
from simulator.session import Session
from simulator.venue import Reply, Request
from simulator.venues.exchange import Exchange
from simulator.venues.market import SIZE_DECIMALS
from simulator.world import World

KINDS = frozenset(
    kind.kind
    for kind in (
        ActorStarted,
        BookSnapshot,
        BookChanged,
        BookWithdrawn,
        TradePrinted,
        DayVolume,
        FeedClosed,
    )
)
NO_BOOK_YET = "the recording has not come to a book yet"
ASKED_TO = "none"
"""Fault of a feed that was closed because somebody stopped it: its last books stay."""
SYMBOLS = {"binance": "BTC-USDT"}
"""What a venue serves here where it is not BTC-USD."""
_GONE = Reply(503, b'{"error":{"code":"no_recording","message":"the recording has no book here"}}')
_AGAIN = 1012  # "service restart"


class RecordedExchange:
    """An exchange's own streams and pages over the recorded book, trades and volume.

    Where the recording has no book that can be trusted it is quiet: streams that stand hear nothing but
    heartbeats, new ones and REST get 503. With the recording's next whole book it closes the streams, so
    that every client takes a fresh snapshot.
    """

    def __init__(self, inner: Exchange) -> None:
        self.name = inner.name
        self.quiet = NO_BOOK_YET
        """Why nothing is served now; empty while something is."""
        self.unshown = 0
        """Messages and levels that this venue's protocol cannot show."""
        self._inner = inner
        self._market = inner.market
        self._unit_e8 = 10 ** (SIZE_DECIMALS - inner.market.profile.price_decimals)
        self._symbol = SYMBOLS.get(inner.name, "BTC-USD")
        self._sessions: set[Session] = set()
        self._is_tape_made_up = True

    # what is recorded

    def play(self, message: Message, now_ns: int, times: int = 1) -> None:
        """Let happen what was recorded. times: how often a change is told (`flood`)."""
        match message:
            case BookChanged() | BookSnapshot() | TradePrinted() | DayVolume() | BookWithdrawn() if (
                message.symbol != self._symbol
            ):
                self.unshown += 1
            case BookChanged():
                self._change(message, now_ns, times)
            case BookSnapshot():
                self._replace(message, now_ns)
            case TradePrinted():
                self._trade(message, now_ns)
            case DayVolume():
                self._market.set_day_volume(message.volume_e8, now_ns)
            case BookWithdrawn():
                self.hush(message.reason)
            case FeedClosed() if message.fault != ASKED_TO:
                self.hush(message.reason)
            case ActorStarted():
                self.hush("its feed was started anew")

    def hush(self, why: str) -> None:
        """Serve nothing until the next whole book."""
        self.quiet = self.quiet or why or "the book was withdrawn"

    def _change(self, changed: BookChanged, now_ns: int, times: int) -> None:
        if self.quiet:
            return
        told = [Change(BID, *level) for level in self._levels(changed.bids)]
        told += [Change(ASK, *level) for level in self._levels(changed.asks)]
        # What is taken away goes first: a level that moves to the other side must not stand on both.
        told.sort(key=lambda change: change.size > 0)
        self._market.changed_ns = now_ns
        try:
            changes = self._market.book.put(told)
        except EmptySideError:
            self.hush("a side of the book was empty")
            return
        if changes:
            for _ in range(times):
                self._show(changes, now_ns)

    def _replace(self, snapshot: BookSnapshot, now_ns: int) -> None:
        bids, asks = self._levels(snapshot.bids), self._levels(snapshot.asks)
        try:
            changes = self._market.book.replace(bids, asks)
        except EmptySideError:
            self.hush("a side of the book was empty")
            return
        self._market.changed_ns = now_ns
        if self.quiet:
            self.quiet = ""
            for session in list(self._sessions):
                session.close(_AGAIN, "the recording goes on: take a fresh snapshot")
            if self._is_tape_made_up:
                self._market.forget_deals(now_ns)
        if changes:
            self._show(changes, now_ns)

    def _show(self, changes: list[Change], now_ns: int) -> None:
        self._inner.show(changes, now_ns)
        # What was recorded had been gathered already; gathered once more it would come later than it did.
        self._inner.flush(now_ns)

    def _trade(self, trade: TradePrinted, now_ns: int) -> None:
        price, rest = divmod(trade.price_e8, self._unit_e8)
        if rest or not trade.size_e8:
            self.unshown += 1
            return
        if self._is_tape_made_up and self.quiet == NO_BOOK_YET:
            self._market.deals.clear()
        self._is_tape_made_up = False
        deal = self._market.print("buy" if trade.taker_buys else "sell", price, trade.size_e8, now_ns)
        if not self.quiet:
            self._inner.tell(deal, now_ns)

    def _levels(self, levels: list[Level]) -> list[tuple[int, int]]:
        shown = [(price // self._unit_e8, size) for price, size in levels if price % self._unit_e8 == 0]
        self.unshown += len(levels) - len(shown)
        return shown

    # the venue that the server knows

    def rest(self, request: Request) -> Reply:
        return _GONE if self.quiet else self._inner.rest(request)

    def admit(self, request: Request) -> Reply | None:
        return _GONE if self.quiet else self._inner.admit(request)

    def opened(self, session: Session) -> None:
        self._sessions.add(session)
        self._inner.opened(session)

    def received(self, session: Session, text: str) -> None:
        self._inner.received(session, text)

    def closed(self, session: Session) -> None:
        self._sessions.discard(session)
        self._inner.closed(session)

    def step(self, now_ns: int, world: World) -> None:
        self._inner.step(now_ns, world)

    def heartbeat(self, now_ns: int) -> None:
        self._inner.heartbeat(now_ns)

    def flush(self, now_ns: int) -> None:
        self._inner.flush(now_ns)

    def books(self) -> dict[str, object]:
        """The book that is served; none while there is none."""
        return {} if self.quiet else self._inner.books()

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        return self._inner.fault(kind, session, text)
