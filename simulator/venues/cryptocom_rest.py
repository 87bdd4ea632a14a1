"""Crypto.com's public REST pages below /exchange/v1/public/."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.cryptocom_frames import SYMBOL, match_id, price_text, size_text, texts, ticker_day
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market

_MOST_LEVELS = 50
_MOST_TRADES = 150
_INVALID, _NOT_FOUND, _TOO_MANY_REQUESTS = 40003, 40401, 42901


class CryptocomPages:
    """100 requests a second for each method."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._buckets: dict[str, TokenBucket] = {}
        self._pages = {
            "public/get-tickers": self._tickers,
            "public/get-book": self._book,
            "public/get-trades": self._trades,
            "public/get-instruments": self._instruments,
        }

    def __call__(self, request: Request, now_ns: int) -> Reply:
        method = request.path.removeprefix("/exchange/v1/").rstrip("/")
        query = dict(request.query)
        if method not in self._pages:
            return _error(404, method, _NOT_FOUND, "Not found")
        bucket = self._buckets.setdefault(method, TokenBucket(rate_per_s=100.0, burst=100.0))
        if not bucket.take(now_ns):
            return _error(429, method, _TOO_MANY_REQUESTS, "Too many requests")
        # Book and trades are of one market; the other two tell all of them where none is named.
        default = "" if method in ("public/get-book", "public/get-trades") else SYMBOL
        if query.get("instrument_name", default) != SYMBOL:
            return _error(400, method, _INVALID, "Unknown symbol")
        result = self._pages[method](query, now_ns)
        return _reply(200, {"id": -1, "method": method, "code": 0, "result": result})

    def _tickers(self, query: dict[str, str], now_ns: int) -> dict[str, object]:
        book = self._market.book
        touch = {"b": price_text(book.best_bid()), "k": price_text(book.best_ask())}
        day = ticker_day(self._market, now_ns)
        return {"data": [{"i": SYMBOL, **day, **touch, "oi": "0", "t": now_ns // 10**6}]}

    def _book(self, query: dict[str, str], now_ns: int) -> dict[str, object]:
        depth = min(_number(query.get("depth", ""), _MOST_LEVELS), _MOST_LEVELS)
        book = self._market.book
        sides = {"bids": texts(book.bids(depth)), "asks": texts(book.asks(depth))}
        return {
            "depth": depth,
            "instrument_name": SYMBOL,
            "data": [{**sides, "t": self._market.changed_ns // 10**6}],
        }

    def _trades(self, query: dict[str, str], now_ns: int) -> dict[str, object]:
        count = min(_number(query.get("count", ""), 25), _MOST_TRADES)
        return {"data": [_trade(deal) for deal in self._market.recent(count)]}

    def _instruments(self, query: dict[str, str], now_ns: int) -> dict[str, object]:
        instrument = {
            "symbol": SYMBOL,
            "inst_type": "CCY_PAIR",
            "display_name": "BTC/USD",
            "base_ccy": "BTC",
            "quote_ccy": "USD",
            "quote_decimals": 2,
            "quantity_decimals": 8,
            "price_tick_size": "0.01",
            "qty_tick_size": "0.00000001",
            "max_leverage": "50",
            "tradable": True,
            "expiry_timestamp_ms": 0,
            "beta_product": False,
            "margin_buy_enabled": True,
            "margin_sell_enabled": True,
        }
        return {"data": [instrument]}


def _trade(deal: Deal) -> dict[str, object]:
    return {
        "s": deal.taker.upper(),
        "p": price_text(deal.price),
        "q": size_text(deal.size),
        "t": deal.at_ns // 10**6,
        "tn": deal.at_ns,
        "d": str(deal.trade_id),
        "i": SYMBOL,
        "m": str(match_id(deal)),
    }


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() else default


def _reply(status: int, fields: dict[str, object]) -> Reply:
    return Reply(status, orjson.dumps(fields))


def _error(status: int, method: str, code: int, message: str) -> Reply:
    return _reply(status, {"id": -1, "method": method, "code": code, "message": message})
