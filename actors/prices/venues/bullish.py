"""Bullish: l2Orderbook (up to 200 levels a side, whole in every frame); volume and trades by REST.

A path is a channel here: the book's connection carries no trades and no ticks, and an actor has one
connection. So the 24-hour volume is the REST tick's, and trades are polled behind it, 100 at a time: they
come up to `volume_poll_s` late, and where more than 100 happen between two questions, some are missing,
which is told. No trade of before the first answer is told. The book, all that the index reads, is live.

Frames carry a range of sequence numbers, each beginning after the one before has ended. A hole loses
nothing, as the next frame is whole: it is counted as drift. Numbers that fall back are another count of
the venue's, and the book is asked for anew. Frames of type `update` (changed levels, recorded in 2024, not
since) are understood, and then a hole does need a fresh snapshot. What changed from frame to frame is
found by comparing, so that listeners and the log get changes, not books.

`timestamp` is the engine's last change, hours old on a quiet book and seldom cut short: it goes into the
messages, and the latency is measured from `publishedAtTimestamp`. The venue sends nothing by itself on a
quiet book, closes what is idle for a minute, and may not answer the protocol's pings: its own
keepalivePing, more often than it must come, keeps the connection, shows that it lives, and times it.

From the United States and Canada the handshake is refused (HTTP 403).

Source: docs.exchange.bullish.com (AsyncAPI of 2026-08, REST v1), Bullish's api-examples with frames of
production of 2024-10, probes of its test venue of 2026-09. No recording of BTC-USD's book is public.
"""

from typing import Any, ClassVar

from actors.adapter import Get, Handshake, Output
from actors.errors import ConfigurationError, GapError, RefusedError
from actors.prices.comparing import WholeBookAdapter
from actors.prices.numbers import text_e8
from actors.prices.stamps import sane_ns
from actors.prices.venue import Ticker, dumps
from actors.prices.watch import Limits
from messages import TradePrinted

TOPIC = "l2Orderbook"
BEAT_NS = 3_000_000_000
REMEMBERED_TRADES = 1_000
NOT_KNOWN = ("not a valid symbol", "not a valid market", "INVALID_MARKET")


class Venue(WholeBookAdapter):
    stream_url = "wss://api.exchange.bullish.com/trading-api/v1/market-data/orderbook"
    public_rest_url = "https://api.exchange.bullish.com"
    limits = Limits(socket_s=7, quiet_s=3, rest_lag_s=2, probe_s=2)
    known: ClassVar[dict[str, str]] = {
        "frame": "type dataType data",
        "book": "symbol bids asks sequenceNumberRange datetime timestamp publishedAtTimestamp",
        "reply": "jsonrpc id result error",
        "result": "responseCode responseCodeName message",
        "error": "code errorCode errorCodeName message",
        "trade": (
            "tradeId symbol price quantity quoteAmount side isTaker createdAtTimestamp createdAtDatetime "
            "publishedAtTimestamp otcMatchId otcTradeId clientOtcTradeId auctionId"
        ),
    }

    def handshake(self, now_ns: int) -> Handshake:
        return Handshake(self.settings.url or self.stream_url, ping_s=0.0)

    def reset(self) -> None:
        super().reset()
        self._pair = f"{self.base}{self.quote}"
        self._page = f"/trading-api/v1/markets/{self._pair}"
        self._last = 0  # sequence number; 0: the next whole frame is the snapshot
        self._shown_ns = 0  # when the venue showed its newest book, by its own clock
        self._commands = 0
        self._subscription = ""
        self._beat = ("", 0)
        self._beat_due_ns = 0
        self._trades: dict[str, None] | None = None  # ids told of or older, oldest first

    def subscribe(self) -> list[Output]:
        self.acks.expect(TOPIC)
        return [self._subscribe("subscribe")]

    def resubscribe(self) -> list[Output]:
        # A second subscription to what is subscribed gets no answer, and no snapshot.
        self._last = 0
        return [self._subscribe("unsubscribe"), self._subscribe("subscribe")]

    def beat(self, now_ns: int) -> list[Output]:
        if now_ns < self._beat_due_ns:
            return []
        self._beat_due_ns = now_ns + BEAT_NS
        ping = self._command("keepalivePing", {})
        self._beat = (str(self._commands), now_ns)
        return [ping]

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        kind = frame.get("dataType")
        if kind == "V1TALevel2":
            self.fields("frame", frame, recv_ns, out)
            self._level2(frame["type"], frame["data"], ref, recv_ns, out)
        elif kind is None and ("result" in frame or "error" in frame):
            self._answer(frame, recv_ns, out)
        elif kind == "V1TAErrorResponse":
            self.drift("code", _said(frame["data"]), recv_ns, out)
        else:
            self.drift("type", str(kind or sorted(frame)), recv_ns, out)

    def ticker_path(self) -> str:
        return f"{self._page}/tick"

    def read_ticker(self, body: Any) -> Ticker:
        # The tick of a quiet market is not made anew for minutes: it tells only of the time it names.
        created_ns = _milliseconds(body["createdAtTimestamp"])
        return Ticker(
            text_e8(body.get("bestBid", "0")),
            text_e8(body.get("bestAsk", "0")),
            text_e8(body["baseVolume"]),
            is_current=created_ns > self._shown_ns,
        )

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        out = super().reply(get, status, body, retry_after_s, recv_ns, ref)
        if get.tag == "ticker" and status == 200:
            out.append(Get(f"{self._page}/trades", "trades"))
        return out

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        if type(body) is not list:
            raise ValueError(f"trades {body!r:.40}")
        known = self._trades
        # They come newest first.
        fresh = [record for record in reversed(body) if known is None or record["tradeId"] not in known]
        printed = [self._trade(record, ref, recv_ns, out) for record in fresh]
        if known is None:
            self._trades = known = {}
        else:
            if known and fresh and len(fresh) == len(body):
                self.drift("value", "trades are missing between two answers", recv_ns, out)
            out += printed
        known.update((trade.trade_id, None) for trade in printed)
        for old in list(known)[:-REMEMBERED_TRADES]:
            del known[old]

    def _level2(self, kind: str, data: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("book", data, recv_ns, out)
        if data["symbol"] != self._pair:
            self.drift("value", f"symbol {data['symbol']}", recv_ns, out)
            return
        bids = _sizes(data["bids"])
        asks = _sizes(data["asks"])
        first, last = data["sequenceNumberRange"]
        if type(first) is not int or type(last) is not int:
            raise ValueError(f"sequence numbers {first!r:.30} and {last!r:.30}")
        if kind not in ("snapshot", "update"):
            self.drift("type", f"{TOPIC} {kind}", recv_ns, out)
            return
        whole = kind == "snapshot"
        if not self._follows(first, last, whole, recv_ns, out):
            return
        self._last = last
        if not whole:
            bids = _merged(self._bids, bids)
            asks = _merged(self._asks, asks)
        published_ns = self._stamp(data.get("publishedAtTimestamp"), recv_ns, out)
        self.stamped(published_ns, recv_ns)
        venue_ns = self._stamp(data["timestamp"], recv_ns, out)
        self._shown_ns = published_ns or venue_ns or self._shown_ns
        self.whole_book(out, bids, asks, ref, recv_ns, venue_ns)

    def _follows(self, first: int, last: int, whole: bool, recv_ns: int, out: list[Output]) -> bool:
        """Whether this frame is to be taken; tells and heals what is wrong with its numbers."""
        if not self._last:
            return whole
        if last < self._last:
            self.heal(f"the sequence fell from {self._last} to {last}", recv_ns, out)
        elif last == self._last:
            self.drift("value", "a range of sequence numbers came twice", recv_ns, out)
        elif first > self._last + 1 and not whole:
            self.heal(f"updates {self._last} to {first} are missing", recv_ns, out)
        else:
            if first > self._last + 1:
                self.drift("value", "a hole between two ranges of sequence numbers", recv_ns, out)
            return True
        return False

    def _trade(self, record: Any, ref: int, recv_ns: int, out: list[Output]) -> TradePrinted:
        self.fields("trade", record, recv_ns, out)
        trade_id, side, is_taker = record["tradeId"], record["side"], record["isTaker"]
        if type(trade_id) is not str or side not in ("BUY", "SELL") or type(is_taker) is not bool:
            raise ValueError(f"trade {trade_id!r:.30}, side {side!r:.10}, isTaker {is_taker!r:.10}")
        # The side is that of the order which is told of; whether that took is told beside it.
        return TradePrinted(
            self.venue, self.symbol, ref, recv_ns, self._stamp(record["createdAtTimestamp"], recv_ns, out),
            trade_id, text_e8(record["price"]), text_e8(record["quantity"]), (side == "BUY") == is_taker,
        )  # fmt: skip

    def _answer(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("reply", frame, recv_ns, out)
        number = frame.get("id")
        if "error" in frame:
            self.fields("error", frame["error"], recv_ns, out)
            self._refused(number, _said(frame["error"]), recv_ns, out)
            return
        self.fields("result", frame["result"], recv_ns, out)
        if number == self._subscription:
            self.acks.came(TOPIC)
        elif number == self._beat[0]:
            self.round_trip(max(0, recv_ns - self._beat[1]), recv_ns)

    def _refused(self, number: Any, said: str, recv_ns: int, out: list[Output]) -> None:
        if number != self._subscription:
            self.drift("code", said, recv_ns, out)
        elif self.healing.reason:
            raise GapError(f"{self.venue} refuses a fresh snapshot: {said}")
        elif any(words in said for words in NOT_KNOWN):
            raise ConfigurationError(f"{self.venue} does not know {self._pair}: {said}")
        else:
            raise RefusedError(f"{self.venue} refuses the subscription: {said}")

    def _subscribe(self, method: str) -> Output:
        asked = self._command(method, {"topic": TOPIC, "symbol": self._pair})
        if method == "subscribe":
            self._subscription = str(self._commands)
        return asked

    def _command(self, method: str, params: dict[str, str]) -> Output:
        self._commands += 1
        command = {"jsonrpc": "2.0", "type": "command", "method": method, "params": params}
        return dumps({**command, "id": str(self._commands)})

    def _stamp(self, text: Any, recv_ns: int, out: list[Output]) -> int:
        try:
            return _milliseconds(text)
        except ValueError:
            self.drift("value", f"stamp {text!r:.40}", recv_ns, out)
            return 0


def _milliseconds(text: Any) -> int:
    # A stamp that has lost or won a digit lies outside the years that there can be, and is none.
    if type(text) is not str:
        raise ValueError(f"no stamp: {text!r:.40}")
    return sane_ns(int(text) * 1_000_000)


def _said(error: Any) -> str:
    return f"{error.get('message') or error.get('errorCodeName')} ({error.get('errorCode')})"[:200]


def _sizes(flat: Any) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _merged(old: dict[str, str], changed: dict[str, str]) -> dict[str, str]:
    return {price: size for price, size in {**old, **changed}.items() if text_e8(size)}
