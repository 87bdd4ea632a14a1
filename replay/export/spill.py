"""Rows of a log that stand in no Parquet file yet, in temporary ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import pyarrow as pa
import pyarrow.parquet as pq

from actors.store.tables import Table, whole
from messages.log import Record

MOST_WAITING_BYTES = 16 * 1024 * 1024
"""Rows in memory, over all tables, before they are written."""


class Spilled(NamedTuple):
    """One temporary file."""

    table: str
    path: Path
    rows: int


class Spill:
    """Writes records of one log, in their order, to one Parquet file a table; only tables that are wanted."""

    def __init__(self, folder: Path, log: str, tables: Sequence[Table]) -> None:
        self._folder = folder
        self._log = log
        self._tables = {table.name: table for table in tables}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._rows: dict[str, int] = {}
        self._waiting: dict[str, list[pa.RecordBatch]] = {}
        self._waiting_bytes = 0

    def add(self, records: Sequence[Record]) -> None:
        for name, rows in whole(self._log, records).items():
            if name in self._tables:
                self._waiting.setdefault(name, []).append(rows)
                self._waiting_bytes += rows.nbytes
        if self._waiting_bytes > MOST_WAITING_BYTES:
            self._write()

    def files(self) -> list[Spilled]:
        """Finish the files, and give them."""
        self._write()
        self.close()
        return [Spilled(name, self._path(name), rows) for name, rows in self._rows.items()]

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self) -> None:
        for name, batches in self._waiting.items():
            if name not in self._writers:
                self._writers[name] = pq.ParquetWriter(self._path(name), **self._tables[name].parquet)
            rows = pa.Table.from_batches(batches)
            self._writers[name].write_table(rows)
            self._rows[name] = self._rows.get(name, 0) + rows.num_rows
        self._waiting.clear()
        self._waiting_bytes = 0

    def _path(self, table: str) -> Path:
        return self._folder / f"{self._log}-{table}.parquet"
