"""Gemini's public REST pages: /v1/pubticker, /v2/ticker, /v1/book, /v1/trades."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded, trimmed

_SYMBOL = "btcusd"
_BOOK_LEVELS = 50  # where no limit is given; 0 asks for all


class GeminiPages:
    """120 requests a minute."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._bucket = TokenBucket(rate_per_s=2.0, burst=120.0)

    def __call__(self, request: Request, now_ns: int) -> Reply:
        if not self._bucket.take(now_ns):
            return _error(429, "RateLimit", "Requests were made too frequently")
        parts = request.path.strip("/").split("/")
        page = "/".join(parts[:2])
        if page not in ("v1/pubticker", "v2/ticker", "v1/book", "v1/trades") or len(parts) != 3:
            return _error(404, "EndpointNotFound", f"API entry point `{request.path}` not found")
        if parts[2].lower() != _SYMBOL:
            return _error(400, "Bad Request", f"Supplied value '{parts[2]}' is not a valid symbol")
        query = dict(request.query)
        if page == "v1/pubticker":
            return _json(self._pubticker(now_ns))
        if page == "v2/ticker":
            return _json(self._ticker())
        if page == "v1/book":
            return _json(self._book(query, now_ns))
        limit = min(_number(query.get("limit_trades", ""), 50), 500)
        return _json([_trade(deal) for deal in self._market.recent(limit)])

    def _pubticker(self, now_ns: int) -> dict[str, object]:
        market = self._market
        dollars = market.day_turnover(now_ns) // 100  # ticks are cents
        return {
            "bid": padded(market.book.best_bid(), 2),
            "ask": padded(market.book.best_ask(), 2),
            "volume": {
                "BTC": trimmed(market.day_volume(now_ns), 8),
                "USD": trimmed(dollars, 8),
                "timestamp": now_ns // 1_000_000,
            },
            "last": padded(market.last().price, 2),
        }

    def _ticker(self) -> dict[str, object]:
        market = self._market
        last, opened = market.last().price, market.day_open
        hourly = [opened + (last - opened) * hour // 24 for hour in range(24, 0, -1)]
        return {
            "symbol": _SYMBOL.upper(),
            "open": padded(opened, 2),
            "high": padded(market.day_high, 2),
            "low": padded(market.day_low, 2),
            "close": padded(last, 2),
            "changes": [padded(price, 2) for price in hourly],
            "bid": padded(market.book.best_bid(), 2),
            "ask": padded(market.book.best_ask(), 2),
        }

    def _book(self, query: dict[str, str], now_ns: int) -> dict[str, object]:
        def rows(levels: list[tuple[int, int]]) -> list[dict[str, str]]:
            at_s = str(now_ns // 10**9)
            return [
                {"price": padded(price, 2), "amount": trimmed(size, 8), "timestamp": at_s}
                for price, size in levels
            ]

        book = self._market.book
        return {
            "bids": rows(book.bids(_number(query.get("limit_bids", ""), _BOOK_LEVELS) or None)),
            "asks": rows(book.asks(_number(query.get("limit_asks", ""), _BOOK_LEVELS) or None)),
        }


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() else default


def _trade(deal: Deal) -> dict[str, object]:
    return {
        "timestamp": deal.at_ns // 10**9,
        "timestampms": deal.at_ns // 1_000_000,
        "tid": deal.trade_id,
        "price": padded(deal.price, 2),
        "amount": trimmed(deal.size, 8),
        "exchange": "gemini",
        "type": deal.taker,
    }


def _json(fields: object) -> Reply:
    return Reply(200, orjson.dumps(fields))


def _error(status: int, reason: str, message: str) -> Reply:
    fields = {"result": "error", "reason": reason, "message": message}
    return Reply(status, orjson.dumps(fields))
