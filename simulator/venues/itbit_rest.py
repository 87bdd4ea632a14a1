"""Paxos's public REST pages below /v2/markets."""

import orjson

from simulator.server import Reply, Request
from simulator.venues.market import Deal, Market
from simulator.venues.notation import rfc3339_ms, trimmed

_SYMBOL = "BTCUSD"
_EXECUTIONS_SHOWN = 100
_DAY_NS = 86_400 * 1_000_000_000
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ItbitPages:
    """No limit of these pages is published, and none is kept here."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def __call__(self, request: Request, now_ns: int) -> Reply:
        path = request.path.rstrip("/")
        if path == "/v2/markets":
            one = {"market": _SYMBOL, "base_asset": "BTC", "quote_asset": "USD", "tick_rate": "0.01"}
            return _json({"markets": [one]})
        if path == f"/v2/markets/{_SYMBOL}/ticker":
            return _json(self._ticker(now_ns))
        if path == f"/v2/markets/{_SYMBOL}/order-book":
            book = self._market.book
            return _json({"market": _SYMBOL, "bids": _rows(book.bids()), "asks": _rows(book.asks())})
        if path == f"/v2/markets/{_SYMBOL}/recent-executions":
            return _json({"items": [execution(deal) for deal in self._market.recent(_EXECUTIONS_SHOWN)]})
        return _problem(404, "Not Found", f"nothing is at {request.path}")

    def _ticker(self, now_ns: int) -> dict[str, object]:
        market = self._market
        last = market.last()
        midnight_ns = now_ns - now_ns % _DAY_NS
        return {
            "market": _SYMBOL,
            "best_bid": _rows(market.book.bids(1))[0],
            "best_ask": _rows(market.book.asks(1))[0],
            "last_execution": {"price": trimmed(last.price, 2), "amount": trimmed(last.size, 8)},
            "last_day": self._day(now_ns - _DAY_NS, now_ns),
            "today": self._day(midnight_ns, now_ns),
            "snapshot_at": rfc3339_ms(now_ns),
        }

    def _day(self, begin_ns: int, end_ns: int) -> dict[str, object]:
        market = self._market
        return {
            "high": trimmed(market.day_high, 2),
            "low": trimmed(market.day_low, 2),
            "open": trimmed(market.day_open, 2),
            "volume": trimmed(market.day_volume(end_ns) * (end_ns - begin_ns) // _DAY_NS, 8),
            "volume_weighted_average_price": trimmed(market.vwap(end_ns), 2),
            "range": {"begin": rfc3339_ms(begin_ns), "end": rfc3339_ms(end_ns)},
        }


def execution(deal: Deal) -> dict[str, str]:
    """A trade as Paxos shows it, on its stream and by REST."""
    return {
        "match_number": _match_number(deal.trade_id),
        "price": trimmed(deal.price, 2),
        "amount": trimmed(deal.size, 8),
        "executed_at": rfc3339_ms(deal.at_ns),
    }


def _match_number(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text


def _rows(levels: list[tuple[int, int]]) -> list[dict[str, str]]:
    return [{"price": trimmed(price, 2), "amount": trimmed(size, 8)} for price, size in levels]


def _json(fields: object) -> Reply:
    return Reply(200, orjson.dumps(fields))


def _problem(status: int, title: str, detail: str) -> Reply:
    fields = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Reply(status, orjson.dumps(fields))
