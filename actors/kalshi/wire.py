"""Shapes on the wire: frames and bodies into checked Python values. No state.

The order book's changes, almost all of the traffic, have a typed decoder of their own. Everything else
is read as untyped JSON with the readers below, which raise ValueError with the field's name.
"""

from typing import Any, Final

import msgspec
import orjson

DELTA_START: Final = b'{"type":"orderbook_delta"'
"""How a change of a book begins, as the venue writes it; other orders of keys take the slower way."""


class DeltaBody(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    market_ticker: str
    price_dollars: str
    delta_fp: str
    side: str
    ts_ms: int = 0
    market_id: str = ""
    ts: str = ""


class DeltaFrame(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """`{"type":"orderbook_delta","sid":2,"seq":3,"msg":{...,"price_dollars":"0.96","delta_fp":"-54.00",...}}`"""

    type: str
    sid: int
    seq: int
    msg: DeltaBody
    sending_ts_ms: int = 0


decode_delta: Final = msgspec.json.Decoder(DeltaFrame).decode
"""Bytes -> DeltaFrame. Raises msgspec.ValidationError for a field that is unknown, missing or mistyped."""

FRAME_FIELDS: Final = frozenset({"type", "sid", "seq", "id", "msg", "sending_ts_ms"})
BODY_FIELDS: Final[dict[str, frozenset[str]]] = {
    "subscribed": frozenset({"channel", "sid"}),
    "ok": frozenset({"market_tickers", "market_ids", "index_ids"}),
    "unsubscribed": frozenset({"sid", "channel"}),
    "error": frozenset({"code", "msg", "market_ticker"}),
    "orderbook_snapshot": frozenset({"market_ticker", "market_id", "yes_dollars_fp", "no_dollars_fp"}),
    "orderbook_delta": frozenset(
        {"market_ticker", "market_id", "price_dollars", "delta_fp", "side", "ts", "ts_ms"}
        | {"client_order_id", "subaccount"}
    ),
    "ticker": frozenset(
        {"market_ticker", "market_id", "price_dollars", "yes_bid_dollars", "yes_ask_dollars", "volume_fp"}
        | {"yes_bid_size_fp", "yes_ask_size_fp", "last_trade_size_fp", "open_interest_fp", "dollar_volume"}
        | {"dollar_open_interest", "ts", "ts_ms", "time"}
    ),
    "trade": frozenset(
        {"trade_id", "market_ticker", "yes_price_dollars", "no_price_dollars", "count_fp", "taker_side"}
        | {"taker_outcome_side", "taker_book_side", "is_block_trade", "ts", "ts_ms"}
    ),
    "market_lifecycle_v2": frozenset(
        {"market_ticker", "event_type", "open_ts", "close_ts", "exchange_index", "additional_metadata"}
        | {"price_level_structure", "price_ranges", "determination_ts", "result", "settlement_value"}
        | {"settled_ts", "is_deactivated", "strike_type", "floor_strike", "cap_strike", "custom_strike"}
        | {"yes_sub_title"}
    ),
    "event_lifecycle": frozenset(
        {"event_ticker", "exchange_index", "title", "subtitle", "collateral_return_type", "series_ticker"}
    ),
    "event_fee_update": frozenset({"event_ticker", "fee_type_override", "fee_multiplier_override"}),
    "cfbenchmarks_value": frozenset(
        {"index_id", "received_at", "data", "avg_60s_data", "last_60s_windowed_average_15min"}
    ),
    "cfbenchmarks_value_5hz": frozenset({"index_id", "value_usd", "source_ts_ms", "received_at", "data"}),
}
"""Every documented type with the fields of its `msg`."""


MARKET_FIELDS: Final = frozenset(
    """
    ticker event_ticker market_type title subtitle yes_sub_title no_sub_title created_time updated_time
    open_time close_time expected_expiration_time expiration_time latest_expiration_time
    settlement_timer_seconds occurrence_datetime status notional_value_dollars yes_bid_dollars
    yes_ask_dollars no_bid_dollars no_ask_dollars yes_bid_size_fp yes_ask_size_fp last_price_dollars
    previous_yes_bid_dollars previous_yes_ask_dollars previous_price_dollars volume_fp volume_24h_fp
    open_interest_fp liquidity_dollars result can_close_early early_close_condition expiration_value
    settlement_value_dollars settlement_ts settlement_floor_dollars settlement_bounds_type rules_primary
    rules_secondary price_level_structure price_ranges strike_type floor_strike cap_strike custom_strike
    functional_strike fee_waiver_expiration_time is_provisional exchange_index primary_participant_key
    mve_collection_ticker mve_selected_legs
    """.split()  # noqa: SIM905 - thirty lines of one word each say no more
)
"""Every documented field of a market in REST."""


def load_object(data: bytes) -> dict[str, Any]:
    """Read a frame or body that must be a JSON object."""
    value = orjson.loads(data)
    if not isinstance(value, dict):
        message = "it is not a JSON object"
        raise ValueError(message)
    return value


def text(body: dict[str, Any], name: str) -> str:
    """Read a text field that must be there."""
    value = body.get(name)
    if not isinstance(value, str):
        message = f"{name} is {value!r}, not text"
        raise ValueError(message)
    return value


def optional_text(body: dict[str, Any], name: str) -> str:
    """Read a text field; "" where it is absent or null."""
    return "" if body.get(name) is None else text(body, name)


def integer(body: dict[str, Any], name: str) -> int:
    """Read an integer field that must be there."""
    value = body.get(name)
    if value.__class__ is not int:
        message = f"{name} is {value!r}, not an integer"
        raise ValueError(message)
    return int(value)


def optional_integer(body: dict[str, Any], name: str) -> int | None:
    """Read an integer field; None where it is absent or null."""
    return None if body.get(name) is None else integer(body, name)


def stamp_ns(body: dict[str, Any], name: str, unit_ns: int = 1_000_000) -> int:
    """Read an epoch stamp (milliseconds unless unit_ns says otherwise) as nanoseconds; 0 where absent."""
    value = optional_integer(body, name)
    if value is None:
        return 0
    if not 0 <= value < 10_000_000_000_000_000_000 // unit_ns:
        message = f"{name} is {value!r}, not a time"
        raise ValueError(message)
    return value * unit_ns


def obj(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Read an object field that must be there."""
    value = body.get(name)
    if not isinstance(value, dict):
        message = f"{name} is {value!r}, not an object"
        raise ValueError(message)
    return value


def rows(body: dict[str, Any], name: str) -> list[Any]:
    """Read a list field; [] where it is absent or null."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        message = f"{name} is {value!r}, not a list"
        raise ValueError(message)
    return value
