"""The table of results: a line of JSON for every configuration and session that is done, never two.

A line stands on the disk before its result counts; a line that was torn by a kill is cut off and its work
done again. Rows are found by their key, wherever in the file they stand.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec

from replay.backtest.errors import TableError
from replay.backtest.judged import Judged

FILE_NAME = "results.jsonl"


class Row(msgspec.Struct, frozen=True):
    """One configuration over one session. key: see `points.row_key`. config: digest of the settings.

    point: the grid's values. version: of the project. from_ns, to_ns: of the session, as it was cut.
    passed: records that were read. said: how often the actors run anew said each type. seconds: it took.
    """

    key: str
    config: str
    point: dict[str, Any]
    session: str
    version: str
    from_ns: int
    to_ns: int
    passed: int
    said: dict[str, dict[str, int]]
    seconds: float
    judged: Judged


class _Head(msgspec.Struct, frozen=True):
    """Of a row, what is kept in memory."""

    key: str
    config: str
    session: str


class _Place(NamedTuple):
    offset: int
    length: int
    config: str
    session: str


class Results:
    """The table of one folder, for one writer."""

    def __init__(self, folder: Path) -> None:
        """Open it, or make it. Raises TableError where a line is damaged or another backtest writes there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._lock()
            self._places: dict[str, _Place] = {}
            self._end = 0
            for number, line in enumerate(self._lines(), start=1):
                self._note(line, number)
            os.ftruncate(self._file, self._end)  # what a kill tore is done again
            _sync_folder(folder)
        except BaseException:
            os.close(self._file)
            raise

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, line: bytes) -> None:
        """Append an encoded row without its newline; durable when this returns. A known key is not added."""
        head = msgspec.json.decode(line, type=_Head)
        if head.key in self._places:
            return
        data = line + b"\n"
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:], self._end + written)
        os.fsync(self._file)
        self._note(data, len(self._places) + 1)

    def row(self, key: str) -> Row:
        """Read a row. Raises TableError where it is damaged."""
        place = self._places[key]
        line = os.pread(self._file, place.length, place.offset)
        try:
            return msgspec.json.decode(line, type=Row)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            message = f"{self.path} is damaged at byte {place.offset}: {error}; move the file away"
            raise TableError(message) from None

    def configurations(self, sessions: set[str]) -> set[str]:
        """Every configuration that was ever tried on any of these sessions."""
        return {place.config for place in self._places.values() if place.session in sessions}

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"another backtest writes to {self.path}; wait for it, or name another --out"
            raise TableError(message) from None

    def _lines(self) -> Iterator[bytes]:
        with open(self.path, "rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line

    def _note(self, line: bytes, number: int) -> None:
        try:
            head = msgspec.json.decode(line, type=_Head)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            message = (
                f"{self.path} line {number} is no result of a backtest ({error}); "
                "move the file away, or name another folder with --out"
            )
            raise TableError(message) from None
        self._places[head.key] = _Place(self._end, len(line), head.config, head.session)
        self._end += len(line)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
