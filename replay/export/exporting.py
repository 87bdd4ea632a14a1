"""A span of the record as files of rows, each record once."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from actors.store.tables import Table
from replay.errors import ReplayError
from replay.export.formats import FORMATS
from replay.export.merging import merged
from replay.export.parts import Parts, find
from replay.export.span import Span
from replay.records import Tell

UNFINISHED = ".unfinished"


class Exported(NamedTuple):
    """The rows of one table that were written, and where."""

    table: str
    rows: int
    path: Path
    bytes: int


class FileExistsAlreadyError(ReplayError):
    """An export does not overwrite unless it is told to."""


class Wish(NamedTuple):
    """What is to be written, and where.

    ending: one of FORMATS. force: over files that are there. named: tables get a file even without rows.
    """

    span: Span
    out: Path
    ending: str
    force: bool
    named: bool


def export(
    data_dir: Path,
    wish: Wish,
    reading: Tell = lambda share: None,
    writing: Tell = lambda share: None,
    note: Callable[[str], None] = lambda sentence: None,
) -> list[Exported]:
    """Write the rows of a span, by append time, then log, then number; one file a table.

    A file gets its name when it is whole. reading, writing: are told how far each half is. note: is told what
    is damaged or missing. Raises ReplayError, ForeignLogError, OSError.
    """
    wish.out.mkdir(parents=True, exist_ok=True)
    for table in wish.span.tables:
        path = _path(wish, table)
        if path.exists() and not wish.force:
            message = f"{path} exists already; --force overwrites it, --out names another folder"
            raise FileExistsAlreadyError(message)
    with TemporaryDirectory(prefix=".rows-", dir=wish.out) as folder:
        parts = find(data_dir, wish.span, Path(folder), reading, note)
        total = max(1, sum(parts.rows.values()))
        count = 0

        def written(rows: int) -> None:
            nonlocal count
            count += rows
            writing(count / total)

        done = [_write(parts, table, wish, written) for table in wish.span.tables]
    return [one for one in done if one is not None]


def _write(parts: Parts, table: Table, wish: Wish, tell: Callable[[int], None]) -> Exported | None:
    path = _path(wish, table)
    unfinished = path.with_name(path.name + UNFINISHED)
    count = 0
    try:
        file = FORMATS[wish.ending](unfinished, table)
        try:
            for rows in merged(parts.streams(table)):
                file.write(rows)
                count += rows.num_rows
                tell(rows.num_rows)
        finally:
            file.close()
        if not count and not wish.named:
            path.unlink(missing_ok=True)  # of an earlier export, with rows that are not asked for now
            return None
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(table.name, count, path, path.stat().st_size)


def _path(wish: Wish, table: Table) -> Path:
    return wish.out / f"{table.name}.{wish.ending}"
