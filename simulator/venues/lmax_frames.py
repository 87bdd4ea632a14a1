"""LMAX Digital's frames, as text."""

from functools import lru_cache

import orjson

from simulator.book import SimBook
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded, rfc3339_ms

INSTRUMENT = "btc-usd"
_LEVELS_KEPT = 1_024


def order_book(book: SimBook, now_ns: int) -> str:
    """The whole book, best first."""
    return (
        f'{{"type":"ORDER_BOOK","instrument_id":"{INSTRUMENT}","timestamp":"{rfc3339_ms(now_ns)}",'
        f'"status":"OPEN","bids":[{_rows(book.bids())}],"asks":[{_rows(book.asks())}]}}'
    )


def ticker(market: Market, deal: Deal, now_ns: int) -> str:
    """A trade, without its side."""
    fields = {"type": "TICKER", **ticker_fields(market, deal, now_ns)}
    return orjson.dumps(fields).decode()


def ticker_fields(market: Market, deal: Deal, now_ns: int) -> dict[str, str]:
    """What a ticker says, on the stream and by REST."""
    return {
        "instrument_id": INSTRUMENT,
        "timestamp": rfc3339_ms(now_ns),
        "best_bid": price_text(market.book.best_bid()),
        "best_ask": price_text(market.book.best_ask()),
        "trade_id": f"0B5WM{deal.trade_id:011X}",
        "last_quantity": quantity_text(deal.size),
        "last_price": price_text(deal.price),
        "session_open": price_text(market.day_open),
        "session_low": price_text(market.day_low),
        "session_high": price_text(market.day_high),
    }


def subscriptions(channels: list[str]) -> str:
    """All that a connection is subscribed to."""
    shown = ",".join([f'{{"name":"{name}","instruments":["{INSTRUMENT}"]}}' for name in channels])
    return f'{{"type":"SUBSCRIPTIONS","channels":[{shown}]}}'


def error(code: str, message: str) -> str:
    """A request that is refused."""
    return f'{{"type":"ERROR","error_code":"{code}","error_message":"{message}"}}'


@lru_cache(maxsize=_LEVELS_KEPT)  # of the levels of a frame few are new
def row(price: int, size: int) -> str:
    """One level."""
    return f'{{"price":"{price_text(price)}","quantity":"{quantity_text(size)}"}}'


def price_text(ticks: int) -> str:
    """Six decimals, as documented."""
    return padded(ticks, 2) + "0000"


def quantity_text(lots: int) -> str:
    """At least the four decimals that are documented, and as many as a simulated size has."""
    text = padded(lots, 8)
    return text[:-4] + text[-4:].rstrip("0")


def _rows(levels: list[tuple[int, int]]) -> str:
    return ",".join([row(*level) for level in levels])
