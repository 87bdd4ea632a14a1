"""Kraken's public REST pages below /0/public/. Errors come with status 200, as Kraken sends them."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded, rfc3339_s

_PAIR = "XXBTZUSD"
# How a pair may be asked for, and the key it then comes back under.
_NAMES = {
    "XXBTZUSD": _PAIR,
    "XBTUSD": _PAIR,
    "BTCUSD": _PAIR,
    "XBT/USD": "XBT/USD",
    "BTC/USD": "BTC/USD",
}
_PAIR_INFO = {
    "altname": "XBTUSD",
    "wsname": "XBT/USD",
    "aclass_base": "currency",
    "base": "XXBT",
    "aclass_quote": "currency",
    "quote": "ZUSD",
    "lot": "unit",
    "cost_decimals": 5,
    "pair_decimals": 1,
    "lot_decimals": 8,
    "lot_multiplier": 1,
    "leverage_buy": [2, 3, 4, 5, 6, 7, 8, 9, 10],
    "leverage_sell": [2, 3, 4, 5, 6, 7, 8, 9, 10],
    "fees": [],  # always empty since 8 September 2026
    "fees_maker": [],
    "fee_volume_currency": "ZUSD",
    "margin_call": 80,
    "margin_stop": 40,
    "ordermin": "0.00005",
    "costmin": "0.5",
    "tick_size": "0.1",
    "status": "online",
    "execution_venue": "international",
    "long_position_limit": 350,
    "short_position_limit": 250,
}


class KrakenPages:
    """About one request a second in the long run, 15 at once."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._bucket = TokenBucket(rate_per_s=1.0, burst=15.0)

    def __call__(self, request: Request, now_ns: int) -> Reply:
        if not self._bucket.take(now_ns):
            return _error("EGeneral:Too many requests")
        page = request.path.removeprefix("/0/public/")
        query = dict(request.query)
        if page == "SystemStatus":
            return _result({"status": "online", "timestamp": rfc3339_s(now_ns)})
        if page not in ("AssetPairs", "Ticker", "Depth", "Trades"):
            return _error("EGeneral:Unknown method")
        if page == "AssetPairs" and "pair" not in query:
            return _result({_PAIR: _PAIR_INFO})
        key = _NAMES.get(query.get("pair", ""))
        if key is None:
            return _error("EQuery:Unknown asset pair")
        if page == "AssetPairs":
            return _result({key: _PAIR_INFO})
        if page == "Ticker":
            return _result({key: self._ticker(now_ns)})
        if page == "Depth":
            return _result({key: self._depth(query.get("count", "100"), now_ns)})
        newest_last = list(reversed(self._market.recent(1_000)))
        return _result({key: [_trade(deal) for deal in newest_last], "last": str(newest_last[-1].at_ns)})

    def _ticker(self, now_ns: int) -> dict[str, object]:
        market = self._market
        deal = market.last()
        day, vwap = padded(market.day_volume(now_ns), 8), _price(market.vwap(now_ns))
        today = padded(market.day_volume(now_ns) * 2 // 3, 8)
        count = market.day_volume(now_ns) // 2_000_000

        def touch(level: tuple[int, int]) -> list[str]:
            whole = str(max(1, level[1] // 10**8))
            return [_price(level[0]), whole, f"{whole}.000"]

        return {
            "a": touch(market.book.asks(1)[0]),
            "b": touch(market.book.bids(1)[0]),
            "c": [_price(deal.price), padded(deal.size, 8)],
            "v": [today, day],
            "p": [vwap, vwap],
            "t": [count * 2 // 3, count],
            "l": [_price(market.day_low)] * 2,
            "h": [_price(market.day_high)] * 2,
            "o": _price(market.day_open),
        }

    def _depth(self, count: str, now_ns: int) -> dict[str, object]:
        limit = min(500, int(count)) if count.isdecimal() else 100

        def rows(levels: list[tuple[int, int]]) -> list[list[object]]:
            # This page rounds sizes to three digits; the stream does not.
            return [[_price(price), f"{size / 1e8:.3f}", now_ns // 10**9] for price, size in levels]

        book = self._market.book
        return {"asks": rows(book.asks(limit)), "bids": rows(book.bids(limit))}


def _price(ticks: int) -> str:
    return padded(ticks, 1) + "0000"  # five decimals on REST


def _trade(deal: Deal) -> list[object]:
    side = "b" if deal.taker == "buy" else "s"
    kind = "m" if deal.maker_no & 3 else "l"
    return [_price(deal.price), padded(deal.size, 8), deal.at_ns / 1e9, side, kind, "", deal.trade_id]


def _result(result: dict[str, object]) -> Reply:
    return Reply(200, orjson.dumps({"error": [], "result": result}))


def _error(text: str) -> Reply:
    return Reply(200, orjson.dumps({"error": [text]}))
