"""The readable logs: the last lines of a rotating file, and what is added to it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from actors.logger.line import LEVELS, Line, parse_line

BLOCK_BYTES = 65_536


class Shown(NamedTuple):
    """A line as it stands in the file. line: its parts, None where it is not of the usual form."""

    actor: str
    text: str
    line: Line | None

    @property
    def at_ns(self) -> int:
        return self.line.at_ns if self.line else 0


Wanted = Callable[[Line | None], bool]


def from_level(level: str | None) -> Wanted:
    """Lines of this level and graver; lines of an unusual form only where no level is asked for."""
    if level is None:
        return lambda line: True
    graver = frozenset(LEVELS[LEVELS.index(level) :])
    return lambda line: line is not None and line.level in graver


class LogFile:
    """One actor's readable log, followed by name: when it is rotated, the new file is read from its start."""

    def __init__(self, path: Path, wanted: Wanted) -> None:
        self._path = path
        self._wanted = wanted
        self._file: BinaryIO | None = None
        self._rest = b""

    def newest(self, limit: int) -> list[Shown]:
        """The last `limit` wanted lines, rotated files included; then the cursor stands at the end."""
        self.close()
        self._open()
        found: list[Shown] = []
        if self._file is not None:
            end = self._file.seek(0, os.SEEK_END)
            found, whole_bytes = self._backwards(self._file, end, limit)
            self._file.seek(whole_bytes)
        number = 1
        while len(found) < limit:
            older = self._path.with_name(f"{self._path.name}.{number}")
            try:
                with older.open("rb") as file:
                    more, _ = self._backwards(file, file.seek(0, os.SEEK_END), limit - len(found))
            except OSError:
                break
            found = more + found
            number += 1
        return found

    def more(self) -> list[Shown]:
        """What was added since. Never blocks."""
        if self._file is None:
            self._open()
        if self._file is None:
            return []
        added = self._file.read()
        if not added and self._was_rotated():
            self.close()
            self._open()
            added = self._file.read() if self._file else b""
        *lines, self._rest = (self._rest + added).split(b"\n")
        return self._parsed(lines)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._rest = b""

    def _open(self) -> None:
        try:
            self._file = self._path.open("rb")
        except FileNotFoundError:
            self._file = None

    def _was_rotated(self) -> bool:
        assert self._file is not None  # noqa: S101 - told to the type checker
        try:
            return os.stat(self._path).st_ino != os.fstat(self._file.fileno()).st_ino
        except FileNotFoundError:
            return False  # between the two renames; the next look will find the new one

    def _backwards(self, file: BinaryIO, end: int, limit: int) -> tuple[list[Shown], int]:
        """The last wanted lines before `end`, and where the last whole line ends."""
        span = BLOCK_BYTES
        while True:
            begin = max(0, end - span)
            file.seek(begin)
            data = file.read(end - begin)
            whole = data[: data.rfind(b"\n") + 1]
            lines = whole.split(b"\n")[:-1]
            found = self._parsed(lines if begin == 0 else lines[1:])
            if begin == 0 or len(found) >= limit:
                return found[-limit:] if limit else [], begin + len(whole)
            span *= 4

    def _parsed(self, lines: list[bytes]) -> list[Shown]:
        actor = self._path.name.removesuffix(".log")
        shown = []
        for raw in lines:
            text = raw.decode("utf-8", "replace")
            line = parse_line(text)
            if self._wanted(line):
                shown.append(Shown(actor, text, line))
        return shown
