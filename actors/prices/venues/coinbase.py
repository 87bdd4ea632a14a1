"""Coinbase Exchange: level2_batch, matches, ticker and heartbeat of the public feed.

The book has no sequence and no checksum. What watches over it: trade ids without a hole, the heartbeat's
last trade id, and the touch on every ticker (actors.prices.touch). Levels are kept within a band of the
mid, because the snapshot holds 42,000 levels, down to one cent and up to 64 million dollars.

Source: docs.cdp.coinbase.com/exchange/websocket-feed; shapes as recorded on 2026-07-07.
"""

from typing import Any, ClassVar

from actors.adapter import Output
from actors.errors import DeafError, RefusedError
from actors.prices.numbers import sided_levels, text_e8
from actors.prices.publisher import Standing
from actors.prices.venue import Ticker, VenueAdapter, dumps
from actors.prices.watch import Limits

BOOK_NAMES = ("level2_batch", "level2_50")
"""Asked for by the first name, acknowledged under the second; either is accepted."""
TRADES_LATE_NS = 3_000_000_000


class Venue(VenueAdapter):
    stream_url = "wss://ws-feed.exchange.coinbase.com"
    public_rest_url = "https://api.exchange.coinbase.com"
    # A heartbeat each second; the book in batches of 50 ms, trades at once. The REST ticker comes through a
    # cache that lags by 1 to 6 seconds.
    limits = Limits(socket_s=5, quiet_s=3, rest_lag_s=6, probe_s=1.5, gathers_s=0.1)
    sends_volume = True
    sends_whole_book = True
    known: ClassVar[dict[str, str]] = {
        "subscriptions": "type channels",
        "snapshot": "type product_id asks bids time",
        "l2update": "type product_id changes time",
        "match": "type trade_id maker_order_id taker_order_id side size price product_id sequence time",
        "heartbeat": "type last_trade_id product_id sequence time",
        "ticker": (
            "type sequence product_id price open_24h volume_24h low_24h high_24h volume_30d "
            "best_bid best_bid_size best_ask best_ask_size side time trade_id last_size"
        ),
        "error": "type message reason",
    }

    def reset(self) -> None:
        self._trade_id = 0
        self._missed_since_ns = 0

    def subscribe(self) -> list[Output]:
        channels = ["level2_batch", "matches", "ticker", "heartbeat"]
        for name in channels:
            self.acks.expect(name)
        return [dumps({"type": "subscribe", "product_ids": [self.symbol], "channels": channels})]

    def resubscribe(self) -> list[Output]:
        book = {"product_ids": [self.symbol], "channels": ["level2_batch"]}
        return [dumps({"type": "unsubscribe", **book}), dumps({"type": "subscribe", **book})]

    def take(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        kind = frame["type"]
        if kind == "l2update":
            self._l2update(frame, ref, recv_ns, out)
        elif kind == "match":
            self._match(frame, ref, recv_ns, out)
        elif kind == "heartbeat":
            self._heartbeat(frame, recv_ns, out)
        elif kind == "ticker":
            self._ticker(frame, ref, recv_ns, out)
        elif kind == "snapshot":
            self._snapshot(frame, ref, recv_ns, out)
        elif kind == "last_match":
            # The trade before the subscription: where the ids start, and no news.
            self.fields("match", frame, recv_ns, out)
            self._trade_id = int(frame["trade_id"])
        elif kind == "subscriptions":
            self._subscriptions(frame, recv_ns, out)
        elif kind == "error":
            self._error(frame, recv_ns, out)
        else:
            self.drift("type", str(kind), recv_ns, out)

    def ticker_path(self) -> str:
        return f"/products/{self.symbol}/ticker"

    def read_ticker(self, body: Any) -> Ticker:
        return Ticker(text_e8(body["bid"]), text_e8(body["ask"]), text_e8(body["volume"]))

    def _l2update(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("l2update", frame, recv_ns, out)
        if frame["product_id"] != self.symbol:
            self.drift("value", f"product_id {frame['product_id']}", recv_ns, out)
            return
        bids, asks = sided_levels(frame["changes"])
        self.change(out, bids, asks, ref, recv_ns, self.rfc3339(frame["time"], recv_ns, out))

    def _snapshot(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("snapshot", frame, recv_ns, out)
        bids = [(text_e8(price), text_e8(size)) for price, size in frame["bids"]]
        asks = [(text_e8(price), text_e8(size)) for price, size in frame["asks"]]
        venue_ns = self.rfc3339(frame["time"], recv_ns, out)
        self.snapshot(out, bids, asks, ref, recv_ns, venue_ns)

    def _match(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("match", frame, recv_ns, out)
        trade_id = frame["trade_id"]
        if self._trade_id and trade_id > self._trade_id + 1:
            # A hole in the trades is the only sign there is that frames were dropped on the way to us.
            self.heal(f"{trade_id - self._trade_id - 1} trades are missing", recv_ns, out)
        self._trade_id = max(trade_id, self._trade_id)
        side = frame["side"]
        if side not in ("buy", "sell"):
            raise ValueError(f"side {side!r:.20}")
        # `side` is the maker's: 343 of 344 recorded matches sit where only that reading puts them.
        self.trade(
            out, trade_id, text_e8(frame["price"]), text_e8(frame["size"]), side == "sell",
            ref, recv_ns, self.rfc3339(frame["time"], recv_ns, out),
        )  # fmt: skip

    def _heartbeat(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("heartbeat", frame, recv_ns, out)
        if frame["last_trade_id"] <= self._trade_id or not self._trade_id:
            self._missed_since_ns = 0
        elif not self._missed_since_ns:
            self._missed_since_ns = recv_ns
        elif recv_ns - self._missed_since_ns >= TRADES_LATE_NS:
            raise DeafError(
                f"{self.venue} has traded up to {frame['last_trade_id']}, and told us up to {self._trade_id}"
            )

    def _ticker(self, frame: Any, ref: int, recv_ns: int, out: list[Output]) -> None:
        self.fields("ticker", frame, recv_ns, out)
        bid, ask = text_e8(frame["best_bid"]), text_e8(frame["best_ask"])
        self.ticker_seen(bid, ask, recv_ns, out)
        self.volume.take(out, text_e8(frame["volume_24h"]), ref, recv_ns)

    def _subscriptions(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("subscriptions", frame, recv_ns, out)
        names = {"level2_batch" if c["name"] in BOOK_NAMES else c["name"] for c in frame["channels"]}
        for name in names:
            self.acks.came(name)
        # The list is the whole state. While a fresh snapshot is asked for, the book is rightly missing.
        if not self.healing.reason:
            for name in ("level2_batch", "matches", "ticker", "heartbeat"):
                if name not in names:
                    self.drift("channel", f"{name} is not subscribed", recv_ns, out)

    def _error(self, frame: Any, recv_ns: int, out: list[Output]) -> None:
        self.fields("error", frame, recv_ns, out)
        said = f"{frame['message']}: {frame.get('reason', '')}"[:200]
        if self.publisher.standing is Standing.AWAITED:
            raise RefusedError(f"{self.venue} refuses the book: {said}")
        self.drift("code", said, recv_ns, out)
