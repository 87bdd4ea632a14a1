"""Records of a log -> Arrow batches, one table per message type, parted by date and series."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec
import numpy as np
import pyarrow as pa

from actors.store.columns import array
from actors.store.schema import NOT_STORED, UNKNOWN, schema_of, unknown_schema
from messages import KINDS, MESSAGE_TYPES, Message
from messages.log import Record

Key = tuple[str, str, str]
"""(table, date, series): the folder that rows belong into."""

DAY_NS: Final = 86_400 * 10**9
NO_SERIES: Final = "-"
MOST_SERIES_LETTERS: Final = 64
SERIES_FIELDS: Final = ("series", "ticker", "symbol", "index_id", "slug", "venue")
"""The first of these that a message has says its series; a message without any has its log's name."""


class Table(NamedTuple):
    """One table. kind: of its messages, 0 for Unknown. columns: the messages' fields, in schema order."""

    name: str
    kind: int
    schema: pa.Schema
    columns: tuple[str, ...]
    series_field: str
    decode: Callable[[bytes], list[Any]]

    @property
    def parquet(self) -> dict[str, Any]:
        """How its files are written: the keyword arguments of pyarrow.parquet.ParquetWriter."""
        return _parquet(self.schema)


def _table(cls: type[Message]) -> Table:
    series = next((name for name in SERIES_FIELDS if name in cls.__struct_fields__), "")
    decoder = msgspec.msgpack.Decoder(list[cls])  # type: ignore[valid-type]
    return Table(cls.__name__, cls.kind, schema_of(cls), cls.__struct_fields__, series, decoder.decode)


TABLES: Final[dict[int, Table]] = {cls.kind: _table(cls) for cls in MESSAGE_TYPES}
"""By kind."""
UNKNOWN_TABLE: Final = Table(UNKNOWN, 0, unknown_schema(), (), "", lambda _: [])
BY_NAME: Final[dict[str, Table]] = {table.name: table for table in (*TABLES.values(), UNKNOWN_TABLE)}


def batches(log: str, records: Sequence[Record]) -> dict[Key, pa.RecordBatch]:
    """Put records of one log, in their order, into batches of rows by table, date (UTC) and series.

    Every record is in exactly one batch, and rows of a batch keep the records' order. A record whose kind or
    content this version cannot read goes to the table Unknown, as it is. Ten thousand records at a time are
    enough; join several batches of a key before writing them, a Parquet row group each.
    """
    found: dict[Key, pa.RecordBatch] = {}
    for table, rows, series in _by_table(log, records):
        for date, first, last in _days(rows.column(2)):
            part = series[first:last]
            names = dict.fromkeys(part)
            whole = rows.slice(first, last - first)
            for name in names:
                chosen = whole if len(names) == 1 else whole.filter(pa.array([one == name for one in part]))
                found[table.name, date, name] = chosen
    return found


def whole(log: str, records: Sequence[Record]) -> dict[str, pa.RecordBatch]:
    """As `batches`, but parted by table only."""
    return {table.name: rows for table, rows, _ in _by_table(log, records)}


def folder(key: Key) -> str:
    """Where files of these rows stand, below the folder of all tables: Table/date=.../series=..."""
    table, date, series = key
    return f"{table}/date={date}/series={quote(series, safe='')}"


def series_of(value: str) -> str:
    """The series of a ticker, slug, symbol, index or venue: what stands before a market's date or time.

    `KXBTC15M-26NOV222015-15` -> `KXBTC15M`, `btc-updown-15m-1763800000` -> `btc-updown-15m`; `BTC-USD` stays.
    """
    head, _, tail = value.rpartition("-") if value[:1].islower() else value.partition("-")
    is_market = any(letter.isdigit() for letter in tail)
    series = head if head and is_market else value
    return series if 0 < len(series) <= MOST_SERIES_LETTERS else NO_SERIES


def _by_table(log: str, records: Sequence[Record]) -> list[tuple[Table, pa.RecordBatch, list[str]]]:
    """Per table: its rows, and the series of each."""
    groups: dict[int, list[Record]] = {}
    for record in records:
        groups.setdefault(record.kind if record.kind in KINDS else 0, []).append(record)
    made = []
    unread = groups.pop(0, [])
    for kind, group in groups.items():
        table = TABLES[kind]
        try:
            made.append(_rows(log, table, group))
        except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, pa.ArrowException):
            sound, broken = _sift(log, table, group)
            unread += broken
            if sound:
                made.append(_rows(log, table, sound))
    if unread:
        unread.sort()
        where = _where(log, unread)
        columns = [
            *where,
            array([r.kind for r in unread], pa.int64()),
            array([r.payload for r in unread], pa.binary()),
        ]
        rows = pa.RecordBatch.from_arrays(columns, schema=UNKNOWN_TABLE.schema)
        made.append((UNKNOWN_TABLE, rows, [log] * len(unread)))
    return made


def _rows(log: str, table: Table, records: Sequence[Record]) -> tuple[Table, pa.RecordBatch, list[str]]:
    payloads = [record.payload for record in records]
    messages = table.decode(b"\xdd" + len(payloads).to_bytes(4, "big") + b"".join(payloads))
    columns = _where(log, records)
    for name, field in zip(table.columns, list(table.schema)[3:], strict=True):
        values = [getattr(message, name) for message in messages]
        if (table.kind, name) in NOT_STORED:
            values = list(map(len, values))
        columns.append(array(values, field.type))
    if table.series_field:
        known: dict[str, str] = {}
        names = [getattr(message, table.series_field) for message in messages]
        for name in set(names):
            known[name] = series_of(name)
        series = [known[name] for name in names]
    else:
        series = [log] * len(records)
    return table, pa.RecordBatch.from_arrays(columns, schema=table.schema), series


def _sift(log: str, table: Table, records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Part the records whose content is what their kind says from those that are not."""
    sound, broken = [], []
    for record in records:
        try:
            _rows(log, table, [record])
        except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, pa.ArrowException):
            broken.append(record)
        else:
            sound.append(record)
    return sound, broken


def _where(log: str, records: Sequence[Record]) -> list[pa.Array]:
    seqs = array([record.seq for record in records], pa.int64())
    at_ns = array([record.at_ns for record in records], pa.int64())
    return [array([log] * len(records), pa.string()), seqs, at_ns]


def _days(at_ns: pa.Array) -> list[tuple[str, int, int]]:
    """(date, first row, behind the last row) of each UTC day; the times never fall."""
    days = at_ns.to_numpy() // DAY_NS
    starts = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(days)]
    return [(str(np.datetime64(int(days[first]), "D")), first, last) for first, last in pairwise(starts)]


def _parquet(schema: pa.Schema) -> dict[str, Any]:
    return {"compression": "zstd", "compression_level": 6, "version": "2.6", "schema": schema}
