"""Bitstamp: order_book (the whole top 100, each time), live_trades; volume and first book by REST.

Why order_book and not diff_order_book: neither has a sequence or a checksum, so a lost frame of diffs
would stay in the book unseen, while the next full frame mends everything; it also comes four times as
often (80-150 ms against 325 ms and more). Its 100 levels reach past what the index reads. What changed
from frame to frame is found by comparing, so that listeners and the log get changes, not books.

The stream says nothing at subscribe time and has no heartbeat of its own: we send one, and the answer
shows that the socket lives.

Source: www.bitstamp.net/websocket/v2; shapes as recorded up to 2026-09.
"""

from typing import Any, ClassVar

from actors.adapter import Get, Output
from actors.errors import RefusedError
from actors.prices.comparing import WholeBookAdapter
from actors.prices.numbers import either_e8, text_e8
from actors.prices.stamps import sane_ns
from actors.prices.venue import Ticker, dumps
from actors.prices.watch import Limits

LEVELS = 100
BEAT_NS = 2_000_000_000


class Venue(WholeBookAdapter):
    stream_url = "wss://ws.bitstamp.net"
    public_rest_url = "https://www.bitstamp.net"
    # The book comes every 80 to 150 ms, trades at once.
    limits = Limits(socket_s=6, quiet_s=3, rest_lag_s=2, probe_s=2, gathers_s=0.25)
    known: ClassVar[dict[str, str]] = {
        "frame": "event channel data",
        "book": "timestamp microtimestamp bids asks",
        "trade": (
            "id timestamp amount amount_str price price_str type microtimestamp buy_order_id sell_order_id"
        ),
    }

    def reset(self) -> None:
        super().reset()
        pair = f"{self.base}{self.quote}".lower()
        self._pair = pair
        self._book_channel = f"order_book_{pair}"
        self._trade_channel = f"live_trades_{pair}"
        self._beat_due_ns = 0
        self._streams = False

    def subscribe(self) -> list[Output]:
        out: list[Output] = []
        for channel in (self._book_channel, self._trade_channel):
            self.acks.expect(channel)
            out.append(dumps({"event": "bts:subscribe", "data": {"channel": channel}}))
        return [*out, Get(f"/api/v2/order_book/{self._pair}/", "book")]

    def resubscribe(self) -> list[Output]:
        # Every frame is a whole book; the next one is the fresh snapshot.
        return []

    def beat(self, now_ns: int) -> list[Output]:
        if now_ns < self._beat_due_ns:
            return []
        self._beat_due_ns = now_ns + BEAT_NS
        return [dumps({"event": "bts:heartbeat"})]

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        event = frame["event"]
        self.fields("frame", frame, recv_ns, out)
        if event == "data" and frame["channel"] == self._book_channel:
            self._streams = True
            self._order_book(frame["data"], ref, recv_ns, out)
        elif event == "trade" and frame["channel"] == self._trade_channel:
            self._live_trade(frame["data"], ref, recv_ns, out)
        elif event == "bts:subscription_succeeded":
            self.acks.came(frame["channel"])
        elif event == "bts:request_reconnect":
            # Its data is null or "", depending on the age of the documents.
            raise RefusedError(f"{self.venue} asks for a new connection")
        elif event == "bts:error":
            self._error(frame["data"], recv_ns, out)
        elif event not in ("bts:heartbeat", "bts:unsubscription_succeeded"):
            self.drift("type", f"{event} {frame.get('channel')}", recv_ns, out)

    def ticker_path(self) -> str:
        return f"/api/v2/ticker/{self._pair}/"

    def read_ticker(self, body: Any) -> Ticker:
        return Ticker(either_e8(body["bid"]), either_e8(body["ask"]), either_e8(body["volume"]))

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        # A market that is quiet when we come sends no first frame. Once the stream speaks, it knows better.
        if not self._streams:
            top = {"microtimestamp": body["microtimestamp"]}
            for side in ("bids", "asks"):
                top[side] = [level[:2] for level in body[side][:LEVELS]]
            self._order_book(top, ref, recv_ns, out)

    def _order_book(self, data: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("book", data, recv_ns, out)
        bids: dict[str, str] = dict(data["bids"])
        asks: dict[str, str] = dict(data["asks"])
        venue_ns = self._stamp(data["microtimestamp"], recv_ns, out)
        self.whole_book(out, bids, asks, ref, recv_ns, venue_ns)

    def _live_trade(self, data: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("trade", data, recv_ns, out)
        kind = data["type"]
        if kind not in (0, 1):
            raise ValueError(f"type {kind!r:.20}")
        self.trade(
            out, data["id"], text_e8(data["price_str"]), text_e8(data["amount_str"]), kind == 0,
            ref, recv_ns, self._stamp(data["microtimestamp"], recv_ns, out),
        )  # fmt: skip

    def _error(self, data: Any, recv_ns: int, out: list[Output]) -> None:
        said = str(data["message"])[:200]
        if not self._streams:
            raise RefusedError(f"{self.venue} refuses a subscription: {said}")
        self.drift("code", said, recv_ns, out)

    def _stamp(self, microseconds: Any, recv_ns: int, out: list[Output]) -> int:
        try:
            venue_ns = sane_ns(int(microseconds) * 1_000)
        except (TypeError, ValueError):
            self.drift("value", f"stamp {microseconds!r:.40}", recv_ns, out)
            return 0
        self.stamped(venue_ns, recv_ns)
        return venue_ns
