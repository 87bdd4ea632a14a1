"""The tables' columns: names, Arrow types and units, derived from the messages' own annotations.

A table begins with where the record stands (log, seq, at_ns), then come the message's fields in their order.
Fields are only ever added at the end of a message, so columns are only ever added at the end of a table.
"""

from collections.abc import Mapping
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa

from messages import FrameReceived, Level, Message

VERSION: Final = 1
"""Of the way tables are made from messages. New columns at the end of a table do not change it."""
VERSION_KEY: Final = b"kalshi_actors.tables"
UNIT: Final = b"unit"

WHERE: Final = ("log", "seq", "at_ns")
"""The first columns of every table: the record's log, its number in it, and when it was appended."""
FOLDERS: Final = ("date", "series")
"""Columns that stand in the names of folders only."""
RENAMED: Final[Mapping[str, str]] = {
    "at_ns": "stated_ns",
    "seq": "venue_seq",
    "log": "of_log",
    "series": "market_series",
}
"""What a message's field is called where WHERE or FOLDERS have taken its name."""
NOT_STORED: Final = frozenset({(FrameReceived.kind, "data")})
"""Fields of which the table has only the length, as `<name>_bytes`; the archive has all of it."""

UNKNOWN: Final = "Unknown"
"""Name of the table of records that this version cannot read."""

NS: Final = "ns since the epoch"
USD_E8, BTC_E8, USD_E6, CONTRACTS_E2 = "USD x 1e-8", "BTC x 1e-8", "USD x 1e-6", "contracts x 1e-2"
NUMBER: Final = "number"
"""Of a record, a connection, an order: names a thing, measures nothing."""
TEXT: Final = "text"
FLAG: Final = "flag"

BY_SUFFIX: Final[Mapping[str, str]] = {
    "_ns": NS,
    "_ms": "ms",
    "_s": "s",
    "_usd": "USD",
    "_btc": "BTC",
    "_bps": "1e-4",
    "_cents": "USD x 1e-2",
    "_bytes": "bytes",
    "_size_e8": BTC_E8,
    "_size_e6": "tokens x 1e-6",
    "_e8": USD_E8,
    "_e6": USD_E6,
    "_e2": CONTRACTS_E2,
}
"""The longest suffix that fits decides."""
BY_NAME: Final[Mapping[str, str]] = {
    "size_e8": BTC_E8,
    "volume_e8": BTC_E8,
    "at_s": "s since the epoch",
    **dict.fromkeys(
        ("seq", "venue_seq", "frame", "fair", "indicators", "decision", "book", "decided"), NUMBER
    ),
    **dict.fromkeys(("first", "last", "conn", "sid", "pid", "order", "next_order", "kind"), NUMBER),
    **dict.fromkeys(
        ("frames", "gaps", "drifts", "count", "restarts", "known", "remaining", "orders", "records", "lost"),
        "count",
    ),
    "window_count": "count",
    "missing": "s before the close",
    "hz": "1/s",
    **dict.fromkeys(("probability", "weight", "locked_share"), "share of 1"),
    "sigma": "1/sqrt(s)",
    "delta": "1/USD",
    **dict.fromkeys(("vega", "score", "factors", "weights", "extra"), "1"),
    "sums": "1/s",
    **dict.fromkeys(("value", "values"), "the indicator's own"),
    "ages_ms": "ms",
    "payload": "MessagePack",
}
LEVELS: Final[Mapping[str, tuple[str, str]]] = {
    "BookSnapshot": (USD_E8, BTC_E8),
    "BookChanged": (USD_E8, BTC_E8),
    "MarketBookSnapshot": (USD_E6, CONTRACTS_E2),
}
"""Units of (price, size) in a table's lists of levels."""
TUPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "ticks": ("start_e6", "end_e6", "step_e6"),
    "inputs": ("log", "seq"),
    "taken": ("ticker", "is_bid", "price_e6", "count_e2"),
}
"""Names of what stands in a field's list of tuples."""

SCALARS: Final[Mapping[Any, pa.DataType]] = {
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    str: pa.string(),
    bytes: pa.binary(),
}


def unit(name: str, hint: Any) -> str:
    """The unit of a field by its name; empty for a number whose name says none."""
    if hint is str:
        return TEXT
    if hint is bool:
        return FLAG
    if name in BY_NAME:
        return BY_NAME[name]
    for suffix in sorted(BY_SUFFIX, key=len, reverse=True):
        if name.endswith(suffix):
            return BY_SUFFIX[suffix]
    return ""


def schema_of(cls: type[Message]) -> pa.Schema:
    """The Arrow schema of a message type's table; units stand in the metadata of the columns."""
    hints = get_type_hints(cls)
    columns = _where()
    for name in cls.__struct_fields__:
        if (cls.kind, name) in NOT_STORED:
            columns.append(_field(f"{name}_bytes", int, cls.__name__))
        else:
            columns.append(_field(RENAMED.get(name, name), hints[name], cls.__name__))
    return pa.schema(columns, _about(cls.__name__, cls.kind))


def unknown_schema() -> pa.Schema:
    """The schema of the table of records that this version cannot read."""
    columns = [*_where(), _field("kind", int, UNKNOWN), _field("payload", bytes, UNKNOWN)]
    return pa.schema(columns, _about(UNKNOWN, 0))


def _where() -> list[pa.Field]:
    return [_field(name, kind, "") for name, kind in zip(WHERE, (str, int, int), strict=True)]


def _about(table: str, kind: int) -> dict[bytes, bytes]:
    return {
        VERSION_KEY: str(VERSION).encode(),
        b"kalshi_actors.table": table.encode(),
        b"kalshi_actors.kind": str(kind).encode(),
    }


def _field(name: str, hint: Any, table: str, said_unit: str = "") -> pa.Field:
    if get_origin(hint) is list:
        (inner,) = get_args(hint)
        element = _element(name, inner, table)
        return pa.field(name, pa.list_(element), nullable=False, metadata=element.metadata)
    kind = SCALARS[hint]
    return pa.field(name, kind, nullable=False, metadata={UNIT: (said_unit or unit(name, hint)).encode()})


def _element(name: str, inner: Any, table: str) -> pa.Field:
    """What a list holds: a scalar with the list's unit, or a struct with units of its own."""
    if inner in SCALARS:
        return pa.field(
            "element", SCALARS[inner], nullable=False, metadata={UNIT: unit(name, inner).encode()}
        )
    if inner == Level:
        price, size = LEVELS[table]
        parts = [_field("price", int, table, price), _field("size", int, table, size)]
    elif get_origin(inner) is tuple:
        hints = zip(TUPLES[name], get_args(inner), strict=True)
        parts = [_field(part, hint, table) for part, hint in hints]
    else:
        parts = [_field(part, hint, inner.__name__) for part, hint in struct_hints(inner)]
    return pa.field("element", pa.struct(parts), nullable=False, metadata={UNIT: b"rows"})


def struct_hints(cls: type[msgspec.Struct]) -> list[tuple[str, Any]]:
    """Fields of a struct with their types, in the order of the encoding."""
    hints = get_type_hints(cls)
    return [(name, hints[name]) for name in cls.__struct_fields__]
