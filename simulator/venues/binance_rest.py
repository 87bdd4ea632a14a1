"""Binance's public REST pages below /api/v3/, and the numbers of the book's updates."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.binance_frames import partial_depth, price_text, rest_ticker, size_text
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded

_MINUTE_NS = 60 * 1_000_000_000
_WARNINGS = 10  # refusals in one minute, after which the caller is banned
_BAN_NS = 2 * _MINUTE_NS
_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1_000, 50), (5_000, 250))
_MOST_LEVELS = 5_000
_MOST_TRADES = 1_000
_PARAMETERS = {
    "/api/v3/ping": (),
    "/api/v3/time": (),
    "/api/v3/depth": ("symbol", "limit"),
    "/api/v3/trades": ("symbol", "limit"),
    "/api/v3/ticker/24hr": ("symbol",),
    "/api/v3/ticker/bookTicker": ("symbol",),
    "/api/v3/ticker/price": ("symbol",),
}
_WEIGHTS = {"/api/v3/trades": 25, "/api/v3/ping": 1, "/api/v3/time": 1}


class BinancePages:
    """update_id: of the last change of the book, the same for stream and pages.

    weight_limit: what one minute of the clock allows. Who asks on after that is refused with 429, and who
    does not hear with 418 for two minutes.
    """

    def __init__(self, market: Market, symbol: str, update_id: int, weight_limit: int) -> None:
        self.update_id = update_id
        self._market = market
        self._symbol = symbol
        self._limit = weight_limit
        self._minute = 0
        self._used = 0
        self._warnings = 0
        self._banned_until_ns = 0

    def __call__(self, request: Request, now_ns: int) -> Reply:
        path, query = request.path.rstrip("/"), dict(request.query)
        refusal = self._charge(_weight(path, query), now_ns)
        if refusal is not None:
            return refusal
        if path not in _PARAMETERS:
            return Reply(404, orjson.dumps({"status": 404, "error": "Not Found", "path": request.path}))
        known = _PARAMETERS[path]
        if any(key not in known for key in query):
            read = sum(key in known for key in query)
            said = (
                f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(query)}'."
            )
            return _error(400, -1101, said)
        if "symbol" in known:
            if not query.get("symbol"):
                said = "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."
                return _error(400, -1102, said)
            if query["symbol"] != self._symbol:
                return _error(400, -1121, "Invalid symbol.")
        limit = query.get("limit", "100" if path.endswith("depth") else "500")
        if not (limit.isascii() and limit.isdecimal() and len(limit) <= 20):
            said = "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'."
            return _error(400, -1100, said)
        return self._page(path, int(limit), now_ns)

    def _page(self, path: str, limit: int, now_ns: int) -> Reply:
        market = self._market
        if path.endswith("/depth"):
            levels = min(limit, _MOST_LEVELS)
            book = market.book
            return self._reply(partial_depth(self.update_id, book.bids(levels), book.asks(levels)).encode())
        if path.endswith("/ticker/24hr"):
            return self._json(rest_ticker(self._symbol, market, now_ns))
        if path.endswith("/ticker/bookTicker"):
            return self._json(self._touch())
        if path.endswith("/ticker/price"):
            return self._json({"symbol": self._symbol, "price": price_text(market.last().price)})
        if path.endswith("/trades"):
            return self._json([_trade(deal) for deal in reversed(market.recent(min(limit, _MOST_TRADES)))])
        return self._json({"serverTime": now_ns // 1_000_000} if path.endswith("/time") else {})

    def _touch(self) -> dict[str, str]:
        (bid, bid_size), (ask, ask_size) = self._market.book.bids(1) + self._market.book.asks(1)
        return {
            "symbol": self._symbol,
            "bidPrice": price_text(bid),
            "bidQty": size_text(bid_size),
            "askPrice": price_text(ask),
            "askQty": size_text(ask_size),
        }

    def _charge(self, weight: int, now_ns: int) -> Reply | None:
        """Take the weight from this minute's; a refusal if there is not enough left."""
        if now_ns < self._banned_until_ns:
            return self._ban(now_ns)
        minute = now_ns // _MINUTE_NS
        if minute != self._minute:
            self._minute, self._used, self._warnings = minute, 0, 0
        if self._used + weight <= self._limit:
            self._used += weight
            return None
        self._warnings += 1
        if self._warnings > _WARNINGS:
            self._banned_until_ns = now_ns + _BAN_NS
            return self._ban(now_ns)
        said = (
            f"Too much request weight used; current limit is {self._limit} request weight per 1 MINUTE. "
            "Please use WebSocket Streams for live updates to avoid polling the API."
        )
        return _error(429, -1003, said, _seconds((minute + 1) * _MINUTE_NS - now_ns))

    def _ban(self, now_ns: int) -> Reply:
        until_ms = self._banned_until_ns // 1_000_000
        said = (
            f"Way too much request weight used; IP banned until {until_ms}. "
            "Please use WebSocket Streams for live updates to avoid bans."
        )
        return _error(418, -1003, said, _seconds(self._banned_until_ns - now_ns))

    def _json(self, fields: object) -> Reply:
        return self._reply(orjson.dumps(fields))

    def _reply(self, body: bytes) -> Reply:
        return Reply(200, body, {"x-mbx-used-weight-1m": str(self._used)})


def _weight(path: str, query: dict[str, str]) -> int:
    if not path.endswith("/depth"):
        return _WEIGHTS.get(path, 2)
    limit = query.get("limit", "")
    asked = min(int(limit), _MOST_LEVELS) if limit.isascii() and limit.isdecimal() else 100
    return next(weight for levels, weight in _DEPTH_WEIGHTS if asked <= levels)


def _trade(deal: Deal) -> dict[str, object]:
    return {
        "id": deal.trade_id,
        "price": price_text(deal.price),
        "qty": size_text(deal.size),
        "quoteQty": padded(deal.price * deal.size // 100, 8),
        "time": deal.at_ns // 1_000_000,
        "isBuyerMaker": deal.taker == "sell",
        "isBestMatch": True,
    }


def _seconds(left_ns: int) -> dict[str, str]:
    return {"Retry-After": str(max(1, -(-left_ns // 1_000_000_000)))}


def _error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, orjson.dumps({"code": code, "msg": message}), headers or {})
