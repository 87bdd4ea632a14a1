"""What an actor's process printed: `<actor>.err`, read line by line, once."""

import os
from pathlib import Path

CHUNK_BYTES = 64 * 1024
LONGEST_LINE = 4000
_RUN_MARK = b"--- "
"""The supervisor writes one such line at the start of each run; the start is told elsewhere."""

Place = tuple[int, int]
"""Inode, and offset of the next byte."""


class OwnOutput:
    """Follows one `.err` file, also when it is set aside as `.err.1` and begun anew."""

    def __init__(self, path: Path, place: Place) -> None:
        self._path = path
        self._fd = -1
        self._inode, self._offset = place

    @property
    def place(self) -> Place:
        """Behind the last line that was returned."""
        return self._inode, self._offset

    def read(self) -> list[tuple[str, Place]]:
        """Return new whole lines, each with the place behind it. Never blocks."""
        if self._fd < 0 and not self._open():
            return []
        lines = self._chunk()
        if lines or self._is_current():
            return lines
        # Set aside, and read to its end. A last line without a newline will not get one any more.
        rest = os.pread(self._fd, CHUNK_BYTES, self._offset)
        self._offset += len(rest)
        last = [(_text(rest), self.place)] if rest.strip() else []
        os.close(self._fd)
        self._fd = -1
        self._inode, self._offset = (self._inode, self._offset) if last else (0, 0)
        return last

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> bool:
        aside = self._path.with_name(self._path.name + ".1")
        for path in (self._path, aside):
            fd = _open(path)
            if fd < 0:
                continue
            inode = os.fstat(fd).st_ino
            if inode == self._inode:
                is_done = path == aside and os.fstat(fd).st_size <= self._offset
                if not is_done:
                    self._fd = fd
                    return True
            os.close(fd)
        self._fd = _open(self._path)
        if self._fd < 0:
            return False
        self._inode, self._offset = os.fstat(self._fd).st_ino, 0
        return True

    def _is_current(self) -> bool:
        try:
            return self._path.stat().st_ino == self._inode
        except FileNotFoundError:
            return True

    def _chunk(self) -> list[tuple[str, Place]]:
        if os.fstat(self._fd).st_size < self._offset:
            self._offset = 0  # emptied by somebody
        data = os.pread(self._fd, CHUNK_BYTES, self._offset)
        end = data.rfind(b"\n") + 1
        if not end and len(data) == CHUNK_BYTES:
            end = len(data)
        lines: list[tuple[str, Place]] = []
        for line in data[:end].splitlines(keepends=True):
            self._offset += len(line)
            if line.strip() and not line.startswith(_RUN_MARK):
                lines.append((_text(line), self.place))
        return lines


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip()[:LONGEST_LINE]


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return -1
