"""The books of one subscription, kept true or withdrawn."""

import msgspec

from actors.adapter import Output
from actors.drift import DriftCounter
from actors.errors import BookError, GapError
from actors.kalshi.book import MarketBook
from actors.kalshi.commands import CommandLedger
from actors.kalshi.ladders import mirrored, no_side_in_yes_prices
from actors.kalshi.sequence import SequenceCounter, Verdict
from messages import (
    DOLLAR_E6,
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketQuoteChanged,
)

CHANNEL = "orderbook_delta"
MOST_HELD = 10_000
MOST_NUMBER = 2**62
CROSSED_LIMIT_NS = 500_000_000
"""How long a book may stand crossed between two changes of one match before it counts as broken."""

Held = tuple[int, bool, int, int, int, int, int]
"""seq, is_bid, price_e6, change_e2, venue_ns, recv_ns, ref"""


class Entry(msgspec.Struct):
    """One market's book and how far it can be trusted.

    broken_ns, reason: since when and why it waits for a fresh snapshot; 0 while it does not. due_ns:
    since when a first snapshot is owed. crossed_ns: since when it stands crossed.
    """

    book: MarketBook
    live: bool = False
    broken_ns: int = 0
    reason: str = ""
    due_ns: int = 0
    crossed_ns: int = 0
    changed_ns: int = 0
    venue_ns: int = 0
    seq: int = 0
    ref: int = 0
    held: list[Held] = []


class BookShelf:
    """Applies snapshots and changes in sequence; what cannot be trusted is withdrawn and asked for anew.

    One sequence runs over all markets of the subscription, so one gap withdraws every book. Changes are
    held until the market's fresh snapshot. Not made good within the limit: GapError.
    """

    def __init__(
        self, commands: CommandLedger, drift: DriftCounter, use_yes_price: bool, heal_limit_ns: int
    ) -> None:
        self._commands = commands
        self._drift = drift
        self._no_in_yes = use_yes_price
        self._heal_limit_ns = heal_limit_ns
        self._counter = SequenceCounter()
        self._dropped: set[str] = set()
        self.entries: dict[str, Entry] = {}
        self.sid = -1
        self.gaps = 0

    def expect(self, ticker: str, now_ns: int) -> None:
        """A snapshot of this market is owed from now on."""
        self._dropped.discard(ticker)
        if ticker not in self.entries:
            self.entries[ticker] = Entry(MarketBook(ticker), due_ns=now_ns)

    def drop(self, ticker: str, reason: str, now_ns: int) -> list[Output]:
        """Let go of a market; its book is withdrawn if it stood."""
        entry = self.entries.pop(ticker, None)
        self._dropped.add(ticker)
        if entry is None or not entry.live:
            return []
        return [MarketBookWithdrawn(ticker, entry.ref, now_ns, reason)]

    def acknowledged(self, sid: int, seq: int | None, now_ns: int) -> list[Output]:
        """Take an acknowledgement of this subscription, with or without a number."""
        self._adopt(sid)
        if seq is None or self._counter.acknowledgement(seq) is not Verdict.GAP:
            return []
        return self._break_all(f"an acknowledgement came with number {seq}, out of turn", now_ns)

    def snapshot(
        self, sid: int, seq: int, ticker: str, yes: list[Level], no: list[Level],
        venue_ns: int, recv_ns: int, ref: int,
    ) -> list[Output]:  # fmt: skip
        """Take a whole book, asked for or not: it replaces what stood. *Raises* BookError, GapError."""
        out: list[Output] = []
        self._adopt(sid)
        if not self._in_turn(seq, recv_ns, out):
            return out
        entry = self.entries.get(ticker)
        if entry is None:
            return out + self._stray(ticker, recv_ns)
        out += self._learn_side(ticker, yes, no, recv_ns)
        entry.book.replace(yes, no if self._no_in_yes else mirrored(no))
        if entry.book.crossed:
            message = f"Kalshi's book of {ticker} is crossed in a fresh snapshot"
            raise BookError(message)
        entry.live, entry.broken_ns, entry.due_ns, entry.crossed_ns = True, 0, 0, 0
        entry.changed_ns, entry.venue_ns, entry.seq, entry.ref = recv_ns, venue_ns, seq, ref
        out += self._stated(entry, recv_ns, False)
        held, entry.held = entry.held, []
        for change in held:
            if change[0] > seq:
                out += self._apply(entry, *change)
        return out

    def change(
        self, sid: int, seq: int, ticker: str, side: str, price_e6: int, change_e2: int,
        venue_ns: int, recv_ns: int, ref: int,
    ) -> list[Output]:  # fmt: skip
        """Take one change of one level. *Raises* BookError, GapError, ValueError for an unknown side."""
        if sid != self.sid:
            self._adopt(sid)
        counter = self._counter
        if seq == counter.next:
            counter.last = seq
            counter.next = seq + 1
            out: list[Output] | None = None
        else:
            out = []
            if not self._in_turn(seq, recv_ns, out):
                return out
        if side == "yes":
            is_bid = True
        elif side == "no":
            is_bid = False
            if not self._no_in_yes:
                price_e6 = DOLLAR_E6 - price_e6
        else:
            message = f"side is {side!r}, neither yes nor no"
            raise ValueError(message)
        entry = self.entries.get(ticker)
        if entry is None:
            return [*(out or ()), *self._stray(ticker, recv_ns)]
        if entry.live:
            changed = self._apply(entry, seq, is_bid, price_e6, change_e2, venue_ns, recv_ns, ref)
            return [*out, *changed] if out else changed
        if len(entry.held) >= MOST_HELD:
            message = f"Kalshi sent {MOST_HELD} changes of {ticker} and no snapshot to put them on"
            raise GapError(message)
        entry.held.append((seq, is_bid, price_e6, change_e2, venue_ns, recv_ns, ref))
        return out or []

    def tick(self, running: frozenset[str], now_ns: int) -> list[Output]:
        """Watch the deadlines; `running` markets must have a book. *Raises* GapError."""
        overdue: list[str] = []
        for ticker, entry in self.entries.items():
            if entry.broken_ns and now_ns - entry.broken_ns > self._heal_limit_ns:
                message = f"Kalshi sent no fresh book of {ticker} in time: {entry.reason}"
                raise GapError(message)
            if entry.crossed_ns and now_ns - entry.crossed_ns > CROSSED_LIMIT_NS:
                return self._break_all(f"the book of {ticker} stays crossed", now_ns)
            if entry.due_ns and ticker in running and not entry.broken_ns:
                overdue += [ticker] * (now_ns - entry.due_ns > self._heal_limit_ns)
        if not overdue or self.sid < 0:
            return []
        for ticker in overdue:
            entry = self.entries[ticker]
            entry.broken_ns, entry.reason = now_ns, "no snapshot followed the subscription"
        return [self._commands.update(CHANNEL, self.sid, "get_snapshot", overdue, now_ns)]

    def restate(self, now_ns: int) -> list[Output]:
        """Write down every book that stands, for listeners that start in the middle."""
        out: list[Output] = []
        for entry in self.entries.values():
            if entry.live:
                out += self._stated(entry, now_ns, True)
        return out

    def passed(self, seq: int, now_ns: int) -> list[Output]:
        """Count a message of this subscription that is neither book nor acknowledgement."""
        out: list[Output] = []
        self._in_turn(seq, now_ns, out)
        return out

    def _adopt(self, sid: int) -> None:
        if self.sid == sid:
            return
        if not 0 <= sid < MOST_NUMBER:
            message = f"sid is {sid}"
            raise ValueError(message)
        if self.sid >= 0:
            message = f"Kalshi sends books on subscription {sid} beside {self.sid}; their order is not known"
            raise GapError(message)
        self.sid = sid

    def _in_turn(self, seq: int, now_ns: int, out: list[Output]) -> bool:
        if not 0 <= seq < MOST_NUMBER:
            message = f"seq is {seq}"
            raise ValueError(message)
        counter = self._counter
        before = counter.last
        verdict = counter.data(seq)
        if verdict is Verdict.NEXT:
            return True
        if verdict is Verdict.GAP:
            out += self._break_all(f"number {seq} follows {before}", now_ns)
            return True
        if verdict is Verdict.LOST:
            message = (
                f"Kalshi counts the messages of subscription {self.sid} from {seq} again, after {before}"
            )
            raise GapError(message)
        out += self._drift.seen("value", "repeated sequence number", now_ns)
        return False

    def _break_all(self, reason: str, now_ns: int) -> list[Output]:
        """Withdraw every book. Those whose first snapshot is still on its way have a deadline already."""
        self.gaps += 1
        out: list[Output] = []
        broken: list[str] = []
        for ticker, entry in self.entries.items():
            if entry.live:
                out.append(MarketBookWithdrawn(ticker, entry.ref, now_ns, reason))
                entry.broken_ns, entry.reason = now_ns, reason
            entry.live, entry.crossed_ns, entry.held = False, 0, []
            broken += [ticker] * (entry.broken_ns > 0)
        if broken:
            out.append(self._commands.update(CHANNEL, self.sid, "get_snapshot", broken, now_ns))
        return out

    def _learn_side(self, ticker: str, yes: list[Level], no: list[Level], now_ns: int) -> list[Output]:
        """Believe the book, not the flag that we sent, about the prices of the NO side."""
        seen = no_side_in_yes_prices(yes, no)
        if seen is None or seen is self._no_in_yes:
            return []
        self._no_in_yes = seen
        out: list[Output] = [*self._drift.seen("value", "use_yes_price is not followed", now_ns)]
        if any(entry.live for name, entry in self.entries.items() if name != ticker):
            out += self._break_all("its NO side was read in the wrong prices", now_ns)
        return out

    def _stray(self, ticker: str, now_ns: int) -> list[Output]:
        if ticker in self._dropped:
            return []
        return [*self._drift.seen("value", "book of a market that was not subscribed", now_ns)]

    def _stated(self, entry: Entry, now_ns: int, checkpoint: bool) -> list[Output]:
        book = entry.book
        bids, asks = book.levels()
        out: list[Output] = [
            MarketBookSnapshot(
                book.ticker, entry.ref, now_ns, entry.venue_ns, self.sid, entry.seq, bids, asks, checkpoint
            )
        ]
        if not book.crossed:
            out.append(MarketQuoteChanged(book.ticker, entry.ref, now_ns, entry.venue_ns, *book.quote))
        return out

    def _apply(
        self, entry: Entry, seq: int, is_bid: bool, price_e6: int, change_e2: int,
        venue_ns: int, recv_ns: int, ref: int,
    ) -> list[Output]:  # fmt: skip
        book = entry.book
        count_e2 = book.change(is_bid, price_e6, change_e2)
        entry.seq = seq
        entry.ref = ref
        entry.venue_ns = venue_ns
        entry.changed_ns = recv_ns
        changed = MarketBookChanged(
            book.ticker, ref, recv_ns, venue_ns, self.sid, seq, is_bid, price_e6, count_e2, change_e2
        )
        bid_e6, _, ask_e6, _ = book.quote
        at_top = price_e6 >= bid_e6 if is_bid else price_e6 <= ask_e6 or ask_e6 < 0
        if not at_top or not book.refresh_quote():
            return [changed]
        if book.crossed:
            entry.crossed_ns = entry.crossed_ns or recv_ns
            return [changed]
        entry.crossed_ns = 0
        return [changed, MarketQuoteChanged(book.ticker, ref, recv_ns, venue_ns, *book.quote)]
