"""Polymarket's frames and pages, with the keys in the order of the recorded ones."""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from simulator.kalshi.clock import iso
from simulator.polymarket.quarter import DOLLAR, Change, Quarter
from simulator.venues.notation import trimmed


def price_text(thousandths: int) -> str:
    """`0.585`, `0` and `1` at the ends."""
    return trimmed(thousandths, 3)


def size_text(hundredths: int) -> str:
    """`374.34`."""
    return trimmed(hundredths, 2)


def text(frame: Any) -> str:
    """As it goes over the wire."""
    return orjson.dumps(frame).decode()


def book(quarter: Quarter, is_up: bool, now_ns: int, whole: bool = True) -> dict[str, Any]:
    """One token's book, worst levels first. whole: with the fields that a repetition after a trade lacks."""
    bids = _rows(quarter.bids if is_up else _mirrored(quarter.asks), reverse=False)
    asks = _rows(quarter.asks if is_up else _mirrored(quarter.bids), reverse=True)
    last = quarter.last if is_up else DOLLAR - quarter.last
    extra = {"tick_size": price_text(quarter.tick), "last_trade_price": price_text(last)} if whole else {}
    return {
        "market": quarter.condition_id,
        "asset_id": quarter.up if is_up else quarter.down,
        "timestamp": _ms(now_ns),
        "hash": _hash(quarter, now_ns),
        "bids": bids,
        "asks": asks,
        **extra,
        "event_type": "book",
    }


def price_change(quarter: Quarter, changes: Iterable[Change], now_ns: int) -> dict[str, Any]:
    """Levels' new sizes, each on both tokens, with the touch that all of them together lead to."""
    bid, ask = quarter.best()
    rows: list[dict[str, str]] = []
    for is_bid, price, size in changes:
        up = (quarter.up, price, is_bid, bid, ask)
        down = (quarter.down, DOLLAR - price, not is_bid, DOLLAR - ask, DOLLAR - bid)
        for token, at, buys, best_bid, best_ask in (up, down):
            rows.append(
                {
                    "asset_id": token,
                    "price": price_text(at),
                    "size": size_text(size),
                    "side": "BUY" if buys else "SELL",
                    "hash": _hash(quarter, now_ns),
                    "best_bid": price_text(best_bid),
                    "best_ask": price_text(best_ask),
                }
            )
    return {
        "market": quarter.condition_id,
        "price_changes": rows,
        "timestamp": _ms(now_ns),
        "event_type": "price_change",
    }


def last_trade(quarter: Quarter, buys: bool, price: int, size: int, now_ns: int) -> dict[str, Any]:
    """A trade in Up."""
    return {
        "market": quarter.condition_id,
        "asset_id": quarter.up,
        "price": price_text(price),
        "size": size_text(size),
        "fee_rate_bps": "0",
        "side": "BUY" if buys else "SELL",
        "timestamp": _ms(now_ns),
        "event_type": "last_trade_price",
        "transaction_hash": "0x" + hashlib.sha256(f"{quarter.slug}{now_ns}{price}".encode()).hexdigest(),
    }


def tick_size(quarter: Quarter, token: str, old: int, now_ns: int) -> dict[str, Any]:
    """The tick has become finer."""
    return {
        "event_type": "tick_size_change",
        "market": quarter.condition_id,
        "asset_id": token,
        "new_tick_size": price_text(quarter.tick),
        "old_tick_size": price_text(old),
        "timestamp": _ms(now_ns),
    }


def resolved(quarter: Quarter, now_ns: int) -> dict[str, Any]:
    """A quarter hour is decided."""
    return {
        "event_type": "market_resolved",
        "id": str(quarter.second),
        "market": quarter.condition_id,
        "assets_ids": [quarter.up, quarter.down],
        "winning_asset_id": quarter.up if quarter.up_won else quarter.down,
        "winning_outcome": "Up" if quarter.up_won else "Down",
        "timestamp": _ms(now_ns),
        "tags": ["crypto"],
    }


def event(quarter: Quarter, now_ns: int) -> dict[str, Any]:
    """One quarter hour as the pages list it. Its startDate is the day before: when it was listed."""
    bid, ask = quarter.best()
    up = 0.5 if quarter.up_won is None else float(quarter.up_won)
    closed = quarter.up_won is not None
    source = "https://data.chain.link/streams/btc-usd"
    span = {
        "startDate": iso(quarter.start_ns - 86_400_000_000_000),
        "endDate": iso(quarter.end_ns),
    }
    market = {
        "id": str(quarter.second),
        "question": "Bitcoin Up or Down",
        "conditionId": quarter.condition_id,
        "slug": quarter.slug,
        "resolutionSource": source,
        **span,
        "outcomes": '["Up", "Down"]',
        "outcomePrices": f'["{up:g}", "{1 - up:g}"]',
        "active": True,
        "closed": closed,
        "enableOrderBook": True,
        "orderPriceMinTickSize": quarter.tick / DOLLAR,
        "orderMinSize": 5,
        "clobTokenIds": f'["{quarter.up}", "{quarter.down}"]',
        "acceptingOrders": now_ns < quarter.end_ns,
        "spread": (ask - bid) / DOLLAR,
        "lastTradePrice": quarter.last / DOLLAR,
        "bestBid": bid / DOLLAR,
        "bestAsk": ask / DOLLAR,
    }
    about = {"id": str(quarter.second), "ticker": quarter.slug, "slug": quarter.slug, **span}
    told = {} if quarter.start_usd is None else {"eventMetadata": {"priceToBeat": quarter.start_usd}}
    return {
        **about,
        "title": "Bitcoin Up or Down",
        "resolutionSource": source,
        "active": True,
        "closed": closed,
        **told,
        "markets": [market],
    }


def _rows(levels: dict[int, int], reverse: bool) -> list[dict[str, str]]:
    rows: Iterable[tuple[int, int]] = sorted(levels.items(), reverse=reverse)
    return [{"price": price_text(price), "size": size_text(size)} for price, size in rows]


def _mirrored(levels: dict[int, int]) -> dict[int, int]:
    return {DOLLAR - price: size for price, size in levels.items()}


def _ms(now_ns: int) -> str:
    return str(now_ns // 1_000_000)


def _hash(quarter: Quarter, now_ns: int) -> str:
    return hashlib.sha1(f"{quarter.slug}{now_ns}".encode(), usedforsecurity=False).hexdigest()
