"""Coinbase's public REST pages: Exchange (/products/…) and Advanced Trade (/api/v3/brokerage/market/…)."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market
from simulator.venues.notation import rfc3339_ns, rfc3339_us, trimmed

PRODUCT = "BTC-USD"
_NOT_FOUND = Reply(404, b'{"message":"NotFound"}')
_ADVANCED = "/api/v3/brokerage/market/"
_LEVELS = {"1": 1, "2": None}
_FIRST_SEQUENCE = 132_235_025_000


class CoinbasePages:
    """10 requests a second, 15 at once; more are answered with 429. Holds the product's sequence."""

    def __init__(self, market: Market) -> None:
        self.sequence = _FIRST_SEQUENCE
        self._market = market
        self._bucket = TokenBucket(rate_per_s=10.0, burst=15.0)

    def next_sequence(self) -> int:
        """The product's sequence moves with every order anywhere in the book, so it jumps."""
        self.sequence += 1 + self.sequence % 97
        return self.sequence

    def __call__(self, request: Request, now_ns: int) -> Reply:
        if not self._bucket.take(now_ns):
            return Reply(429, b'{"message":"Public rate limit exceeded"}')
        if request.path.startswith(_ADVANCED):
            return self._advanced(request.path.removeprefix(_ADVANCED), dict(request.query), now_ns)
        page = request.path.rstrip("/").removeprefix(f"/products/{PRODUCT}/")
        if page == "ticker":
            return _json(self._ticker(now_ns))
        if page == "stats":
            return _json(self._stats(now_ns))
        if page == "book":
            return self._book(dict(request.query).get("level", "1"), now_ns)
        if page == "trades":
            return _json([_exchange_trade(deal) for deal in self._market.recent(1_000)])
        return _NOT_FOUND

    def _ticker(self, now_ns: int) -> dict[str, object]:
        deal, book = self._market.last(), self._market.book
        return {
            "ask": trimmed(book.best_ask(), 2),
            "bid": trimmed(book.best_bid(), 2),
            "volume": trimmed(self._market.day_volume(now_ns), 8),
            "trade_id": deal.trade_id,
            "price": trimmed(deal.price, 2),
            "size": trimmed(deal.size, 8),
            "time": rfc3339_ns(deal.at_ns),
            "rfq_volume": "26.453107",
        }

    def _stats(self, now_ns: int) -> dict[str, object]:
        market = self._market
        volume = market.day_volume(now_ns)
        return {
            "open": trimmed(market.day_open, 2),
            "high": trimmed(market.day_high, 2),
            "low": trimmed(market.day_low, 2),
            "last": trimmed(market.last().price, 2),
            "volume": trimmed(volume, 8),
            "volume_30day": trimmed(volume * 30, 8),
            "rfq_volume_24hour": "26.453107",
            "rfq_volume_30day": "917.180366",
        }

    def _book(self, level: str, now_ns: int) -> Reply:
        if level not in _LEVELS:
            return Reply(400, b'{"message":"unexpected level: _"}')

        def rows(levels: list[tuple[int, int]]) -> list[list[object]]:
            return [[trimmed(price, 2), trimmed(size, 8), 1 + size % 7] for price, size in levels]

        book = self._market.book
        return _json(
            {
                "bids": rows(book.bids(_LEVELS[level])),
                "asks": rows(book.asks(_LEVELS[level])),
                "sequence": self.sequence,
                "auction_mode": False,
                "auction": None,
                "time": rfc3339_ns(now_ns),
            }
        )

    def _advanced(self, page: str, query: dict[str, str], now_ns: int) -> Reply:
        if page == "product_book" and query.get("product_id") == PRODUCT:
            return _json(self._product_book(_limit(query, 1_000), now_ns))
        if page == f"products/{PRODUCT}/ticker":
            book = self._market.book
            trades = [_advanced_trade(deal) for deal in self._market.recent(_limit(query, 100))]
            bid, ask = trimmed(book.best_bid(), 2), trimmed(book.best_ask(), 2)
            return _json({"trades": trades, "best_bid": bid, "best_ask": ask})
        if page == f"products/{PRODUCT}":
            return _json(self._product(now_ns))
        problem = "product or page was not found"
        return _json({"error": "NOT_FOUND", "error_details": problem, "message": problem}, 404)

    def _product_book(self, limit: int, now_ns: int) -> dict[str, object]:
        def rows(levels: list[tuple[int, int]]) -> list[dict[str, str]]:
            return [{"price": trimmed(price, 2), "size": trimmed(size, 8)} for price, size in levels]

        book = self._market.book
        bid, ask = book.best_bid(), book.best_ask()
        middle = trimmed((bid + ask) * 5, 3)  # half a tick is a third decimal
        pricebook = {
            "product_id": PRODUCT,
            "bids": rows(book.bids(limit)),
            "asks": rows(book.asks(limit)),
            "time": rfc3339_us(now_ns),
        }
        return {
            "pricebook": pricebook,
            "last": middle,
            "mid_market": middle,
            "spread_bps": f"{(ask - bid) / (ask + bid) * 20_000:.12f}",
            "spread_absolute": trimmed(ask - bid, 2),
        }

    def _product(self, now_ns: int) -> dict[str, object]:
        market = self._market
        last = market.last().price
        return {
            "product_id": PRODUCT,
            "price": trimmed(last, 2),
            "price_percentage_change_24h": f"{(last - market.day_open) / market.day_open * 100:.14f}",
            "volume_24h": trimmed(market.day_volume(now_ns), 8),
            "base_increment": "0.00000001",
            "quote_increment": "0.01",
            "base_currency_id": "BTC",
            "quote_currency_id": "USD",
            "status": "online",
            "product_type": "SPOT",
        }


def _limit(query: dict[str, str], most: int) -> int:
    text = query.get("limit", "")
    return min(int(text), most) if text.isdecimal() and int(text) > 0 else most


def _exchange_trade(deal: Deal) -> dict[str, object]:
    return {
        "trade_id": deal.trade_id,
        "side": "sell" if deal.taker == "buy" else "buy",
        "size": f"{deal.size / 1e8:.8f}",
        "price": f"{deal.price / 100:.8f}",
        "time": rfc3339_us(deal.at_ns),
    }


def _advanced_trade(deal: Deal) -> dict[str, str]:
    return {
        "trade_id": str(deal.trade_id),
        "product_id": PRODUCT,
        "price": trimmed(deal.price, 2),
        "size": trimmed(deal.size, 8),
        "time": rfc3339_us(deal.at_ns),
        "side": "SELL" if deal.taker == "buy" else "BUY",
        "bid": "",
        "ask": "",
        "exchange": "coinbase",
    }


def _json(fields: object, status: int = 200) -> Reply:
    return Reply(status, orjson.dumps(fields))
