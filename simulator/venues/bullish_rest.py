"""Bullish's public REST pages below /trading-api/v1/."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.bullish_book import Sequence
from simulator.venues.bullish_frames import (
    SHOWN_LEVELS,
    SYMBOL,
    milliseconds,
    price,
    size,
    tick_fields,
    trade_fields,
)
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Market
from simulator.venues.notation import rfc3339_ms

ROOT = "/trading-api/v1/"
_BLOCKED_NS = 60_000_000_000
_TRADES = 100
_MARKET = {
    "marketId": "20069",
    "symbol": SYMBOL,
    "baseSymbol": "BTC",
    "quoteSymbol": "USD",
    "quotePrecision": 4,
    "basePrecision": 8,
    "pricePrecision": 4,
    "quantityPrecision": 8,
    "tickSize": "0.1000",
    "minQuantityLimit": "0.00010000",
    "marketEnabled": True,
    "spotTradingEnabled": True,
    "createOrderEnabled": True,
    "cancelOrderEnabled": True,
    "feeGroupId": 3,
    "marketType": "SPOT",
}


class BullishPages:
    """50 requests a second, 500 in ten seconds; who asks for more gets nothing for a minute.

    There is no Retry-After. An unknown market is another answer on every page.
    """

    def __init__(self, market: Market, sequence: Sequence) -> None:
        self._market = market
        self._sequence = sequence
        self._bucket = TokenBucket(rate_per_s=50.0, burst=500.0)
        self._blocked_until_ns = 0

    def __call__(self, request: Request, now_ns: int) -> Reply:
        is_blocked = now_ns < self._blocked_until_ns
        if is_blocked or not self._bucket.take(now_ns):
            if not is_blocked:
                self._blocked_until_ns = now_ns + _BLOCKED_NS
            return _error(429, 96000, "RATE_LIMIT_EXCEEDED", "Rate limit exceeded")
        page = request.path.removeprefix(ROOT)
        if page == "time":
            return _json({"datetime": rfc3339_ms(now_ns), "timestamp": now_ns // 1_000_000})
        if page == "markets":
            return _json([_MARKET])
        folder, _, rest = page.partition("/")
        symbol, _, what = rest.partition("/")
        if folder != "markets":
            return Reply(404, b"{}")
        if what == "tick":
            return self._tick(symbol, now_ns)
        if what == "trades":
            return self._trades(symbol)
        if what == "orderbook/hybrid":
            return self._book(symbol)
        if what == "" and symbol == SYMBOL:
            return _json(_MARKET)
        return _error(400, 21000, "INVALID_MARKET_SYMBOL", "Invalid market symbol")

    def _tick(self, symbol: str, now_ns: int) -> Reply:
        if symbol != SYMBOL:
            return _error(400, 28004, "INVALID_SYMBOL", "Invalid symbol provided")
        deal = self._market.last()
        return _json(
            {
                **tick_fields(self._market, now_ns),
                "bancorPrice": price(deal.price),
                "lastTradeTimestamp": milliseconds(deal.at_ns),
                "lastTradeQuantity": size(deal.size),
            }
        )

    def _trades(self, symbol: str) -> Reply:
        if symbol != SYMBOL:
            return _error(400, 28004, "INVALID_SYMBOL", "Invalid symbol provided")
        return _json([trade_fields(deal) for deal in self._market.recent(_TRADES)])

    def _book(self, symbol: str) -> Reply:
        if symbol != SYMBOL:
            return Reply(404, b"")
        book, changed_ns = self._market.book, self._market.changed_ns

        def rows(side: str, levels: list[tuple[int, int]]) -> list[dict[str, str]]:
            return [
                {"price": price(ticks), "priceLevelQuantity": size(lots), "type": side}
                for ticks, lots in levels
            ]

        return _json(
            {
                "bids": rows("bid", book.bids(SHOWN_LEVELS)),
                "asks": rows("ask", book.asks(SHOWN_LEVELS)),
                "datetime": rfc3339_ms(changed_ns),
                "timestamp": milliseconds(changed_ns),
                "sequenceNumber": self._sequence.number,
            }
        )


def _error(status: int, code: int, name: str, message: str) -> Reply:
    return _json({"message": message, "errorCode": code, "errorCodeName": name}, status)


def _json(fields: object, status: int = 200) -> Reply:
    return Reply(status, orjson.dumps(fields))
