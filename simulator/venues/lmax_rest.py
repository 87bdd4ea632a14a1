"""LMAX Digital's public REST pages: /v1/orderbook, /v1/ticker, /v1/instruments, /v1/time."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.limits import TokenBucket
from simulator.venues.lmax_frames import INSTRUMENT, price_text, quantity_text, ticker_fields
from simulator.venues.market import Market
from simulator.venues.notation import rfc3339_ms

_FRESH_NS = 1_000_000_000  # the book is made anew this often
_BAN_NS = 30_000_000_000  # the documents say "for up to 1 hour"


class LmaxPages:
    """One request a second; who asks more often is refused for a while, however seldom he asks then."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._bucket = TokenBucket(rate_per_s=1.0, burst=1.0)
        self._banned_ns = 0
        self._book: dict[str, object] = {}
        self._made_ns = 0

    def __call__(self, request: Request, now_ns: int) -> Reply:
        if now_ns >= self._banned_ns and not self._bucket.take(now_ns):
            self._banned_ns = now_ns + _BAN_NS
        if now_ns < self._banned_ns:
            return _error(429, "Too many requests")
        path = request.path.rstrip("/")
        if path == f"/v1/orderbook/{INSTRUMENT}":
            return _json(self._order_book(now_ns))
        if path == f"/v1/ticker/{INSTRUMENT}":
            last = self._market.last()
            return _json(ticker_fields(self._market, last, last.at_ns))
        if path == "/v1/instruments":
            return _json([_INSTRUMENT])
        if path == f"/v1/instruments/{INSTRUMENT}":
            return _json(_INSTRUMENT)
        if path == "/v1/time":
            return _json({"epoch_millis": str(now_ns // 1_000_000), "timestamp": rfc3339_ms(now_ns)})
        return _error(404, "Not found")

    def _order_book(self, now_ns: int) -> dict[str, object]:
        if now_ns - self._made_ns >= _FRESH_NS:
            self._made_ns = now_ns
            self._book = {
                "instrument_id": INSTRUMENT,
                "timestamp": rfc3339_ms(now_ns),
                "status": "OPEN",
                "bids": _rows(self._market.book.bids()),
                "asks": _rows(self._market.book.asks()),
            }
        return self._book


_INSTRUMENT = {
    "instrument_id": INSTRUMENT,
    "symbol": "BTC/USD",
    "security_id": "5001",
    "currency": "USD",
    "unit_of_measure": "BTC",
    "asset_class": "CRYPTO",
    "quantity_increment": "0.0100",
    "price_increment": "0.010000",
    "ticker_enabled": True,
}


def _rows(levels: list[tuple[int, int]]) -> list[dict[str, str]]:
    return [{"price": price_text(price), "quantity": quantity_text(size)} for price, size in levels]


def _json(fields: object) -> Reply:
    return Reply(200, orjson.dumps(fields))


def _error(status: int, message: str) -> Reply:
    return Reply(status, orjson.dumps({"error_message": message}))
