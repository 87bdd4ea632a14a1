"""Single messages that need no state: trades, ticker lines, values of the official index."""

from typing import Any

import orjson

from actors.kalshi.numbers import count_e2, dollars_e6, index_e6, rfc3339_ns
from actors.kalshi.wire import integer, obj, optional_integer, optional_text, stamp_ns, text
from messages import MarketTicker, MarketTraded, OfficialIndexPublished

CENT_E6 = 10_000
SECOND_NS = 1_000_000_000


def read_trade(body: dict[str, Any], recv_ns: int, ref: int) -> MarketTraded:
    """Read a trade of the stream or of REST (`ticker`, `created_time`), also in the old cents.

    *Raises* ValueError, also where nothing says which side the taker took.
    """
    taker = optional_text(body, "taker_outcome_side") or optional_text(body, "taker_side")
    taker = taker or {"bid": "yes", "ask": "no"}.get(optional_text(body, "taker_book_side"), "")
    if taker not in ("yes", "no"):
        message = f"nothing known says which side the taker took: {taker!r}"
        raise ValueError(message)
    if body.get("created_time") is not None:
        venue_ns = rfc3339_ns(body["created_time"])
    else:
        venue_ns = stamp_ns(body, "ts_ms") or stamp_ns(body, "ts", SECOND_NS)
    return MarketTraded(
        text(body, "market_ticker" if "market_ticker" in body else "ticker"),
        ref,
        recv_ns,
        venue_ns,
        optional_text(body, "trade_id"),
        _dollars(body, "yes_price_dollars", "yes_price", required=True),
        _count(body, "count_fp", "count", required=True),
        taker == "yes",
        body.get("is_block_trade") is True,
    )


def read_ticker(body: dict[str, Any], recv_ns: int, ref: int) -> MarketTicker:
    """Read a ticker line; -1 for what it leaves out, and for the price of an empty side.

    *Source* a live capture: an empty side is bid 0.0000 or ask 1.0000 with size 0.00.
    """
    bid_count = _count(body, "yes_bid_size_fp")
    ask_count = _count(body, "yes_ask_size_fp")
    return MarketTicker(
        text(body, "market_ticker"),
        ref,
        recv_ns,
        stamp_ns(body, "ts_ms") or stamp_ns(body, "ts", SECOND_NS),
        _dollars(body, "price_dollars", "price"),
        -1 if bid_count == 0 else _dollars(body, "yes_bid_dollars", "yes_bid"),
        bid_count,
        -1 if ask_count == 0 else _dollars(body, "yes_ask_dollars", "yes_ask"),
        ask_count,
        _count(body, "volume_fp", "volume"),
        _count(body, "open_interest_fp", "open_interest"),
    )


def read_index(body: dict[str, Any], hz: int, recv_ns: int, ref: int) -> OfficialIndexPublished:
    """Read a value of `cfbenchmarks_value` (hz 1) or `cfbenchmarks_value_5hz` (hz 5)."""
    inner: dict[str, Any] = {}
    if body.get("data") is not None:
        inner = orjson.loads(text(body, "data"))
        if not isinstance(inner, dict):
            message = "data does not hold a JSON object"
            raise ValueError(message)
    value = body.get("value_usd", inner.get("value"))
    source_ns = stamp_ns(body, "source_ts_ms") or stamp_ns(inner, "time")
    window_e6, window_count = -1, 0
    if body.get("last_60s_windowed_average_15min") is not None:
        window = obj(body, "last_60s_windowed_average_15min")
        window_e6, window_count = index_e6(window.get("value")), integer(window, "window_size")
    mean_e6 = -1
    if body.get("avg_60s_data") is not None:
        mean_e6 = index_e6(obj(body, "avg_60s_data").get("value"))
    return OfficialIndexPublished(
        text(body, "index_id"), ref, recv_ns, source_ns, hz, index_e6(value), mean_e6, window_e6, window_count
    )


def _dollars(body: dict[str, Any], name: str, cents_name: str, required: bool = False) -> int:
    if body.get(name) is not None:
        return dollars_e6(body[name])
    cents = optional_integer(body, cents_name)
    if cents is not None and 0 <= cents <= 100:
        return cents * CENT_E6
    if required or cents is not None:
        message = f"{name} is missing"
        raise ValueError(message)
    return -1


def _count(body: dict[str, Any], name: str, old_name: str = "", required: bool = False) -> int:
    if body.get(name) is not None:
        return count_e2(body[name])
    whole = optional_integer(body, old_name)
    if whole is not None and 0 <= whole < 10**15:
        return whole * 100
    if required or whole is not None:
        message = f"{name} is missing"
        raise ValueError(message)
    return -1
