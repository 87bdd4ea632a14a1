"""Binance: depth every 100 ms joined to a REST snapshot, bookTicker, trade, 24hrTicker for the volume.

How the book begins, as documented: hold the stream's updates, ask for a snapshot, ask again if it is
older than the first one held, drop what it holds already, go on from there; each later update starts one
after where the one before ended (U == u + 1). After a gap the same again, on the same connection. The
snapshot is asked for when the subscription is acknowledged or its first update is there, whichever comes
first, so that nothing can be lost between the two.

A snapshot shows the best 5,000 levels a side. What lies beyond is unknown until it changes, so the book
ends where the snapshot did, and a new one is asked for when the price nears that end. bookTicker comes
with every change of the touch and bears witness against the book; its own touch is not told.

Source: developers.binance.com/docs/binance-spot-api-docs (2026-07); recordings of 2021, 2024 and 2026.
"""

from typing import Any, ClassVar

import orjson

from actors.adapter import Get, Output
from actors.errors import AddressRefusedError, ConfigurationError, NetworkError, RefusedError
from actors.prices.held import HeldUpdates, Update
from actors.prices.numbers import LIMIT_E8, text_e8
from actors.prices.stamps import MS_NS
from actors.prices.venue import Ticker, VenueAdapter, dumps
from actors.prices.watch import Limits
from messages import Level

LEVELS = 5_000
BEAT_NS = 2_000_000_000
PAUSE_NS = 500_000_000
"""Between two questions for a snapshot: one costs 250 of 6,000 a minute (Binance.US: of 1,200)."""
MOST_FAILURES = 3
PEACE_S = 60.0
SUBSCRIBE_ID = 1
LIST_ID = 2
INVALID_SYMBOL = -1121


class Venue(VenueAdapter):
    stream_url = "wss://stream.binance.com:9443/stream"
    public_rest_url = "https://api.binance.com"
    # On a quiet market nothing comes of itself: we ask for the list of subscriptions every 2 s. Depth comes
    # by the tenth of a second, trades and the best prices at once.
    limits = Limits(socket_s=6, quiet_s=3, rest_lag_s=2, probe_s=2, gathers_s=0.25)
    sends_volume = True
    sends_whole_book = True
    known: ClassVar[dict[str, str]] = {
        "frame": "stream data",
        "depthUpdate": "e E s U u b a",
        "bookTicker": "u s b B a A",
        "trade": "e E s t p q b a T m M",
        "24hrTicker": "e E s p P w x c Q b B a A o h l v q O C F L n",
        "answer": "result id error code msg",
        "depth": "lastUpdateId bids asks",
    }

    def reset(self) -> None:
        self._pair = f"{self.base}{self.quote}"
        self._held = HeldUpdates()
        self._last = 0  # number of the last update in the book; 0: no book
        self._subscribed = False
        self._asking = False
        self._ask_ns = 0
        self._failures = 0
        self._beat_due_ns = 0
        self._know(0, 0, LIMIT_E8, LIMIT_E8)

    def subscribe(self) -> list[Output]:
        self.acks.expect("SUBSCRIBE")
        pair = self._pair.lower()
        streams = [f"{pair}@{name}" for name in ("depth@100ms", "bookTicker", "trade", "ticker")]
        return [dumps({"method": "SUBSCRIBE", "params": streams, "id": SUBSCRIBE_ID})]

    def resubscribe(self) -> list[Output]:
        self._last = 0
        return self._ask_depth()

    def beat(self, now_ns: int) -> list[Output]:
        out: list[Output] = []
        if self._subscribed and not self._last and not self._asking and now_ns >= self._ask_ns:
            out += self._ask_depth()
        bid, _, ask, _ = self.publisher.quote
        if self._book_stands() and (bid < self._low_mark or ask > self._high_mark):
            self.heal("the price nears the end of the snapshot", now_ns, out)
        if now_ns >= self._beat_due_ns:
            self._beat_due_ns = now_ns + BEAT_NS
            out.append(dumps({"method": "LIST_SUBSCRIPTIONS", "id": LIST_ID}))
        return out

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        if "stream" in frame:
            self.fields("frame", frame, recv_ns, out)
            frame = frame["data"]
        kind = frame.get("e")
        if kind == "depthUpdate":
            self._depth(frame, ref, recv_ns, out)
        elif kind == "trade":
            self._trade(frame, ref, recv_ns, out)
        elif kind == "24hrTicker":
            self._day_ticker(frame, ref, recv_ns, out)
        elif kind == "serverShutdown":
            raise RefusedError(f"{self.venue} shuts its server down and asks for a new connection")
        elif kind is None and "u" in frame:
            self._book_ticker(frame, recv_ns, out)
        elif kind is None and ("result" in frame or "error" in frame or "code" in frame):
            self._answer(frame, recv_ns, out)
        else:
            self.drift("type", str(kind or sorted(frame)), recv_ns, out)

    def ticker_path(self) -> str:
        return f"/api/v3/ticker/24hr?symbol={self._pair}"

    def read_ticker(self, body: Any) -> Ticker:
        return Ticker(text_e8(body["bidPrice"]), text_e8(body["askPrice"]), text_e8(body["volume"]))

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        if get.tag == "depth":
            self._asking = False
            self._ask_ns = recv_ns + PAUSE_NS
            if status != 200:
                self._no_depth(status, body, retry_after_s)
        return super().reply(get, status, body, retry_after_s, recv_ns, ref)

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        last = body["lastUpdateId"]
        if type(last) is not int or last <= 0:
            raise ValueError(f"lastUpdateId {last!r:.30}")
        bids, asks = _levels(body["bids"]), _levels(body["asks"])
        self.fields("depth", body, recv_ns, out)
        self._failures = 0
        if not self._held.fits(last):
            return  # too old: `beat` asks again
        venue_ns = 0
        best_bid, best_ask = (bids or [(0, 0)])[0][0], (asks or [(LIMIT_E8, 0)])[0][0]
        floor = bids[-1][0] if len(bids) >= LEVELS else 0
        ceiling = asks[-1][0] if len(asks) >= LEVELS else LIMIT_E8
        self._know(floor, best_bid, best_ask, ceiling)
        for update in self._held.after(last):
            last, venue_ns = update.last, update.venue_ns
            bids += update.bids
            asks += update.asks
        self._last = last
        self.snapshot(out, *self._within(bids, asks), ref, recv_ns, venue_ns)

    def _depth(self, data: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("depthUpdate", data, recv_ns, out)
        if not self._ours(data, recv_ns, out):
            return
        first, last = data["U"], data["u"]
        if type(first) is not int or type(last) is not int or not 0 < first <= last:
            raise ValueError(f"update ids {first!r:.30} and {last!r:.30}")
        venue_ns = self.count_ns(data["E"], MS_NS, recv_ns, out)
        update = Update(first, last, _levels(data["b"]), _levels(data["a"]), venue_ns)
        if not self._last:
            self.book_came(recv_ns)
            self._held.hold(update)
            self._begin(out)
        elif last <= self._last:
            self.book_came(recv_ns)
        elif first > self._last + 1:
            self._held.hold(update)
            self.heal(f"updates {self._last + 1} to {first - 1} are missing", recv_ns, out)
        else:
            self._last = last
            self.change(out, *self._within(update.bids, update.asks), ref, recv_ns, venue_ns)

    def _book_ticker(self, data: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("bookTicker", data, recv_ns, out)
        if self._ours(data, recv_ns, out):
            self.ticker_seen(text_e8(data["b"]), text_e8(data["a"]), recv_ns, out)

    def _trade(self, data: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("trade", data, recv_ns, out)
        if not self._ours(data, recv_ns, out):
            return
        buyer_is_maker = data["m"]
        if type(buyer_is_maker) is not bool:
            raise ValueError(f"m {buyer_is_maker!r:.20}")
        self.trade(
            out, data["t"], text_e8(data["p"]), text_e8(data["q"]), not buyer_is_maker,
            ref, recv_ns, self.count_ns(data["E"], MS_NS, recv_ns, out),
        )  # fmt: skip

    def _day_ticker(self, data: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("24hrTicker", data, recv_ns, out)
        if self._ours(data, recv_ns, out):
            self.volume.take(out, text_e8(data["v"]), ref, recv_ns)

    def _answer(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("answer", frame, recv_ns, out)
        # Documented flat and seen wrapped in `error`; the number of the question may be missing.
        error = frame.get("error") or frame
        number = frame.get("id")
        if "code" in error:
            said = f"{error.get('msg', 'no reason')} ({error['code']})"[:200]
            if number != LIST_ID and not self._subscribed:
                raise RefusedError(f"{self.venue} refuses the subscription: {said}")
            self.drift("code", said, recv_ns, out)
        elif number == SUBSCRIBE_ID:
            self.acks.came("SUBSCRIBE")
            self._begin(out)

    def _begin(self, out: list[Output]) -> None:
        """Ask for the first snapshot, once it is certain that the stream tells what comes after it."""
        if not self._subscribed:
            self._subscribed = True
            out += self._ask_depth()

    def _ask_depth(self) -> list[Output]:
        self._asking = True
        return [Get(f"/api/v3/depth?symbol={self._pair}&limit={LEVELS}", "depth")]

    def _no_depth(self, status: int, body: bytes, retry_after_s: float) -> None:
        """Judge a refused snapshot. Without one there is no book, so what will not pass ends the feed."""
        said = f"{self.venue} gives no snapshot (HTTP {status}): {body[:200].decode('utf-8', 'replace')}"
        if status in AddressRefusedError.statuses:
            raise AddressRefusedError(self.venue, self.rest_url, status, body)
        if status in (418, 429):
            raise RefusedError(said, retry_after_s or PEACE_S)
        if status == 400 and _code(body) == INVALID_SYMBOL:
            raise ConfigurationError(f"{self.venue} does not know {self._pair}")
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            raise RefusedError(said, retry_after_s) if status else NetworkError(said)

    def _know(self, floor: int, best_bid: int, best_ask: int, ceiling: int) -> None:
        """Note from where to where the book is known, and halfway to both ends."""
        self._floor, self._ceiling = floor, ceiling
        self._low_mark = (floor + best_bid) // 2 if floor else 0
        self._high_mark = (best_ask + ceiling) // 2

    def _within(self, bids: list[Level], asks: list[Level]) -> tuple[list[Level], list[Level]]:
        floor, ceiling = self._floor, self._ceiling
        return [level for level in bids if level[0] >= floor], [
            level for level in asks if level[0] <= ceiling
        ]

    def _ours(self, data: Any, recv_ns: int, out: list[Output]) -> bool:
        if data["s"] == self._pair:
            return True
        self.drift("value", f"s {data['s']}", recv_ns, out)
        return False


def _levels(levels: Any) -> list[Level]:
    return [(text_e8(price), text_e8(size)) for price, size in levels]


def _code(body: bytes) -> Any:
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return decoded.get("code") if isinstance(decoded, dict) else None
