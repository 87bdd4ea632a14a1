"""One readable log file: appended to, set aside when it grows, and able to say where it stopped."""

import os
from collections.abc import Iterator
from pathlib import Path

from actors.logger.line import Line, parse_line

BLOCK_BYTES = 64 * 1024


class TextLog:
    """Appends lines to `<path>`; beyond the limit it becomes `<path>.1`, the former `.1` becomes `.2`, ….

    Every step is one rename or one append, so a kill at any point loses and doubles nothing. A line that
    was cut short by one is taken out at the next start.
    """

    def __init__(self, path: Path, rotate_bytes: int, keep: int) -> None:
        self._path = path
        self._rotate_bytes = rotate_bytes
        self._keep = keep
        self._fd = -1
        self._size = 0
        self._mend()

    def append(self, text: str) -> None:
        """Append whole lines. Raises OSError; then none of them is there."""
        data = text.encode()
        self._open()
        if self._size and self._size + len(data) > self._rotate_bytes:
            self._rotate()
            self._open()
        try:
            written = os.write(self._fd, data)
        except OSError:
            os.ftruncate(self._fd, self._size)
            raise
        if written < len(data):
            # A full disk took a part.
            os.ftruncate(self._fd, self._size)
            message = f"{self._path} takes no more"
            raise OSError(message)
        self._size += written

    def lines_backwards(self) -> Iterator[Line]:
        """Every line that can be read, newest first, through all files that are kept."""
        for path in [self._path, *(self._aside(number) for number in range(1, self._keep + 1))]:
            for text in _backwards(path):
                line = parse_line(text)
                if line is not None:
                    yield line

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> None:
        if self._fd >= 0:
            if self._is_in_place():
                return
            self.close()  # somebody moved or deleted it
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._size = os.fstat(self._fd).st_size

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._fd))
        except FileNotFoundError:
            return False

    def _rotate(self) -> None:
        for number in range(self._keep - 1, 0, -1):
            if self._aside(number).exists():
                self._aside(number).replace(self._aside(number + 1))
        self._path.replace(self._aside(1))
        self.close()

    def _aside(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _mend(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb+") as file:
            end = size = file.seek(0, os.SEEK_END)
            while end > 0:
                start = max(0, end - BLOCK_BYTES)
                file.seek(start)
                newline = file.read(end - start).rfind(b"\n")
                if newline >= 0:
                    end = start + newline + 1
                    break
                end = start
            if end < size:
                file.truncate(end)


def _backwards(path: Path) -> Iterator[str]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end = file.seek(0, os.SEEK_END)
        rest = b""
        while end > 0:
            start = max(0, end - BLOCK_BYTES)
            file.seek(start)
            rest, *lines = (file.read(end - start) + rest).split(b"\n")
            for line in reversed(lines):
                if line:
                    yield line.decode("utf-8", "replace")
            end = start
        if rest:
            yield rest.decode("utf-8", "replace")
