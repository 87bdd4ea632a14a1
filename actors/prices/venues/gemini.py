"""Gemini's WebSocket of 2026: depth every 100 ms and trades; volume by REST.

`snapshot=-1` in the address asks for the whole book at each subscription. It arrives as the first
depthUpdate, unmarked and before the acknowledgement; each later one starts where the one before ended
(U == previous u). Levels are kept within a band of the mid.

Source: docs.gemini.com/websocket (0.10.7) and recordings of 2026-09; those are of other symbols than
BTC-USD, so the step that Binance uses (U == previous u + 1) is taken for contiguous as well.
"""

from typing import Any, ClassVar

from actors.adapter import Handshake, Output
from actors.errors import GapError, RefusedError
from actors.prices.numbers import text_e8
from actors.prices.venue import Ticker, VenueAdapter, dumps
from actors.prices.watch import Limits

BEAT_NS = 2_000_000_000
SUBSCRIBE_ID = 1
UNSUBSCRIBE_ID = 2
RESUBSCRIBE_ID = 3
PING_ID = 4
RATE_LIMITED = -1003


class Venue(VenueAdapter):
    stream_url = "wss://ws.gemini.com"
    public_rest_url = "https://api.gemini.com"
    # Nothing comes of itself on a quiet book for up to 28 s: we ping every 2 s. Depth comes by the tenth
    # of a second, trades at once.
    limits = Limits(socket_s=6, quiet_s=3, rest_lag_s=2, probe_s=2, gathers_s=0.25)
    sends_whole_book = True
    known: ClassVar[dict[str, str]] = {
        "depthUpdate": "e E s U u b a",
        "trade": "e E s t p q m",
        "answer": "id status error result rateLimits",
    }

    def handshake(self, now_ns: int) -> Handshake:
        url = self.settings.url or self.stream_url
        return Handshake(url if "snapshot=" in url else f"{url}?snapshot=-1")

    def reset(self) -> None:
        self._pair = f"{self.base}{self.quote}".lower()
        self._depth_stream = f"{self._pair}@depth@100ms"
        self._last_u = 0  # 0: the next depthUpdate is the snapshot
        self._unsubscribing = False
        self._beat_due_ns = 0

    def subscribe(self) -> list[Output]:
        self.acks.expect("subscribe")
        streams = [self._depth_stream, f"{self._pair}@trade"]
        return [dumps({"id": SUBSCRIBE_ID, "method": "subscribe", "params": streams})]

    def resubscribe(self) -> list[Output]:
        # In two steps: only after the answer to the first is it certain which depthUpdate is the snapshot.
        self._unsubscribing = True
        return [dumps({"id": UNSUBSCRIBE_ID, "method": "unsubscribe", "params": [self._depth_stream]})]

    def beat(self, now_ns: int) -> list[Output]:
        if now_ns < self._beat_due_ns:
            return []
        self._beat_due_ns = now_ns + BEAT_NS
        return [dumps({"id": PING_ID, "method": "ping"})]

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        kind = frame.get("e")
        if kind == "depthUpdate":
            self._depth(frame, ref, recv_ns, out)
        elif kind == "trade" or (kind is None and "t" in frame and "p" in frame):
            self._trade(frame, ref, recv_ns, out)
        elif "status" in frame:
            self._answer(frame, recv_ns, out)
        else:
            self.drift("type", str(kind or sorted(frame)), recv_ns, out)

    def ticker_path(self) -> str:
        return f"/v1/pubticker/{self._pair}"

    def read_ticker(self, body: Any) -> Ticker:
        return Ticker(text_e8(body["bid"]), text_e8(body["ask"]), text_e8(body["volume"][self.base]))

    def _depth(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("depthUpdate", frame, recv_ns, out)
        if not self._ours(frame, recv_ns, out):
            return
        first, last = frame["U"], frame["u"]
        if type(first) is not int or type(last) is not int:
            raise ValueError(f"update ids {first!r:.30} and {last!r:.30}")
        bids = [(text_e8(price), text_e8(size)) for price, size in frame["b"]]
        asks = [(text_e8(price), text_e8(size)) for price, size in frame["a"]]
        venue_ns = self.count_ns(frame["E"], 1, recv_ns, out)
        if self._unsubscribing:
            return
        if not self._last_u:
            self._last_u = last
            self.snapshot(out, bids, asks, ref, recv_ns, venue_ns)
        elif last <= self._last_u:
            self.book_came(recv_ns)
        elif first > self._last_u + 1:
            self.heal(f"updates {self._last_u} to {first} are missing", recv_ns, out)
        else:
            self._last_u = last
            self.change(out, bids, asks, ref, recv_ns, venue_ns)

    def _trade(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("trade", frame, recv_ns, out)
        if not self._ours(frame, recv_ns, out):
            return
        buyer_is_maker = frame["m"]
        if type(buyer_is_maker) is not bool:
            raise ValueError(f"m {buyer_is_maker!r:.20}")
        self.trade(
            out, frame["t"], text_e8(frame["p"]), text_e8(frame["q"]), not buyer_is_maker,
            ref, recv_ns, self.count_ns(frame["E"], 1, recv_ns, out),
        )  # fmt: skip

    def _answer(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("answer", frame, recv_ns, out)
        number = frame.get("id")
        if frame["status"] != 200:
            self._refused(number, frame.get("error") or {}, recv_ns, out)
        elif number == SUBSCRIBE_ID:
            self.acks.came("subscribe")
        elif number == UNSUBSCRIBE_ID and self._unsubscribing:
            self._unsubscribing = False
            self._last_u = 0
            params = [self._depth_stream]
            out.append(dumps({"id": RESUBSCRIBE_ID, "method": "subscribe", "params": params}))

    def _refused(self, number: Any, error: Any, recv_ns: int, out: list[Output]) -> None:
        said = f"{error.get('msg', 'no reason')} ({error.get('code')})"[:200]
        if number == SUBSCRIBE_ID:
            wait_s = 10.0 if error.get("code") == RATE_LIMITED else 0.0
            raise RefusedError(f"{self.venue} refuses the subscription: {said}", wait_s)
        if number in (UNSUBSCRIBE_ID, RESUBSCRIBE_ID):
            raise GapError(f"{self.venue} refuses a fresh snapshot: {said}")
        self.drift("code", said, recv_ns, out)

    def _ours(self, frame: Any, recv_ns: int, out: list[Output]) -> bool:
        if frame["s"].lower() == self._pair:
            return True
        self.drift("value", f"s {frame['s']}", recv_ns, out)
        return False
