"""Kraken, WebSocket v2: book with its checksum verified on every update, trade, ticker.

The book is subscribed to 1,000 levels a side, the most there is: the index reads as deep as prices lie
half a percent from the mid, where the smaller depths can end too early. The checksum covers the best
ten levels whatever the depth; it is the only sign of a lost frame, as there are no sequence numbers.

Kraken writes numbers as JSON numbers with padded text, and checksums that text. Scaled integers lose
nothing of it: the text without its dot and its leading zeros *is* the number in units of its last digit.

Source: docs.kraken.com/api/docs/guides/spot-ws-book-v2; shapes as recorded on 2026-07-07.
"""

from typing import Any, ClassVar
from zlib import crc32

from actors.adapter import Get, Output
from actors.errors import ConfigurationError, RefusedError
from actors.prices.book import Book, Side
from actors.prices.numbers import number_e8, text_e8
from actors.prices.settings import PricesSettings
from actors.prices.venue import Ticker, VenueAdapter, dumps
from actors.prices.watch import Limits
from messages import Level

DEPTHS = (10, 25, 100, 500, 1000)
CHECKED_LEVELS = 10
CHANNELS = ("book", "trade", "ticker")
"""The number of a subscription's request is its place here plus one."""


class TopText:
    """The text of one side's best ten levels, as the checksum takes it; rewritten when they change."""

    def __init__(self, price_unit_e8: int, size_unit_e8: int) -> None:
        self.text = ""
        self._price_unit_e8 = price_unit_e8
        self._size_unit_e8 = size_unit_e8
        self._pieces: dict[int, str] = {}
        """The text of levels that have not changed since it was written, by price."""

    def changed(self, side: Side, levels: list[Level]) -> None:
        """Follow the side after these of its levels have changed."""
        if not levels:
            return
        keys = side.keys
        tenth = keys[-CHECKED_LEVELS] if len(keys) >= CHECKED_LEVELS else None
        sign = side.sign
        is_touched = False
        for price, _ in levels:
            self._pieces.pop(price, None)
            if tenth is None or price * sign >= tenth:
                is_touched = True
        if is_touched:
            self._write(side)

    def rewrite(self, side: Side) -> None:
        """Write the text of another side."""
        self._pieces.clear()
        self._write(side)

    def _write(self, side: Side) -> None:
        pieces = self._pieces
        sign = side.sign
        text = ""
        for key in side.keys[: -CHECKED_LEVELS - 1 : -1]:
            price = key * sign
            piece = pieces.get(price)
            if piece is None:
                piece = f"{price // self._price_unit_e8}{side.sizes[price] // self._size_unit_e8}"
                pieces[price] = piece
            text += piece
        self.text = text


class Venue(VenueAdapter):
    stream_url = "wss://ws.kraken.com/v2"
    public_rest_url = "https://api.kraken.com"
    # A heartbeat each second in which nothing else is sent.
    limits = Limits(socket_s=5, quiet_s=3, rest_lag_s=2, probe_s=2)
    sends_volume = True
    known: ClassVar[dict[str, str]] = {
        "frame": "channel type data",
        "status": "version system api_version connection_id",
        "book": "symbol bids asks checksum timestamp",
        "level": "price qty",
        "trade": "symbol side price qty ord_type trade_id timestamp",
        "ticker": "symbol bid bid_qty ask ask_qty last volume vwap low high change change_pct timestamp",
        "reply": "method result success error symbol time_in time_out req_id warnings",
    }

    def __init__(self, settings: PricesSettings) -> None:
        if settings.depth not in (0, *DEPTHS):
            raise ConfigurationError(f"kraken has no book of depth {settings.depth}, only of {DEPTHS}")
        super().__init__(settings)

    def depth(self) -> int:
        return self.settings.depth or DEPTHS[-1]

    def reset(self) -> None:
        self._pair = f"{self.base}/{self.quote}"
        # Of BTC/USD, until AssetPairs has answered.
        self._use_decimals(1, 8)

    def subscribe(self) -> list[Output]:
        out: list[Output] = [self._subscription("subscribe", channel) for channel in CHANNELS]
        for channel in CHANNELS:
            self.acks.expect(channel)
        return [*out, Get(f"/0/public/AssetPairs?pair={self._rest_pair()}", "pairs")]

    def resubscribe(self) -> list[Output]:
        return [self._subscription("unsubscribe", "book"), self._subscription("subscribe", "book")]

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        channel = frame.get("channel")
        if channel == "book":
            self.fields("frame", frame, recv_ns, out)
            for record in frame["data"]:
                self._book(record, frame["type"], ref, recv_ns, out)
        elif channel == "heartbeat":
            return
        elif channel == "trade":
            self.fields("frame", frame, recv_ns, out)
            if frame["type"] == "update":  # its snapshot tells of trades before the subscription
                for record in frame["data"]:
                    self._trade(record, ref, recv_ns, out)
        elif channel == "ticker":
            self.fields("frame", frame, recv_ns, out)
            for record in frame["data"]:
                self._ticker(record, ref, recv_ns, out)
        elif channel == "status":
            for record in frame["data"]:
                self._status(record, recv_ns, out)
        elif channel is None and "method" in frame:
            self._answer(frame, recv_ns, out)
        else:
            self.drift("type", str(channel), recv_ns, out)

    def ticker_path(self) -> str:
        return f"/0/public/Ticker?pair={self._rest_pair()}"

    def read_ticker(self, body: Any) -> Ticker:
        (ticker,) = body["result"].values()
        return Ticker(text_e8(ticker["b"][0]), text_e8(ticker["a"][0]), text_e8(ticker["v"][1]))

    def other_reply(self, get: Get, body: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        (pair,) = body["result"].values()
        self._use_decimals(pair["pair_decimals"], pair["lot_decimals"])

    def _book(self, record: Any, kind: str, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("book", record, recv_ns, out)
        if record["symbol"] != self._pair:
            self.drift("value", f"symbol {record['symbol']}", recv_ns, out)
            return
        bids = self._levels(record["bids"], recv_ns, out)
        asks = self._levels(record["asks"], recv_ns, out)
        checksum = record["checksum"]
        # A snapshot of 2023 had no stamp.
        venue_ns = self.rfc3339(record["timestamp"], recv_ns, out) if "timestamp" in record else 0
        if kind == "update":
            if not self.book_came(recv_ns):
                return
            bids, asks = self.publisher.apply(bids, asks)
            self._top_bids.changed(self.publisher.book.bids, bids)
            self._top_asks.changed(self.publisher.book.asks, asks)
            if self._checksum() != checksum:
                self.heal("the checksum does not fit", recv_ns, out)
                return
            self.publisher.tell(out, bids, asks, ref, recv_ns, venue_ns)
        elif kind == "snapshot":
            book = Book()
            book.replace(bids, asks)
            self._rewrite(book)
            if self._checksum() != checksum:
                self.heal("the checksum of the snapshot does not fit", recv_ns, out)
                return
            self.snapshot(out, bids, asks, ref, recv_ns, venue_ns)
        else:
            self.drift("type", f"book {kind}", recv_ns, out)

    def _levels(self, levels: Any, recv_ns: int, out: list[Output]) -> list[Level]:
        if not levels:
            return []
        self.fields("level", levels[0], recv_ns, out)
        return [(number_e8(level["price"]), number_e8(level["qty"])) for level in levels]

    def _trade(self, record: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("trade", record, recv_ns, out)
        side = record["side"]
        if side not in ("buy", "sell"):
            raise ValueError(f"side {side!r:.20}")
        self.trade(
            out, record["trade_id"], number_e8(record["price"]), number_e8(record["qty"]), side == "buy",
            ref, recv_ns, self.rfc3339(record["timestamp"], recv_ns, out),
        )  # fmt: skip

    def _ticker(self, record: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("ticker", record, recv_ns, out)
        bid, ask = number_e8(record["bid"]), number_e8(record["ask"])
        self.ticker_seen(bid, ask, recv_ns, out)
        self.volume.take(out, number_e8(record["volume"]), ref, recv_ns)

    def _status(self, record: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("status", record, recv_ns, out)
        system = record["system"]
        if system == "maintenance":
            raise RefusedError(f"{self.venue} is under maintenance", retry_after_s=5.0)
        if system not in ("online", "post_only", "limit_only", "cancel_only"):
            self.drift("value", f"system {system}", recv_ns, out)

    def _answer(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("reply", frame, recv_ns, out)
        if frame["method"] not in ("subscribe", "unsubscribe", "pong"):
            self.drift("type", f"method {frame['method']}", recv_ns, out)
        elif frame.get("success") is False:
            self._refused(str(frame.get("error"))[:200], frame.get("req_id"), recv_ns, out)
        elif frame["method"] == "subscribe":
            self.acks.came(frame["result"]["channel"])

    def _refused(self, said: str, req_id: object, recv_ns: int, out: list[Output]) -> None:
        if "Already subscribed" in said or req_id in (2, 3):
            self.drift("channel", said, recv_ns, out)
        elif "not supported" in said:
            raise ConfigurationError(f"{self.venue} does not know {self._pair}: {said}")
        else:
            raise RefusedError(f"{self.venue} refuses the book: {said}", 5.0 if "rate" in said else 0.0)

    def _subscription(self, method: str, channel: str) -> Output:
        params: dict[str, Any] = {"channel": channel, "symbol": [self._pair]}
        if channel == "book":
            params["depth"] = self.depth()
        if method == "subscribe":
            params["snapshot"] = channel != "trade"
        return dumps({"method": method, "params": params, "req_id": CHANNELS.index(channel) + 1})

    def _rest_pair(self) -> str:
        return f"{self.base.replace('BTC', 'XBT')}{self.quote}"

    def _use_decimals(self, price: int, size: int) -> None:
        if not (0 <= price <= 8 and 0 <= size <= 8):
            raise ValueError(f"{price} and {size} decimals")
        self._top_bids = TopText(10 ** (8 - price), 10 ** (8 - size))
        self._top_asks = TopText(10 ** (8 - price), 10 ** (8 - size))
        self._rewrite(self.publisher.book)

    def _rewrite(self, book: Book) -> None:
        self._top_bids.rewrite(book.bids)
        self._top_asks.rewrite(book.asks)

    def _checksum(self) -> int:
        return crc32((self._top_asks.text + self._top_bids.text).encode())
