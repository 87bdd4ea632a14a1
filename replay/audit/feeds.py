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
from replay.audit.books import Books
from replay.audit.certificate import BOOKS, FRAMES, GAPS, MAINTENANCE, OURS, ROLLOVER, SEQUENCES, Finding, Gap
from replay.audit.doubts import Doubts
from replay.audit.gaps import (
    STILL_NS,
    Ended,
    Ends,
    cause_of_end,
    cause_of_withdrawal,
    gap,
    is_pause,
)
from replay.audit.sequences import Numbers, numbers_of
from replay.audit.timing import ClockMeter, DiskMeter

Handler = Callable[[Record, Any], None]


class FeedAudit:
    """Takes a feed's records in order. from_ns: where the session begins.

    found: is given what is wrong. gaps: closed ones; `end` closes the rest.
    """

    def __init__(self, log: str, from_ns: int, ends: Ends, found: Callable[[Finding], None]) -> None:
        self._log = log
        self._from_ns = from_ns
        self._ends = ends
        self._found = found
        self._doubts = Doubts(found)
        self._numbers: Numbers | None = None
        self._polls = False
        self._frames = 0
        self._frame = (0, 0)
        self._frame_ns = 0
        self._health_ns = 0
        self._closed: Ended | None = None
        self._taken_back: dict[str, tuple[int, str]] = {}
        self._pause: tuple[int, str] | None = None
        self._running: dict[str, str] = {}
        self._rolling: dict[str, tuple[int, str]] = {}
        self._differed: dict[str, int] = {}
        self.books = Books()
        self.clock = ClockMeter()
        self.disk = DiskMeter()
        self.gaps: list[Gap] = []
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

    def began(self) -> None:
        """A run begins: nothing of the one before stands any more."""
        self._doubts.began()
        self._end_books(self._frame_ns)
        self.books.forget()
        self._frames = self._health_ns = 0
        self._frame = (0, 0)
        self._running.clear()

    def stopped(self) -> None:
        """A run told its end."""
        self._doubts.noticed()

    def holed(self) -> None:
        """Records are missing: what rests on them is not known."""
        self.books.forget()
        self._taken_back.clear()
        self._frame = (0, 0)
        self._health_ns = 0
        if self._numbers is not None:
            self._numbers.opened()

    def end(self, until_ns: int, over: Ended | None) -> None:
        """The session's records are over. over: how the last run ended; None: it goes on."""
        self._doubts.noticed()
        self._end_books(0, until_ns)
        if over is not None and self.connections:
            from_ns = self._frame_ns or over.at_ns
            self._add("connection", "", cause_of_end(over), from_ns, 0, until_ns, over.reason)

    # -- the connection

    def _take_frame(self, record: Record, frame: FrameReceived) -> None:
        self._look_at_rest(record)
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
                if missing and self._stood():
                    self._doubts.raise_(self._finding(SEQUENCES, record, missing))
        else:
            self.books.asked(frame, record.seq)

    def _stood(self) -> bool:
        return self.books.stands()

    def _take_opened(self, record: Record, opened: FeedOpened) -> None:
        self.connections += 1
        self._polls = opened.mode == "poll"
        if self._numbers is None:
            self._numbers = numbers_of(opened.venue)
        else:
            self._numbers.opened()

    def _take_closed(self, record: Record, closed: FeedClosed) -> None:
        self._look_at_rest(record)
        self._doubts.noticed()
        self._closed = Ended(closed.at_ns, closed.reason, closed.fault)

    def _take_gap(self, record: Record, told: FeedGap) -> None:
        closed, self._closed = self._closed, None
        if self.connections <= 1:
            # What lies before the session is no part of it, only the way to its first frame.
            self._add("connection", "", OURS, self._from_ns, told.to_ns, told.to_ns, "the session began")
            return
        if closed is None:
            closed = self._ends.of(self._log, told.from_ns, told.to_ns)
        if closed is None:
            self._add("connection", "", "unexplained", told.from_ns, told.to_ns, 0, told.reason)
        else:
            cause = cause_of_end(closed)
            self._add("connection", "", cause, told.from_ns, told.to_ns, 0, closed.reason or told.reason)

    def _take_health(self, record: Record, health: FeedHealth) -> None:
        self._look_at_rest(record)
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
            self._add("process", "", OURS, before, health.at_ns, 0, reason)
        if not health.fresh and is_pause(health.reason):
            self._pause = self._pause or (health.at_ns, health.reason)
        elif self._pause is not None:
            (from_ns, why), self._pause = self._pause, None
            self._add("book", "", MAINTENANCE, from_ns, health.at_ns, 0, why)

    # -- books of exchanges

    def _take_snapshot(self, record: Record, told: BookSnapshot) -> None:
        self._came(told.symbol, record)
        self._judge(record, told.symbol, self.books.snapshot(told))

    def _take_changed(self, record: Record, told: BookChanged) -> None:
        if told.frame == self._frame[0]:
            self._first_word(record)
        self.books.changed(told)

    def _take_quote(self, record: Record, told: QuoteChanged) -> None:
        if told.frame == self._frame[0]:
            self._first_word(record)
        wrong = self.books.quote(told)
        if wrong:
            self._judge(record, told.symbol, wrong)

    def _take_withdrawn(self, record: Record, told: BookWithdrawn) -> None:
        self._taken(told.symbol, told.reason, told.at_ns)

    # -- books of markets

    def _take_market_snapshot(self, record: Record, told: MarketBookSnapshot) -> None:
        self._came(told.ticker, record)
        rolling = self._rolling.pop(told.ticker, None)
        if rolling is not None:
            from_ns, series = rolling
            self._add("book", told.ticker, ROLLOVER, from_ns, record.at_ns, 0, f"{series} had no book")
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
        before = self._running.get(told.series)
        if told.running:
            self._running[told.series] = told.running
        elif before is None:
            return
        from_ns = record.at_ns
        for name, (since_ns, series) in list(self._rolling.items()):
            if series == told.series:
                del self._rolling[name]
                from_ns = min(from_ns, since_ns)
        book = self.books.books.get(told.running)
        if before is None or before == told.running:
            return
        if book is None or not book.stands:
            self._rolling[told.running] = (from_ns, told.series)
        elif from_ns < record.at_ns:
            reason = f"{told.series} had no market"
            self._add("book", told.running, ROLLOVER, from_ns, record.at_ns, 0, reason)

    # -- Polymarket

    def _take_polymarket_quote(self, record: Record, told: PolymarketQuote) -> None:
        self._came(told.slug, record)

    def _take_polymarket_withdrawn(self, record: Record, told: PolymarketWithdrawn) -> None:
        self._taken(told.slug, told.reason, told.at_ns)

    # -- own

    def _first_word(self, record: Record) -> None:
        self.disk.take(self._frame[1], record.at_ns)
        self._frame = (0, 0)

    def _look_at_rest(self, record: Record) -> None:
        answered = self.books.answered(self._polls)
        if answered is None:
            return
        asked, wrong = answered
        if not wrong:
            self._differed.pop(asked.ticker, None)
            return
        finding = Finding(BOOKS, self._log, wrong, True, asked.frame, asked.frame, asked.recv_ns)
        changed_ns = self.books.books[asked.ticker].changed_ns
        if self._polls:
            self._found(finding)
        elif self._differed.get(asked.ticker) == changed_ns:
            self._doubts.raise_(finding)
        else:
            # Once may be an answer that was overtaken; the feed asks again.
            self._differed[asked.ticker] = changed_ns
            self._found(msgspec.structs.replace(finding, fails=False))

    def _judge(self, record: Record, name: str, wrong: str) -> None:
        if wrong:
            self._found(self._finding(BOOKS, record, f"{name}: {wrong}"))

    def _came(self, name: str, record: Record) -> None:
        taken = self._taken_back.pop(name, None)
        if taken is not None:
            at_ns, reason = taken
            self._add("book", name, cause_of_withdrawal(reason), at_ns, record.at_ns, 0, reason)

    def _taken(self, name: str, reason: str, at_ns: int) -> None:
        self._doubts.noticed()
        self.books.withdrawn(name)
        if cause_of_withdrawal(reason) != ROLLOVER:
            self._taken_back.setdefault(name, (at_ns, reason))

    def _end_books(self, to_ns: int, until_ns: int = 0) -> None:
        for name, (at_ns, reason) in self._taken_back.items():
            cause = cause_of_withdrawal(reason)
            self._add("book", name, cause, at_ns, max(at_ns, to_ns) if to_ns else 0, until_ns, reason)
        self._taken_back.clear()
        for name, (at_ns, series) in self._rolling.items():
            reason = f"{series} had no {'book' if name else 'market'}"
            self._add("book", name, ROLLOVER, at_ns, max(at_ns, to_ns) if to_ns else 0, until_ns, reason)
        self._rolling.clear()
        if self._pause is not None:
            (from_ns, why), self._pause = self._pause, None
            self._add("book", "", MAINTENANCE, from_ns, max(from_ns, to_ns) if to_ns else 0, until_ns, why)

    def _add(
        self, what: str, name: str, cause: str, from_ns: int, to_ns: int, until_ns: int, reason: str
    ) -> None:
        self.gaps.append(gap(self._log, what, name, cause, from_ns, to_ns, until_ns, reason))
        if cause == "unexplained":
            length_s = self.gaps[-1].length_s
            why = reason or "no reason given"
            message = f"a {what} gap of {length_s:.1f} s that nothing in the record explains ({why})"
            self._found(Finding(GAPS, self._log, message, True, 0, 0, from_ns))

    def _finding(self, check: str, record: Record, what: str) -> Finding:
        return Finding(check, self._log, what, True, record.seq, record.seq, record.at_ns)
