"""Crypto.com Exchange: the best 50 levels as snapshot and updates every 10 ms, trade, ticker.

Each update names the one it follows: pu is the previous frame's u, which jumps by any step. A book that
rests sends an empty update every five seconds, with u equal to pu. After a gap we subscribe anew. The
checksum `cs` is not explained anywhere and not looked at.

Crypto.com wants a second between connecting and subscribing. Until the stream's snapshot there is no book:
one by REST would stand still for that second and look as if it did not. It stands in only where the
snapshot is late, and not for long: a stream that brings none is deaf. Each public/heartbeat must be
answered, or the connection is closed.

Source: exchange-developer.crypto.com/exchange/v1/docs; shapes as recorded in 2026-06 and 2026-09.
"""

from typing import Any, ClassVar

from actors.adapter import Get, Output
from actors.errors import ConfigurationError, DeafError, GapError, RefusedError
from actors.prices.numbers import text_e8
from actors.prices.publisher import Standing
from actors.prices.stamps import MS_NS
from actors.prices.venue import Ticker, VenueAdapter, dumps
from actors.prices.watch import Limits
from messages import Level

LEVELS = 50
UPDATE_MS = 10
SETTLE_NS = 1_000_000_000
SNAPSHOT_LATE_NS = 1_000_000_000
"""How long after subscribing the stream's snapshot is late: the book is asked for by REST."""
SNAPSHOT_LIMIT_NS = 3_000_000_000
"""How long after subscribing the REST book may stand in for the stream's."""

PUSH_ID = -1
SUBSCRIBE_ID = 1
UNSUBSCRIBE_ID = 2
RESUBSCRIBE_ID = 3
WAIT_S = {42901: 10.0, 9010001: 5.0}
"""How long to leave the venue in peace by the code it refuses with: too many requests, maintenance."""


class Venue(VenueAdapter):
    stream_url = "wss://stream.crypto.com/exchange/v1/market"
    public_rest_url = "https://api.crypto.com"
    # On a book that rests only the empty update of every five seconds comes. Updates are those of 10 ms.
    limits = Limits(socket_s=8, quiet_s=3, rest_lag_s=2, probe_s=2, gathers_s=0.1)
    sends_volume = True
    known: ClassVar[dict[str, str]] = {
        "frame": "id method code result channel message",
        "result": "instrument_name subscription channel depth data",
        "book": "bids asks t tt u cs",
        "book.update": "update t tt u pu cs",
        "levels": "bids asks",
        "trade": "d t p q s i m",
        "ticker": "h l a c b bs k ks i v vv oi t",
    }

    def depth(self) -> int:
        return LEVELS

    def reset(self) -> None:
        self._pair = f"{self.base}_{self.quote}"
        self._book_channel = f"book.{self._pair}.{LEVELS}"
        self._channels = [self._book_channel, f"trade.{self._pair}", f"ticker.{self._pair}"]
        self._last_u = 0  # 0: the stream's snapshot is awaited
        self._opened_ns = 0
        self._subscribed = False
        self._asked_book = False

    def opened(self, conn: int, now_ns: int) -> list[Output]:
        out = super().opened(conn, now_ns)
        self._opened_ns = now_ns
        return out

    def subscribe(self) -> list[Output]:
        # The subscription itself is sent when the connection has settled: see `beat`.
        for channel in self._channels:
            self.acks.expect(channel)
        return []

    def resubscribe(self) -> list[Output]:
        self._last_u = 0
        channels = [self._book_channel]
        return [
            self._request(UNSUBSCRIBE_ID, "unsubscribe", channels),
            self._request(RESUBSCRIBE_ID, "subscribe", channels),
        ]

    def beat(self, now_ns: int) -> list[Output]:
        since_ns = now_ns - self._opened_ns
        stands_in = not self._last_u and self.publisher.standing is not Standing.AWAITED
        if stands_in and since_ns > SETTLE_NS + SNAPSHOT_LIMIT_NS:
            raise DeafError(f"{self.venue} has sent no book but the one by REST")
        # A clock that is set back must not hold us up.
        if not self._subscribed and not 0 <= since_ns < SETTLE_NS:
            self._subscribed = True
            return [self._request(SUBSCRIBE_ID, "subscribe", self._channels)]
        if not (self._last_u or self._asked_book) and since_ns > SETTLE_NS + SNAPSHOT_LATE_NS:
            self._asked_book = True
            path = f"/exchange/v1/public/get-book?instrument_name={self._pair}&depth={LEVELS}"
            return [Get(path, "book")]
        return []

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        method = frame.get("method")
        if method == "subscribe":
            self.fields("frame", frame, recv_ns, out)
            if frame["code"] != 0:
                self._refused(frame, recv_ns, out)
            elif "result" in frame:
                self._result(frame["id"], frame["result"], ref, recv_ns, out)
            else:
                self.acks.came(frame["channel"])
        elif method == "public/heartbeat":
            self.fields("frame", frame, recv_ns, out)
            if type(frame["id"]) is not int:
                raise ValueError(f"no number to answer: {frame['id']!r:.30}")
            out.append(dumps({"id": frame["id"], "method": "public/respond-heartbeat"}))
        elif method == "unsubscribe":
            self.fields("frame", frame, recv_ns, out)
            if frame["code"] != 0:
                self.drift("code", _said(frame), recv_ns, out)
        else:
            self.drift("type", f"method {method}" if method else str(sorted(frame)), recv_ns, out)

    def ticker_path(self) -> str:
        return f"/exchange/v1/public/get-tickers?instrument_name={self._pair}"

    def read_ticker(self, body: Any) -> Ticker:
        (ticker,) = body["result"]["data"]
        return Ticker(_touch_e8(ticker["b"]), _touch_e8(ticker["k"]), text_e8(ticker["v"]))

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        (record,) = body["result"]["data"]
        bids, asks = _levels(record["bids"]), _levels(record["asks"])
        if not self._last_u and not self.healing.reason:
            self.snapshot(out, bids, asks, ref, recv_ns, self.count_ns(record["t"], MS_NS, recv_ns, out))

    def _result(self, number: Any, result: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("result", result, recv_ns, out)
        if result["instrument_name"] != self._pair:
            self.drift("value", f"instrument_name {result['instrument_name']}", recv_ns, out)
            return
        if number != PUSH_ID:
            self.acks.came(result["subscription"])
        channel = result["channel"]
        for record in result.get("data", ()):
            if channel == "book.update":
                self._update(record, ref, recv_ns, out)
            elif channel == "book":
                self._snapshot(record, ref, recv_ns, out)
            elif channel == "ticker":
                self._ticker(record, ref, recv_ns, out)
            elif channel != "trade":
                self.drift("type", f"channel {channel}", recv_ns, out)
            elif number == PUSH_ID:  # what the acknowledgement tells was before the subscription
                self._trade(record, ref, recv_ns, out)

    def _snapshot(self, record: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("book", record, recv_ns, out)
        bids, asks = _levels(record["bids"]), _levels(record["asks"])
        self._last_u = _update_id(record["u"])
        self.snapshot(out, bids, asks, ref, recv_ns, self.count_ns(record["t"], MS_NS, recv_ns, out))

    def _update(self, record: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("book.update", record, recv_ns, out)
        self.fields("levels", record["update"], recv_ns, out)
        bids, asks = _levels(record["update"]["bids"]), _levels(record["update"]["asks"])
        last, follows = _update_id(record["u"]), _update_id(record["pu"])
        venue_ns = self.count_ns(record["t"], MS_NS, recv_ns, out)
        if follows == self._last_u:
            self._last_u = last
            self.change(out, bids, asks, ref, recv_ns, venue_ns)
        elif not self._last_u or last == self._last_u:
            # Before its snapshot an update is of no use; the same one twice says nothing new.
            self.book_came(recv_ns)
        else:
            self.heal(f"updates {self._last_u} to {follows} are missing", recv_ns, out)

    def _trade(self, record: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("trade", record, recv_ns, out)
        side = record["s"]
        if side not in ("BUY", "SELL"):
            raise ValueError(f"side {side!r:.20}")
        self.trade(
            out, record["d"], text_e8(record["p"]), text_e8(record["q"]), side == "BUY",
            ref, recv_ns, self.count_ns(record["t"], MS_NS, recv_ns, out),
        )  # fmt: skip

    def _ticker(self, record: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("ticker", record, recv_ns, out)
        bid, ask, volume = _touch_e8(record["b"]), _touch_e8(record["k"]), text_e8(record["v"])
        self.ticker_seen(bid, ask, recv_ns, out)
        self.volume.take(out, volume, ref, recv_ns)

    def _refused(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        number, channel, said = frame["id"], frame.get("channel"), _said(frame)
        if number == RESUBSCRIBE_ID:
            raise GapError(f"{self.venue} refuses a fresh snapshot: {said}")
        if number != SUBSCRIBE_ID or channel not in (None, self._book_channel):
            self.drift("code", said, recv_ns, out)
        elif frame.get("message") == "Unknown symbol":
            raise ConfigurationError(f"{self.venue} does not know {self._pair}: {said}")
        else:
            wait_s = WAIT_S.get(frame["code"], 0.0)
            raise RefusedError(f"{self.venue} refuses the subscription: {said}", wait_s)

    def _request(self, number: int, method: str, channels: list[str]) -> Output:
        params: dict[str, Any] = {"channels": channels}
        if method == "subscribe":
            params["book_subscription_type"] = "SNAPSHOT_AND_UPDATE"
            params["book_update_frequency"] = UPDATE_MS
        nonce = self._watch.frame_ns // 1_000_000
        return dumps({"id": number, "method": method, "params": params, "nonce": nonce})


def _levels(levels: Any) -> list[Level]:
    # The third is the number of orders.
    return [(text_e8(price), text_e8(size)) for price, size, _ in levels]


def _update_id(number: Any) -> int:
    if type(number) is not int or number <= 0:
        raise ValueError(f"update id {number!r:.30}")
    return number


def _touch_e8(price: Any) -> int:
    # Null where a side of the book is empty.
    return 0 if price is None else text_e8(price)


def _said(frame: Any) -> str:
    return f"{frame.get('channel', frame['method'])}: {frame.get('message')} ({frame['code']})"[:200]
