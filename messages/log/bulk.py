"""Writing a whole log at once, from what is known already."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from messages.base import Message
from messages.codec import encode
from messages.errors import UnwritableLogError
from messages.log.durable import sync_file, sync_folder
from messages.log.format import (
    LAST,
    MORE,
    check_segment_header,
    pack_record,
    pack_segment_header,
    segment_name,
)

SEGMENT_BYTES = 64 * 1024 * 1024
BUFFER_BYTES = 256 * 1024


class BulkWriter:
    """Writes a new log that nobody follows meanwhile; readers find what LogWriter would have left.

    The same appends give the same files, byte for byte: no clock is read, a segment counts as made when its
    first record was appended. What was appended is in the files after `flush`, on the disk after `close`.
    Raises UnwritableLogError, also where the folder holds something already.
    """

    def __init__(self, log_dir: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._dir = log_dir
        self._segment_bytes = segment_bytes
        self._fd = -1
        self._size = 0
        self._salt = 0
        self._buffer = bytearray()
        self.next_seq = 1
        """Sequence number of the next record."""
        self.last_at_ns = 0
        """Append time of the newest record."""
        try:
            log_dir.mkdir(parents=True)
        except OSError as error:
            raise self._error(error) from error

    def append(self, messages: Sequence[Message], at_ns: int) -> int:
        """Append messages as one append; return the sequence number of the first."""
        at_ns = max(at_ns, self.last_at_ns)
        if self._fd < 0 or self._size >= self._segment_bytes:
            self._begin_segment(at_ns)
        salt, buffer = self._salt, self._buffer
        seq = first = self.next_seq
        last = first + len(messages) - 1
        before = len(buffer)
        for message in messages:
            mark = LAST if seq == last else MORE
            buffer += pack_record(salt, mark, message.kind, seq, at_ns, encode(message))
            seq += 1
        self._size += len(buffer) - before
        self.next_seq = seq
        self.last_at_ns = at_ns
        if len(buffer) >= BUFFER_BYTES:
            self.flush()
        return first

    def flush(self) -> None:
        """Bring everything into the files, where readers find it."""
        try:
            while self._buffer:
                del self._buffer[: os.write(self._fd, self._buffer)]
        except OSError as error:
            raise self._error(error) from error

    def close(self) -> None:
        """Bring everything to the disk and let go of the log."""
        if self._fd < 0:
            return
        try:
            self.flush()
            sync_file(self._fd)
            sync_folder(self._dir)
        except OSError as error:
            raise self._error(error) from error
        finally:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin_segment(self, at_ns: int) -> None:
        self.close()
        path = self._dir / segment_name(self.next_seq)
        header = pack_segment_header(self.next_seq, at_ns)
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._error(error) from error
        self._buffer += header
        self._size = len(header)
        self._salt = check_segment_header(str(path), header, self.next_seq)

    def _error(self, error: OSError) -> UnwritableLogError:
        return UnwritableLogError(f"{self._dir} cannot be written: {error.strerror}")
