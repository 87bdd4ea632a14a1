"""One feed's log: frames, the venue's numbers, books, gaps, clock and disk."""

from collections.abc import Callable
from typing import Any

import msgspec

from messages import (
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FeedOpened,
    FrameReceived,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketChecked,
    MarketQuoteChanged,
    MarketRoleChanged,
    PolymarketQuote,
    PolymarketWithdrawn,
    QuoteChanged,
)
from messages.log import Record
from replay.audit.absences import Absences
from replay.audit.books import Books
from replay.audit.certificate import BOOKS, FRAMES, OURS, SEQUENCES, UNEXPLAINED, Finding
from replay.audit.doubts import Doubts
from replay.audit.gaps import (
    STILL_NS,
    Ended,
    Ends,
    cause_of_end,
)
from replay.audit.sequences import Numbers, numbers_of
from replay.audit.timing import ClockMeter, DiskMeter
from replay.audit.witnesses import Witnesses

Handler = Callable[[Record, Any], None]


class FeedAudit:
    """Takes a feed's records in order. from_ns: where the session begins.

    found: is given what is wrong.
    """

    def __init__(self, log: str, from_ns: int, ends: Ends, found: Callable[[Finding], None]) -> None:
        self._log = log
        self._from_ns = from_ns
        self._ends = ends
        self._found = found
        self._doubts = Doubts(found)
        self._numbers: Numbers | None = None
        self._frames = 0
        self._frame = (0, 0)
        self._frame_ns = 0
        self._health_ns = 0
        self._closed: Ended | None = None
        self.books = Books()
        self.witnesses = Witnesses(log, self.books, self._doubts, found)
        self.clock = ClockMeter()
        self.disk = DiskMeter()
        self.absences = Absences(log, found)
        self.connections = 0
        self.received = 0
        self.stored = 0
        self.checked = 0

    @property
    def numbered(self) -> int:
        """Messages that bore a number of the venue's own."""
        return self._numbers.counted if self._numbers is not None else 0

    def handlers(self) -> dict[int, Handler]:
        """Who takes which kind."""
        return {
            FrameReceived.kind: self._take_frame,
            FeedOpened.kind: self._take_opened,
            FeedClosed.kind: self._take_closed,
            FeedGap.kind: self._take_gap,
            FeedHealth.kind: self._take_health,
            BookSnapshot.kind: self._take_snapshot,
            BookChanged.kind: self._take_changed,
            QuoteChanged.kind: self._take_quote,
            BookWithdrawn.kind: self._take_withdrawn,
            MarketBookSnapshot.kind: self._take_market_snapshot,
            MarketBookChanged.kind: self._take_market_changed,
            MarketQuoteChanged.kind: self._take_market_quote,
            MarketBookWithdrawn.kind: self._take_market_withdrawn,
            MarketChecked.kind: self._take_checked,
            MarketRoleChanged.kind: self._take_role,
            PolymarketQuote.kind: self._take_polymarket_quote,
            PolymarketWithdrawn.kind: self._take_polymarket_withdrawn,
        }

    def began(self, settings: dict[str, Any]) -> None:
        """A run begins, with these settings: nothing of the one before stands any more."""
        self.witnesses.began(settings)
        self._doubts.began()
        self.absences.ended(self._frame_ns)
        self.books.forget()
        self._frames = self._health_ns = 0
        self._frame = (0, 0)

    def stopped(self) -> None:
        """A run told its end."""
        self._doubts.noticed()

    def holed(self) -> None:
        """Records are missing: what rests on them is not known."""
        self.books.forget()
        self.witnesses.forget()
        self.absences.forget()
        self._frame = (0, 0)
        self._health_ns = 0
        if self._numbers is not None:
            self._numbers.opened()

    def end(self, until_ns: int, over: Ended | None) -> None:
        """The session's records are over. over: how the last run ended; None: it goes on."""
        self._doubts.noticed()
        self.absences.last(until_ns)
        self.witnesses.end()
        if over is not None and self.connections:
            from_ns = self._frame_ns or self._from_ns
            self.absences.add("connection", "", cause_of_end(over), from_ns, 0, until_ns, over.reason)

    # -- the connection

    def _take_frame(self, record: Record, frame: FrameReceived) -> None:
        self.witnesses.frame(record, frame)
        if not frame.source.endswith(" 0"):
            self._frames += 1
            self.stored += 1
            self.received += 1
            self._frame_ns = frame.recv_ns
        if frame.source == "ws":
            self._frame = (record.seq, frame.recv_ns)
            if self._numbers is not None:
                try:
                    missing = self._numbers.take(frame.data)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    return  # the feed ends by it, or counts it as drift
                if missing and self.books.stands():
                    self._doubts.raise_(self._finding(SEQUENCES, record, missing))

    def _take_opened(self, record: Record, opened: FeedOpened) -> None:
        self.connections += 1
        self.witnesses.opened(opened)
        if self._numbers is None:
            self._numbers = numbers_of(opened.venue)
        else:
            self._numbers.opened()

    def _take_closed(self, record: Record, closed: FeedClosed) -> None:
        self.witnesses.hear(record.at_ns)
        self._doubts.noticed()
        self._closed = Ended(closed.at_ns, closed.reason, closed.fault)

    def _take_gap(self, record: Record, told: FeedGap) -> None:
        closed, self._closed = self._closed, None
        if self.connections <= 1:
            # What lies before the session is no part of it, only the way to its first frame.
            self.absences.add(
                "connection", "", OURS, self._from_ns, told.to_ns, told.to_ns, "the session began"
            )
            return
        ended = closed or self._ends.of(self._log, told.from_ns, told.to_ns)
        cause = cause_of_end(ended) if ended is not None else UNEXPLAINED
        reason = (ended.reason if ended is not None else "") or told.reason
        from_ns = max(told.from_ns, self._from_ns)
        self.absences.add("connection", "", cause, from_ns, told.to_ns, 0, reason)

    def _take_health(self, record: Record, health: FeedHealth) -> None:
        self.witnesses.hear(record.at_ns)
        if health.frames != self._frames:
            what = f"the feed had received {health.frames} frames, and {self._frames} of them are in the log"
            self._found(self._finding(FRAMES, record, what))
            self.received += health.frames - self._frames
            self._frames = health.frames
        self.checked += 1
        self._doubts.health(health.gaps)
        if health.latency_p50_ms >= 0.0:
            self.clock.take(health.at_ns, health.offset_ms)
        before, self._health_ns = self._health_ns, health.at_ns
        if before and health.at_ns - before > STILL_NS:
            reason = "the process stood still, or its clock was set forward"
            self.absences.add("process", "", OURS, before, health.at_ns, 0, reason)
        self.absences.paused(health)

    # -- books of exchanges

    def _take_snapshot(self, record: Record, told: BookSnapshot) -> None:
        self.absences.came(told.symbol, record.at_ns)
        self._judge(record, told.symbol, self.books.snapshot(told, told.frame == self.witnesses.page))

    def _take_changed(self, record: Record, told: BookChanged) -> None:
        if told.frame == self._frame[0]:
            self._first_word(record)
        self.books.changed(told)

    def _take_quote(self, record: Record, told: QuoteChanged) -> None:
        if told.frame == self._frame[0]:
            self._first_word(record)
        self.witnesses.quote(record.at_ns, told.bid_e8, told.ask_e8)
        wrong = self.books.quote(told)
        if wrong:
            self._judge(record, told.symbol, wrong)

    def _take_withdrawn(self, record: Record, told: BookWithdrawn) -> None:
        self._taken(told.symbol, told.reason, told.at_ns)

    # -- books of markets

    def _take_market_snapshot(self, record: Record, told: MarketBookSnapshot) -> None:
        self.absences.came(told.ticker, record.at_ns)
        self._judge(record, told.ticker, self.books.market_snapshot(told))

    def _take_market_changed(self, record: Record, told: MarketBookChanged) -> None:
        if told.frame == self._frame[0]:
            self._first_word(record)
        wrong = self.books.market_changed(told)
        if wrong:
            self._judge(record, told.ticker, wrong)

    def _take_market_quote(self, record: Record, told: MarketQuoteChanged) -> None:
        wrong = self.books.market_quote(told)
        if wrong:
            self._judge(record, told.ticker, wrong)

    def _take_market_withdrawn(self, record: Record, told: MarketBookWithdrawn) -> None:
        self._taken(told.ticker, told.reason, told.at_ns)

    def _take_checked(self, record: Record, told: MarketChecked) -> None:
        self.books.rest += 1
        for difference in told.differences:
            what = f"{told.ticker}, read again by REST after it had settled: {difference}"
            self._found(self._finding(BOOKS, record, what))

    def _take_role(self, record: Record, told: MarketRoleChanged) -> None:
        book = self.books.books.get(told.running)
        self.absences.role(told, book is not None and book.stands, record.at_ns)

    # -- Polymarket

    def _take_polymarket_quote(self, record: Record, told: PolymarketQuote) -> None:
        self.absences.came(told.slug, record.at_ns)

    def _take_polymarket_withdrawn(self, record: Record, told: PolymarketWithdrawn) -> None:
        self._taken(told.slug, told.reason, told.at_ns)

    # -- own

    def _first_word(self, record: Record) -> None:
        self.disk.take(self._frame[1], record.at_ns)
        self._frame = (0, 0)

    def _judge(self, record: Record, name: str, wrong: str) -> None:
        if wrong:
            self._found(self._finding(BOOKS, record, f"{name}: {wrong}"))

    def _taken(self, name: str, reason: str, at_ns: int) -> None:
        self._doubts.noticed()
        self.books.withdrawn(name)
        self.witnesses.withdrawn()
        self.absences.taken(name, reason, at_ns)

    def _finding(self, check: str, record: Record, what: str) -> Finding:
        return Finding(check, self._log, what, True, record.seq, record.seq, record.at_ns)
