"""Bitstamp's REST pages below /api/v2/."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded, trimmed


class BitstampPages:
    """400 requests a second, 10,000 in ten minutes."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._second = TokenBucket(rate_per_s=400.0, burst=400.0)
        self._ten_minutes = TokenBucket(rate_per_s=10_000 / 600, burst=10_000.0)

    def __call__(self, request: Request, now_ns: int) -> Reply:
        if not (self._second.take(now_ns) and self._ten_minutes.take(now_ns)):
            return _json({"status": "error", "reason": "Too many requests.", "code": "400.002"}, 429)
        page = request.path.removeprefix("/api/v2/").rstrip("/")
        if page == "ticker/btcusd":
            return _json(self._ticker(now_ns))
        if page == "order_book/btcusd":
            return _json(self._order_book(dict(request.query).get("group", "1")))
        if page == "transactions/btcusd":
            return _json([_transaction(deal) for deal in self._market.recent(1_000)])
        return _json({"status": "error", "reason": "Not found.", "code": "API0004"}, 404)

    def _ticker(self, now_ns: int) -> dict[str, str]:
        market = self._market
        deal, opened = market.last(), market.day_open
        return {
            "timestamp": str(now_ns // 10**9),
            "open": trimmed(opened, 2),
            "high": trimmed(market.day_high, 2),
            "low": trimmed(market.day_low, 2),
            "last": trimmed(deal.price, 2),
            "volume": padded(market.day_volume(now_ns), 8),
            "vwap": trimmed(market.vwap(now_ns), 2),
            "bid": trimmed(market.book.best_bid(), 2),
            "ask": trimmed(market.book.best_ask(), 2),
            "side": "0" if deal.taker == "buy" else "1",
            "open_24": trimmed(opened, 2),
            "percent_change_24": f"{(deal.price - opened) / opened * 100:.2f}",
        }

    def _order_book(self, group: str) -> dict[str, object]:
        market = self._market

        def rows(levels: list[tuple[int, int]]) -> list[list[str]]:
            # group=2 lists single orders with their ids; here every level is one order.
            by_order = group == "2"
            return [
                [padded(price, 2), padded(size, 8), *([str(1_207_590_000_000_000 + price)] * by_order)]
                for price, size in levels
            ]

        return {
            "timestamp": str(market.changed_ns // 10**9),
            "microtimestamp": str(market.changed_ns // 1_000),
            "bids": rows(market.book.bids()),
            "asks": rows(market.book.asks()),
        }


def _transaction(deal: Deal) -> dict[str, str]:
    return {
        "date": str(deal.at_ns // 10**9),
        "tid": str(deal.trade_id),
        "amount": padded(deal.size, 8),
        "type": "0" if deal.taker == "buy" else "1",
        "price": trimmed(deal.price, 2),
    }


def _json(fields: object, status: int = 200) -> Reply:
    return Reply(status, orjson.dumps(fields))
