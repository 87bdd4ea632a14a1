"""Files that rows are exported to."""

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from actors.store.sending import Server
from actors.store.tables import Table

ROW_GROUP_ROWS: Final = 65_536
MOST_WAITING_BYTES: Final = 16 * 1024 * 1024
PIECE_BYTES: Final = 1024 * 1024
MOST_PIECE_ROWS: Final = 4096


class RowFile(Protocol):
    """Takes rows of one table, in the order in which they are to stand."""

    def write(self, rows: pa.Table) -> None: ...
    def close(self) -> None: ...


class CsvFile:
    """Comma-separated values with a header line; lists as JSON text, bytes in hexadecimal digits."""

    def __init__(self, path: Path, table: Table) -> None:
        fields = [pa.field(field.name, _flat_type(field.type)) for field in table.schema]
        self._schema = pa.schema(fields)
        self._writer = pyarrow.csv.CSVWriter(path, self._schema)

    def write(self, rows: pa.Table) -> None:
        for piece in _pieces(rows):
            columns = [_flat(piece.column(field.name), field.type) for field in piece.schema]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


class JsonLinesFile:
    """One JSON object a line; bytes in hexadecimal digits, null where a number is not one."""

    def __init__(self, path: Path, table: Table) -> None:
        self._file = path.open("wb")
        self._binary = [field.name for field in table.schema if field.type == pa.binary()]

    def write(self, rows: pa.Table) -> None:
        for row in (row for piece in _pieces(rows) for row in piece.to_pylist()):
            for name in self._binary:
                row[name] = row[name].hex()
            self._file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        self._file.close()


class ParquetFile:
    """Parquet, as the store writes it."""

    def __init__(self, path: Path, table: Table) -> None:
        self._writer = pq.ParquetWriter(path, **table.parquet)
        self._groups = Groups(self._writer.write_table)

    def write(self, rows: pa.Table) -> None:
        self._groups.add(rows)

    def close(self) -> None:
        self._groups.flush()
        self._writer.close()


class Inserts:
    """Rows as inserts into a table of a ClickHouse server. bytes: sent so far."""

    def __init__(self, server: Server, table: Table) -> None:
        self._server = server
        self._table = table
        self._groups = Groups(self._insert)
        self.bytes = 0

    def write(self, rows: pa.Table) -> None:
        self._groups.add(rows)

    def close(self) -> None:
        self._groups.flush()

    def _insert(self, rows: pa.Table) -> None:
        file = io.BytesIO()
        with pq.ParquetWriter(file, **self._table.parquet) as writer:
            writer.write_table(rows)
        self._server.insert(self._table, file.getvalue())
        self.bytes += file.tell()


class Groups:
    """Gathers rows until they are many enough to be written as one group."""

    def __init__(self, write: Callable[[pa.Table], None]) -> None:
        self._write = write
        self._waiting: list[pa.Table] = []

    def add(self, rows: pa.Table) -> None:
        self._waiting.append(rows)
        is_enough = sum(part.num_rows for part in self._waiting) >= ROW_GROUP_ROWS
        if is_enough or sum(part.nbytes for part in self._waiting) > MOST_WAITING_BYTES:
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._write(pa.concat_tables(waiting))


FORMATS: Final[Mapping[str, Callable[[Path, Table], RowFile]]] = {
    "csv": CsvFile,
    "jsonl": JsonLinesFile,
    "parquet": ParquetFile,
}
"""By the ending of their names."""


def _pieces(rows: pa.Table) -> Iterator[pa.Table]:
    """The same rows, few enough at a time to be Python objects, which take many times the bytes."""
    count = max(1, min(MOST_PIECE_ROWS, PIECE_BYTES * rows.num_rows // max(1, rows.nbytes)))
    return (rows.slice(first, count) for first in range(0, rows.num_rows, count))


def _flat_type(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(kind) or kind == pa.binary() else kind


def _flat(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if _flat_type(kind) == kind:
        return column
    as_text: Callable[[Any], str] = bytes.hex if kind == pa.binary() else _as_json
    return pa.chunked_array([pa.array(map(as_text, column.to_pylist()), pa.string())])


def _as_json(value: Any) -> str:
    return orjson.dumps(value).decode()
