"""Records of a log -> Arrow batches, one table per message type, parted by date and series."""

import gc
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec
import numpy as np
import pyarrow as pa

from actors.store.columns import Payloads, array, payloads_of
from actors.store.encoding import parquet
from actors.store.schema import UNKNOWN, WHERE, schema_of, unknown_schema
from messages import MESSAGE_TYPES, Message
from messages.log import Record

Key = tuple[str, str, str]
"""(table, date, series): the folder that rows belong into."""

Rows = tuple["Table", pa.RecordBatch, str | list[str]]
"""Rows of a table, and their series: one of all, or one of each."""

DAY_NS: Final = 86_400 * 10**9
NO_SERIES: Final = "-"
MOST_SERIES_LETTERS: Final = 64
SERIES_FIELDS: Final = ("series", "ticker", "symbol", "index_id", "slug", "venue")
"""The first of these that a message has says its series; a message without any has its log's name."""


class Table(NamedTuple):
    """One table. kind: of its messages, 0 for Unknown. series_field: says the series of a row, if any."""

    name: str
    kind: int
    schema: pa.Schema
    payloads: Payloads
    series_field: str

    @property
    def parquet(self) -> dict[str, Any]:
        """How its files are written: the keyword arguments of pyarrow.parquet.ParquetWriter."""
        return parquet(self.schema)


def _table(cls: type[Message]) -> Table:
    series = next((name for name in SERIES_FIELDS if name in cls.__struct_fields__), "")
    return Table(cls.__name__, cls.kind, schema_of(cls), payloads_of(cls), series)


TABLES: Final[dict[int, Table]] = {cls.kind: _table(cls) for cls in MESSAGE_TYPES}
"""By kind."""
UNKNOWN_TABLE: Final = Table(UNKNOWN, 0, unknown_schema(), payloads_of(Message), "")
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
            day = rows.slice(first, last - first)
            if isinstance(series, str):
                found[table.name, date, series] = day
                continue
            part = np.array(series[first:last])
            for name in dict.fromkeys(series[first:last]):
                found[table.name, date, name] = day.filter(pa.array(part == name))
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


def _by_table(log: str, records: Sequence[Record]) -> list[Rows]:
    groups: defaultdict[int, list[Record]] = defaultdict(list)
    for record in records:
        groups[record[2]].append(record)
    # Millions of tuples come and go here, none in a cycle: looking for cycles would take a third more.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return _made(log, groups)
    finally:
        if was_enabled:
            gc.enable()


def _made(log: str, groups: Mapping[int, list[Record]]) -> list[Rows]:
    made: list[Rows] = []
    unread: list[Record] = []
    for kind, group in groups.items():
        if kind in TABLES:
            made += _readable(log, TABLES[kind], group, unread)
        else:
            unread += group
    if unread:
        unread.sort()
        seqs, at_ns, kinds, unreadable = zip(*unread, strict=True)
        columns = [*_where(log, seqs, at_ns), array(kinds, pa.int64()), array(unreadable, pa.binary())]
        made.append((UNKNOWN_TABLE, pa.RecordBatch.from_arrays(columns, schema=UNKNOWN_TABLE.schema), log))
    return made


def _readable(log: str, table: Table, records: Sequence[Record], unread: list[Record]) -> list[Rows]:
    """Rows of the records whose content is what their kind says; the others are added to unread."""
    try:
        return [_rows(log, table, records)]
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, pa.ArrowException):
        if len(records) == 1:
            unread += records
            return []
    middle = len(records) // 2
    parts = [
        part for half in (records[:middle], records[middle:]) for part in _readable(log, table, half, unread)
    ]
    return [_joined(table, parts)] if parts else []


def _joined(table: Table, parts: Sequence[Rows]) -> Rows:
    series = [[part[2]] * part[1].num_rows if isinstance(part[2], str) else part[2] for part in parts]
    return table, pa.concat_batches([part[1] for part in parts]), list(chain.from_iterable(series))


def _rows(log: str, table: Table, records: Sequence[Record]) -> Rows:
    seqs, at_ns, _, payloads = zip(*records, strict=True)
    values = table.payloads.columns(payloads)
    fields = list(table.schema)[len(WHERE) :]
    columns = _where(log, seqs, at_ns)
    columns += [array(one, field.type) for one, field in zip(values, fields, strict=True)]
    series: str | list[str] = log
    if table.series_field:
        said = values[table.payloads.fields.index(table.series_field)]
        known = {name: series_of(name) for name in set(said)}
        names = set(known.values())
        series = names.pop() if len(names) == 1 else [known[name] for name in said]
    return table, pa.RecordBatch.from_arrays(columns, schema=table.schema), series


def _where(log: str, seqs: Sequence[int], at_ns: Sequence[int]) -> list[pa.Array]:
    return [pa.repeat(log, len(seqs)), array(seqs, pa.int64()), array(at_ns, pa.int64())]


def _days(at_ns: pa.Array) -> list[tuple[str, int, int]]:
    """(date, first row, behind the last row) of each UTC day; the times never fall."""
    days = at_ns.to_numpy() // DAY_NS
    starts = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(days)]
    return [(str(np.datetime64(int(days[first]), "D")), first, last) for first, last in pairwise(starts)]
