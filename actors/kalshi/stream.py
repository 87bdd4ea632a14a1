"""Kalshi by WebSocket: a signed handshake, then books, trades, tickers, lifecycle and the official index."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from actors.adapter import AdapterCounts, Freshness, Get, Handshake, LatencySummary, Output
from actors.drift import DriftCounter
from actors.errors import DeafError, FrameError
from actors.kalshi.channels import Channels, channel_of
from actors.kalshi.commands import CommandLedger
from actors.kalshi.desk import MarketDesk
from actors.kalshi.ladders import CENT_E6, read_ladder
from actors.kalshi.numbers import change_e2, dollars_e6, rfc3339_ns
from actors.kalshi.prints import read_index, read_ticker, read_trade
from actors.kalshi.probe import Probe
from actors.kalshi.sequence import Verdict
from actors.kalshi.settings import KalshiSettings
from actors.kalshi.shelf import BookShelf
from actors.kalshi.signing import Signer
from actors.kalshi.wire import (
    BODY_FIELDS,
    DELTA_START,
    FRAME_FIELDS,
    decode_delta,
    integer,
    load_object,
    obj,
    optional_integer,
    stamp_ns,
    text,
)
from actors.latency import LatencyMeter

SECOND_NS = 1_000_000_000
MILLISECOND_NS = 1_000_000
LATEST_STAMP_MS = 9_000_000_000_000
FIREHOSE = (b'"type":"market_lifecycle_v2"', b'"type":"event_lifecycle"', b'"type":"event_fee_update"')
SEQ = re.compile(rb'"seq":\s*(\d{1,18})')
REPLIES = frozenset({"subscribed", "ok", "unsubscribed", "error"})

Reader = Callable[[dict[str, Any], dict[str, Any], int, int], list[Output]]
"""(frame, its msg, recv_ns, ref) -> what to say. Raises ValueError."""


class KalshiStream:
    """The adapter for a connection with a key. See actors.adapter.Adapter."""

    venue = "kalshi"

    def __init__(self, settings: KalshiSettings, signer: Signer) -> None:
        self._settings = settings
        self._signer = signer
        self.rest_url = settings.rest_url
        self._drift = DriftCounter(self.venue)
        self._meter = LatencyMeter()
        self.desk = MarketDesk(settings, self._drift)
        commands = CommandLedger(int(settings.ack_limit_s * SECOND_NS))
        self.shelf = BookShelf(
            commands, self._drift, settings.use_yes_price, int(settings.heal_limit_s * SECOND_NS)
        )
        self.channels = Channels(
            commands, self.shelf, self._drift, settings.index_ids, settings.use_yes_price
        )
        self._commands = commands
        self._probe = Probe(self.shelf, self.desk.requests, int(settings.quiet_s * SECOND_NS))
        self.desk.read_with("probe", self._take_probe)
        self._readers: dict[str, Reader] = {
            "orderbook_snapshot": self._snapshot,
            "orderbook_delta": self._delta,
            "trade": self._trade,
            "ticker": self._ticker,
            "market_lifecycle_v2": self._lifecycle,
            "event_fee_update": self._event_fee,
            "event_lifecycle": lambda *_: [],
            "cfbenchmarks_value": self._index,
            "cfbenchmarks_value_5hz": self._index,
        }
        names = [*settings.subscribe.series, *settings.subscribe.markets]
        self._ours = [f'"{name}'.encode() for name in names]
        self._frame_ns = 0
        self._index_seen = False
        self._restate_ns = 0

    def handshake(self, now_ns: int) -> Handshake:
        url = self._settings.url
        return Handshake(url, self._signer.headers("GET", url, now_ns))

    def opened(self, conn: int, now_ns: int) -> list[Output]:
        self._frame_ns = now_ns
        self._restate_ns = now_ns + int(self._settings.checkpoint_s * SECOND_NS)
        return self.channels.reconcile([], now_ns) + self.desk.tick(now_ns)

    def frame(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        self._frame_ns = recv_ns
        try:
            if data.startswith(DELTA_START):
                try:
                    delta = decode_delta(data)
                except msgspec.ValidationError:
                    return self._general(data, recv_ns, ref)
                body = delta.msg
                venue_ns = body.ts_ms * MILLISECOND_NS if 0 < body.ts_ms < LATEST_STAMP_MS else 0
                if venue_ns:
                    self._meter.stamped(venue_ns, recv_ns)
                elif body.ts:
                    # Old form: too coarse a stamp to measure by.
                    venue_ns = rfc3339_ns(body.ts)
                return self.shelf.change(
                    delta.sid, delta.seq, body.market_ticker, body.side,
                    dollars_e6(body.price_dollars), change_e2(body.delta_fp), venue_ns, recv_ns, ref,
                )  # fmt: skip
            if self._is_foreign(data):
                return self._skipped(data, recv_ns)
            return self._general(data, recv_ns, ref)
        except ValueError as error:
            raise FrameError(self.venue, data, str(error)) from None

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        out = self.desk.reply(get, status, body, retry_after_s, recv_ns, ref)
        if not self.desk.roster.markets:
            self.desk.insist()
        # What a reply makes possible, a subscription above all, does not wait for the next tick.
        return out + self.tick(recv_ns)

    def tick(self, now_ns: int) -> list[Output]:
        out = self.desk.tick(now_ns)
        wanted = self.desk.roster.wanted(now_ns)
        running = self.desk.roster.running(now_ns)
        for ticker in wanted:
            self.desk.tape.start(ticker, now_ns)
        for ticker in [ticker for ticker in self.shelf.entries if ticker not in wanted]:
            out += self.shelf.drop(ticker, "the market is settled or no longer watched", now_ns)
            self.desk.tape.stop(ticker)
        out += self.channels.reconcile(wanted, now_ns)
        out += self.channels.tick(now_ns)
        out += self.shelf.tick(running, now_ns)
        self._probe.tick(running, now_ns)
        self._check_silence(now_ns)
        if now_ns >= self._restate_ns:
            self._restate_ns = now_ns + int(self._settings.checkpoint_s * SECOND_NS)
            out += self.desk.roster.restate(now_ns) + self.shelf.restate(now_ns)
        return out

    def round_trip(self, rtt_ns: int, now_ns: int) -> None:
        self._meter.round_trip(rtt_ns, now_ns)

    def pinged(self, now_ns: int) -> None:
        """Nothing to take: subscriptions bring data or are probed, whatever the socket does."""

    def freshness(self, now_ns: int) -> Freshness:
        roster = self.desk.roster
        running = sorted(roster.running(now_ns))
        newest_ns = 0
        missing: list[str] = []
        for ticker in running:
            entry = self.shelf.entries.get(ticker)
            if entry is None or not entry.live:
                missing.append(
                    f"the book of {ticker} is {entry.reason if entry and entry.reason else 'not there yet'}"
                )
                continue
            newest_ns = max(newest_ns, entry.changed_ns, self._probe.agreed_ns(ticker))
        age_ms = (now_ns - newest_ns) // MILLISECOND_NS if newest_ns else -1
        why_not = self.desk.why_no_market(now_ns) or "; ".join(missing)
        if not why_not and running:
            why_not = self.desk.why_closed(now_ns)
        if not why_not and age_ms > self._settings.silent_limit_s * 1000:
            why_not = f"nothing about the running market for {age_ms // 1000} s"
        return Freshness(not why_not, age_ms, why_not)

    def latency(self, now_ns: int) -> LatencySummary:
        return self._meter.summary(now_ns)

    def counts(self) -> AdapterCounts:
        gaps = self.shelf.gaps + self.channels.gaps + self.desk.tape.gaps
        return AdapterCounts(gaps=gaps, drifts=self._drift.total)

    def _is_foreign(self, data: bytes) -> bool:
        """The lifecycle channel has no filter and tells of every market there is."""
        if not any(kind in data for kind in FIREHOSE):
            return False
        return not any(name in data for name in self._ours)

    def _skipped(self, data: bytes, recv_ns: int) -> list[Output]:
        sid, match = self.channels.by_name["market_lifecycle_v2"].sid, SEQ.search(data)
        if sid >= 0 and match is not None:
            self._watch_gap("market_lifecycle_v2", sid, int(match[1]), recv_ns)
        return []

    def _general(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        frame = load_object(data)
        kind = text(frame, "type")
        out = self._odd(frame, kind, recv_ns)
        if kind in REPLIES:
            return out + self._answer(kind, frame, recv_ns)
        reader = self._readers.get(kind)
        if reader is None:
            out += self._drift.seen("type", kind, recv_ns)
        if kind in ("orderbook_snapshot", "orderbook_delta"):
            return out + self._readers[kind](frame, obj(frame, "msg"), recv_ns, ref)
        sid, seq = optional_integer(frame, "sid"), optional_integer(frame, "seq")
        if sid is not None and seq is not None:
            if sid == self.shelf.sid:
                out += self.shelf.passed(seq, recv_ns)
            elif self._watch_gap(channel_of(frame), sid, seq, recv_ns):
                return [*out, *self._drift.seen("value", "repeated sequence number", recv_ns)]
        if reader is None:
            return out
        try:
            return out + reader(frame, obj(frame, "msg"), recv_ns, ref)
        except ValueError as error:
            # Not a book: what cannot be read here is worth a note, not the books' life.
            return [*out, *self._drift.seen("value", f"{kind}: {error}", recv_ns)]

    def _odd(self, frame: dict[str, Any], kind: str, recv_ns: int) -> list[Output]:
        unknown = [f"{kind}: {name}" for name in frame.keys() - FRAME_FIELDS]
        body, known = frame.get("msg"), BODY_FIELDS.get(kind)
        if isinstance(body, dict) and known is not None:
            unknown += [f"{kind}.msg: {name}" for name in body.keys() - known]
        out: list[Output] = []
        for name in sorted(unknown):
            out += self._drift.seen("field", name, recv_ns)
        return out

    def _answer(self, kind: str, frame: dict[str, Any], recv_ns: int) -> list[Output]:
        if kind == "subscribed":
            return self.channels.subscribed(frame, recv_ns)
        if kind == "ok":
            return self.channels.ok(frame, recv_ns)
        if kind == "unsubscribed":
            return self.channels.unsubscribed(frame, recv_ns)
        return self.channels.error(frame, self.desk.roster.running(recv_ns), recv_ns)

    def _watch_gap(self, channel: str, sid: int, seq: int, recv_ns: int) -> bool:
        """Count; read up by REST what a gap may have swallowed. True for a repetition, to be left out."""
        verdict = self.channels.count(channel, sid, seq, recv_ns)
        if verdict is Verdict.GAP and channel == "trade":
            for ticker in self.desk.roster.wanted(recv_ns):
                self.desk.tape.ask(ticker)
        elif verdict is Verdict.GAP and channel == "market_lifecycle_v2":
            self.desk.roster.search_again()
        return verdict in (Verdict.REPEATED, Verdict.LOST)

    def _snapshot(self, frame: dict[str, Any], body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        self._commands.answered(optional_integer(frame, "id"))
        ticker = text(body, "market_ticker")
        yes = read_ladder(body, "yes_dollars_fp", "yes")
        no = read_ladder(body, "no_dollars_fp", "no")
        venue_ns = stamp_ns(body, "ts_ms") or stamp_ns(frame, "sending_ts_ms")
        return self.shelf.snapshot(
            integer(frame, "sid"), integer(frame, "seq"), ticker, yes, no, venue_ns, recv_ns, ref
        )

    def _delta(self, frame: dict[str, Any], body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        """The slow way: unknown fields, another order of keys, or the cents of before March 2026."""
        if body.get("price_dollars") is None:
            price_e6 = integer(body, "price") * CENT_E6
        else:
            price_e6 = dollars_e6(body["price_dollars"])
        size_e2 = (
            integer(body, "delta") * 100 if body.get("delta_fp") is None else change_e2(body["delta_fp"])
        )
        venue_ns = stamp_ns(body, "ts_ms")
        if venue_ns:
            self._meter.stamped(venue_ns, recv_ns)
        elif body.get("ts") is not None:
            venue_ns = rfc3339_ns(body["ts"])
        return self.shelf.change(
            integer(frame, "sid"), integer(frame, "seq"), text(body, "market_ticker"), text(body, "side"),
            price_e6, size_e2, venue_ns, recv_ns, ref,
        )  # fmt: skip

    def _trade(self, frame: dict[str, Any], body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        trade = read_trade(body, recv_ns, ref)
        if body.get("ts_ms") is not None:
            self._meter.stamped(trade.venue_ns, recv_ns)
        return self.desk.tape.take(trade)

    def _ticker(self, frame: dict[str, Any], body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        line = read_ticker(body, recv_ns, ref)
        if body.get("ts_ms") is not None:
            self._meter.stamped(line.venue_ns, recv_ns)
        return [line]

    def _lifecycle(self, frame: dict[str, Any], body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        return self.desk.roster.take_lifecycle(body, recv_ns, ref)

    def _event_fee(self, frame: dict[str, Any], body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        return self.desk.roster.take_event_fee(body, recv_ns, ref)

    def _index(self, frame: dict[str, Any], body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        self._index_seen = True
        value = read_index(body, 1 if frame["type"] == "cfbenchmarks_value" else 5, recv_ns, ref)
        if value.index_id == "BRTI":
            self.desk.roster.take_index(value.value_e6)
        return [value]

    def _take_probe(self, ticker: str, body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        self._probe.take(ticker, body, recv_ns)
        return []

    def _check_silence(self, now_ns: int) -> None:
        """The index ticks every second: once it has been seen, a long silence of everything is deafness."""
        if not self._index_seen:
            return
        silent_ns = now_ns - self._frame_ns
        limit_ns = int(self._settings.silent_limit_s * SECOND_NS)
        if silent_ns > limit_ns // 2:
            self.desk.doubt(now_ns)
        if silent_ns > limit_ns and not self.desk.why_closed(now_ns):
            message = f"Kalshi's stream brought nothing for {silent_ns / 1e9:.0f} s, not even its index"
            raise DeafError(message)
