"""A span of the record as rows, each record once: in files, or on a server."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol

import pyarrow as pa

from actors.store.sending import Server
from actors.store.tables import Table
from replay.errors import ReplayError
from replay.export.formats import FORMATS, Inserts, RowFile
from replay.export.merging import merged
from replay.export.parts import find
from replay.export.span import Span
from replay.records import Tell

UNFINISHED = ".unfinished"


class Exported(NamedTuple):
    """The rows of one table that were written, and where: a file, or a table of a server."""

    table: str
    rows: int
    path: str
    bytes: int


class FileExistsAlreadyError(ReplayError):
    """An export does not overwrite unless it is told to."""


class Tells(NamedTuple):
    """Who is told what meanwhile: how far reading and writing are, and what is damaged or missing."""

    reading: Tell = lambda share: None
    writing: Tell = lambda share: None
    note: Callable[[str], None] = lambda sentence: None


class Place(Protocol):
    """Where tables go."""

    folder: Path
    """A folder in which there is room."""

    def check(self, tables: Sequence[Table]) -> None: ...
    def write(self, table: Table, rows: Iterable[pa.Table]) -> Exported | None: ...


def export(data_dir: Path, span: Span, place: Place, tells: Tells) -> list[Exported]:
    """Write the rows of a span, table by table, in the order of time: append time, then log, then number.

    Raises ReplayError, OSError; StoreError where a server refuses.
    """
    place.check(span.tables)
    with TemporaryDirectory(prefix=".rows-", dir=place.folder) as folder:
        parts = find(data_dir, span, Path(folder), tells.reading, tells.note)
        total = max(1, sum(parts.rows.values()))
        count = 0

        def counted(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
            nonlocal count
            for rows in tables:
                yield rows
                count += rows.num_rows
                tells.writing(count / total)

        done = [place.write(table, counted(merged(parts.streams(table)))) for table in span.tables]
    return [one for one in done if one is not None]


class Files:
    """A folder with one file a table, which gets its name when it is whole.

    ending: one of FORMATS. force: over files that are there. named: tables get a file even without rows.
    """

    def __init__(self, folder: Path, ending: str, *, force: bool, named: bool) -> None:
        self.folder = folder
        self._ending = ending
        self._force = force
        self._named = named

    def check(self, tables: Sequence[Table]) -> None:
        """Raises FileExistsAlreadyError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for table in tables:
            path = self._path(table)
            if path.exists() and not self._force:
                message = f"{path} exists already; --force overwrites it, --out names another folder"
                raise FileExistsAlreadyError(message)

    def write(self, table: Table, rows: Iterable[pa.Table]) -> Exported | None:
        path = self._path(table)
        unfinished = path.with_name(path.name + UNFINISHED)
        try:
            count = _pour(rows, FORMATS[self._ending](unfinished, table))
            if not count and not self._named:
                path.unlink(missing_ok=True)  # of an earlier export, with rows that are not asked for now
                return None
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return Exported(table.name, count, str(path), path.stat().st_size)

    def _path(self, table: Table) -> Path:
        return self.folder / f"{table.name}.{self._ending}"


class OnServer:
    """Tables of a ClickHouse server. folder: for temporary files."""

    def __init__(self, server: Server, name: str, folder: Path) -> None:
        self.folder = folder
        self._server = server
        self._name = name

    def check(self, tables: Sequence[Table]) -> None:
        """Whatever is there already stays there once."""

    def write(self, table: Table, rows: Iterable[pa.Table]) -> Exported | None:
        sent = Inserts(self._server, table)
        count = _pour(rows, sent)
        return Exported(table.name, count, f"{self._name}.{table.name}", sent.bytes) if count else None


def _pour(rows: Iterable[pa.Table], file: RowFile) -> int:
    count = 0
    try:
        for part in rows:
            file.write(part)
            count += part.num_rows
    finally:
        file.close()
    return count
