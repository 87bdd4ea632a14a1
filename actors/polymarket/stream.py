"""Polymarket's market stream: books of the Up and Down tokens of bitcoin's quarter hours.

What its protocol has, and what is made of it:

- No sequence and no checksum. Every change names the best bid and ask that follow from it: a book that
  contradicts them is withdrawn at once, and subscribed anew if the next frame does not mend it. A change
  lost below the touch shows when the touch gets there.
- No heartbeat but the one that we ask for: the text PING, answered by the text PONG.
- A quarter hour is found by its slug, which names its start; the REST pages give the ids of its tokens.
- The price that it started at is Chainlink's. The pages tell it (`priceToBeat`), some time after the start
  or not before the end; the stream of the prices themselves is another connection and is not opened.

It settles on a different source than Kalshi: nothing here makes a riskless pair with a Kalshi contract.

Source: Polymarket's documentation of the market channel, and recorded frames of August 2026. `book` frames
may repeat without `tick_size` and `last_trade_price`; levels come worst first; one `price_change` spans both
tokens.
"""

from typing import Any, Final

import orjson

from actors.adapter import AdapterCounts, Freshness, Get, Handshake, LatencySummary, Output, Send
from actors.drift import DriftCounter
from actors.errors import FrameError
from actors.latency import LatencyMeter
from actors.polymarket.book import TokenBook
from actors.polymarket.numbers import price_e6, size_e6, stamp_ns, touch_e6
from actors.polymarket.pages import VENUE
from actors.polymarket.quarters import Quarter
from actors.polymarket.roster import Roster
from actors.polymarket.settings import PolymarketSettings
from actors.polymarket.teller import Teller
from actors.polymarket.watch import Watch
from messages import PolymarketResolved

TICK_NS: Final = 100_000_000
PING_NS: Final = 5_000_000_000
WRONG_SHAPE: Final = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What a frame of the wrong shape makes Python raise."""
KNOWN: Final = {
    "book": "market asset_id timestamp hash bids asks tick_size last_trade_price event_type",
    "price_change": "market price_changes timestamp event_type",
    "change": "asset_id price size side hash best_bid best_ask",
    "tick_size_change": "event_type market asset_id new_tick_size old_tick_size timestamp",
    "market_resolved": (
        "event_type id market assets_ids winning_asset_id winning_outcome timestamp tags question slug "
        "description outcomes event_message"
    ),
}
"""Documented fields by kind of record; others are counted as drift."""
PASSED_OVER: Final = frozenset({"last_trade_price", "best_bid_ask", "new_market"})


class PolymarketStream:
    """The adapter of one connection; see actors.adapter.Adapter."""

    venue = VENUE

    def __init__(self, settings: PolymarketSettings) -> None:
        self._settings = settings
        self.rest_url = settings.rest_url
        self._known = {kind: frozenset(fields.split()) for kind, fields in KNOWN.items()}
        self._drift = DriftCounter(VENUE)
        self._roster = Roster(settings.speed, self._drift)
        self._teller = Teller()
        self._meter = LatencyMeter()
        self._watch = Watch(0)
        self._ping_ns = 0
        self._checkpoint_ns = 0
        self._newest_ns = 0

    def handshake(self, now_ns: int) -> Handshake | None:
        return Handshake(self._settings.url)

    def opened(self, conn: int, now_ns: int) -> list[Output]:
        self._watch = Watch(now_ns)
        return self.tick(now_ns)

    def frame(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        out: list[Output] = []
        self._watch.frame_ns = recv_ns
        if data == b"PONG":
            return out
        try:
            decoded = orjson.loads(data)
            # The first books come in one array; everything else is an object.
            for frame in decoded if isinstance(decoded, list) else [decoded]:
                self._take(frame, recv_ns, ref, out)
        except WRONG_SHAPE as error:
            raise FrameError(VENUE, data, f"{type(error).__name__} {error}") from error
        return out

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        out: list[Output] = []
        if not self._roster.pages.answered(get, status, body, retry_after_s, recv_ns):
            return [*self._drift.seen("code", f"GET /events {status}", recv_ns)] if status else []
        try:
            told = self._roster.take_page(get, body, self._watch, recv_ns, ref, out)
        except WRONG_SHAPE as error:
            return [*out, *self._drift.seen("value", f"GET /events: {type(error).__name__} {error}", recv_ns)]
        if told is not None:
            self._teller.repeat(told, out)
        return out

    def tick(self, now_ns: int) -> list[Output]:
        out: list[Output] = []
        self._watch.check(now_ns)
        self._roster.turn_over(now_ns, out)
        for quarter in self._roster.all():
            if quarter.stands and not quarter.runs(now_ns):
                self._teller.withdraw(quarter, "the quarter hour is over", now_ns, out)
            elif not quarter.stands:
                self._teller.show(quarter, now_ns, out)
        self._roster.ask(now_ns, self._watch, out)
        if now_ns >= self._ping_ns:
            self._ping_ns = now_ns + PING_NS
            out.append(Send(b"PING"))
        if now_ns >= self._checkpoint_ns:
            # A tick early, so that two are never further apart than was set.
            self._checkpoint_ns = now_ns + round(self._settings.checkpoint_s * 1e9) - TICK_NS
            for quarter in self._roster.all():
                out += quarter.defined(now_ns)
                self._teller.repeat(quarter, out)
        return out

    def round_trip(self, rtt_ns: int, now_ns: int) -> None:
        self._meter.round_trip(rtt_ns, now_ns)

    def pinged(self, now_ns: int) -> None:
        """Nothing to take: only its own words show that it speaks."""

    def freshness(self, now_ns: int) -> Freshness:
        age_ms = max(0, now_ns - self._newest_ns) // 1_000_000 if self._newest_ns else -1
        why_not = self._roster.why_no_book(now_ns)
        return Freshness(not why_not, age_ms, why_not)

    def latency(self, now_ns: int) -> LatencySummary:
        return self._meter.summary(now_ns)

    def counts(self) -> AdapterCounts:
        return AdapterCounts(self._teller.healings, self._drift.total)

    # -- frames

    def _take(self, frame: Any, recv_ns: int, ref: int, out: list[Output]) -> None:
        kind = frame.get("event_type")
        if kind in self._known:
            self._fields(kind, frame, recv_ns, out)
        if kind == "price_change":
            self._take_changes(frame, recv_ns, ref, out)
        elif kind == "book":
            self._take_book(frame, recv_ns, ref, out)
        elif kind == "tick_size_change":
            self._take_tick(frame, recv_ns, ref, out)
        elif kind == "market_resolved":
            self._take_result(frame, recv_ns, ref, out)
        elif kind not in PASSED_OVER:
            out += self._drift.seen("type", str(kind), recv_ns)

    def _take_book(self, frame: Any, recv_ns: int, ref: int, out: list[Output]) -> None:
        quarter = self._ours(frame["asset_id"], recv_ns, out)
        if quarter is None:
            return
        book = quarter.book(frame["asset_id"])
        book.replace(_levels(frame["bids"]), _levels(frame["asks"]))
        bid, _, ask, _ = book.touch()
        self._note(quarter, frame, recv_ns, ref)
        self._judge(quarter, book, (bid, ask), recv_ns, out)
        self._teller.show(quarter, recv_ns, out)

    def _take_changes(self, frame: Any, recv_ns: int, ref: int, out: list[Output]) -> None:
        # One frame spans both tokens, and may change several levels of each: it is judged as a whole.
        newest: dict[str, Any] = {}
        for change in frame["price_changes"]:
            self._fields("change", change, recv_ns, out)
            token, side = change["asset_id"], change["side"]
            quarter = self._ours(token, recv_ns, out)
            if quarter is None:
                continue
            if side not in ("BUY", "SELL"):
                raise ValueError(f"side {side!r:.20}")
            book = quarter.book(token)
            if book.came:  # else its fresh book is under way and has all this in it
                book.change(side == "BUY", price_e6(change["price"]), size_e6(change["size"]))
                newest[token] = change
        for token, change in newest.items():
            quarter = self._roster.of(token)
            if quarter is None:
                continue
            self._note(quarter, frame, recv_ns, ref)
            book = quarter.book(token)
            if book.came and "best_bid" in change:
                best = touch_e6(change["best_bid"]), touch_e6(change["best_ask"])
                self._judge(quarter, book, best, recv_ns, out)
        for token in newest:
            quarter = self._roster.of(token)
            if quarter is not None:
                self._teller.show(quarter, recv_ns, out)

    def _take_tick(self, frame: Any, recv_ns: int, ref: int, out: list[Output]) -> None:
        quarter = self._ours(frame["asset_id"], recv_ns, out)
        tick_e6 = price_e6(frame["new_tick_size"])
        if quarter is not None and tick_e6 != quarter.tick_e6:
            quarter.tick_e6 = tick_e6
            quarter.ref = ref
            out += quarter.defined(recv_ns)

    def _take_result(self, frame: Any, recv_ns: int, ref: int, out: list[Output]) -> None:
        winner = frame["winning_asset_id"]
        quarter = self._roster.of(winner)
        if quarter is not None and not quarter.resolved:  # it is told of everybody's markets
            quarter.resolved = True
            outcome = "up" if winner == quarter.tokens()[0] else "down"
            out.append(PolymarketResolved(quarter.slug, ref, recv_ns, outcome))

    def _ours(self, token: Any, recv_ns: int, out: list[Output]) -> Quarter | None:
        quarter = self._roster.of(token)
        if quarter is None and not self._roster.left(token):
            out += self._drift.seen("value", f"asset_id {token}", recv_ns)
        return quarter

    def _note(self, quarter: Quarter, frame: Any, recv_ns: int, ref: int) -> None:
        quarter.book_ref = ref
        quarter.recv_ns = recv_ns
        quarter.venue_ns = stamp_ns(frame["timestamp"])
        self._newest_ns = recv_ns
        self._watch.moved(recv_ns)
        if quarter.venue_ns:
            self._meter.stamped(quarter.venue_ns, recv_ns)

    def _judge(
        self, quarter: Quarter, book: TokenBook, best: tuple[int, int], recv_ns: int, out: list[Output]
    ) -> None:
        # Nobody says how a book ends when its quarter hour does.
        if recv_ns < quarter.end_ns and self._teller.judge(quarter, book, best, recv_ns, out):
            self._roster.resubscribe(quarter, recv_ns, out)

    def _fields(self, kind: str, record: dict[str, Any], recv_ns: int, out: list[Output]) -> None:
        for field in record.keys() - self._known[kind]:
            out += self._drift.seen("field", f"{kind}.{field}", recv_ns)


def _levels(rows: Any) -> list[tuple[int, int]]:
    return [(price_e6(row["price"]), size_e6(row["size"])) for row in rows]
