"""Finding segments, and records inside them, in files that a writer may still extend or cut.

Nothing here maps a file into memory: a writer that takes back a torn tail would kill a process that
has it mapped.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from messages.log.format import (
    HEADER_BYTES,
    LAST,
    LAST_BYTES,
    MARK_AT,
    MARK_PATTERN,
    MORE,
    MOST_PAYLOAD_BYTES,
    RECORD_HEADER,
    SEGMENT_HEADER,
    Record,
    check_segment_header,
    salts,
    segment_name,
)

START: Final = SEGMENT_HEADER.size
"""Where the first record of a segment stands."""
SMALL_WINDOW_BYTES: Final = 4096
LARGE_WINDOW_BYTES: Final = 1024 * 1024
MOST_RECORDS: Final = 2**32
"""Of a segment, so that few of the marks found in payloads cost more than a look."""
_find_mark: Final = re.compile(MARK_PATTERN, re.DOTALL).search


def list_segments(log_dir: Path) -> list[int]:
    """First sequence numbers of a log's segments, rising; [] where there is no log."""
    try:
        names = os.listdir(log_dir)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(name[:-4]) for name in names if name.endswith(".seg") and name[:-4].isdigit())


class Found(NamedTuple):
    """A whole and sound record, and the bytes it takes: from offset up to next_offset."""

    offset: int
    record: Record
    closes: bool
    next_offset: int


class Segment:
    """One segment file, open for reading. Raises FileNotFoundError.

    Its records can be looked at once `read_header` or `guess_salt` has said True.
    """

    def __init__(self, log_dir: Path, first_seq: int) -> None:
        self.first_seq = first_seq
        self.path = str(log_dir / segment_name(first_seq))
        self.salt = 0
        self.is_checked = False
        self.fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        os.close(self.fd)

    def read_header(self) -> bool:
        """Check the header. False: it is not whole, because a power cut fell into the file's creation.

        Raises ForeignLogError, CorruptLogError.
        """
        header = os.pread(self.fd, START, 0)
        if len(header) < START:
            return False
        self.salt = check_segment_header(self.path, header, self.first_seq)
        self.is_checked = True
        return True

    def guess_salt(self) -> bool:
        """Find out from a damaged header what its records can be checked with."""
        header = os.pread(self.fd, START, 0)
        if len(header) == START:
            for self.salt in salts(header):
                if self.next_sound(START) is not None:
                    self.is_checked = True
                    break
        return self.is_checked

    def size(self) -> int:
        return os.fstat(self.fd).st_size

    def record_at(self, offset: int) -> Found | None:
        """The record that starts at offset, or None if no whole and sound one does."""
        head = os.pread(self.fd, HEADER_BYTES, offset)
        if len(head) < HEADER_BYTES:
            return None
        crc, mark, kind, length, seq, at_ns = RECORD_HEADER.unpack(head)
        is_likely = mark in (LAST, MORE) and 0 <= seq - self.first_seq < MOST_RECORDS
        if not is_likely or length > MOST_PAYLOAD_BYTES:
            return None
        payload = os.pread(self.fd, length, offset + HEADER_BYTES)
        if len(payload) < length or crc != crc32(payload, crc32(head[MARK_AT:], self.salt)):
            return None
        return Found(offset, Record(seq, at_ns, kind, payload), mark == LAST, offset + HEADER_BYTES + length)

    def next_sound(self, offset: int) -> Found | None:
        """The first whole and sound record that starts at or after offset."""
        window_bytes = SMALL_WINDOW_BYTES
        while len(window := os.pread(self.fd, window_bytes, offset)) >= HEADER_BYTES:
            at = MARK_AT
            while mark := _find_mark(window, at):
                found = self.record_at(offset + mark.start() - MARK_AT)
                if found is not None:
                    return found
                at = mark.start() + 1
            offset += len(window) - MARK_AT - 1  # the last byte may be the first of a mark
            window_bytes = min(2 * window_bytes, LARGE_WINDOW_BYTES)
        return None

    def last_close(self) -> Found | None:
        """The last whole and sound record that closes an append, found from the end of the file.

        So a start costs the same whatever the segment's size. Broken bytes in the middle are not its
        business: a reader names them.
        """
        window_bytes = SMALL_WINDOW_BYTES
        end = self.size()
        while end - START >= HEADER_BYTES:
            start = max(START, end - window_bytes)
            window = os.pread(self.fd, end - start, start)
            at = len(window)
            while (at := window.rfind(LAST_BYTES, MARK_AT, at)) >= 0:
                found = self.record_at(start + at - MARK_AT)
                if found is not None:
                    return found
                at += 1
            if start == START:
                break
            end = start + MARK_AT + 1  # the first byte of a mark may be the last that we saw
            window_bytes = min(2 * window_bytes, LARGE_WINDOW_BYTES)
        return None

    def split(self, reached: Callable[[Record], bool]) -> tuple[int, int, Found | None]:
        """Divide the sound records into those not `reached`, which come first, and those that are.

        Returns offset and sequence number behind the former, and the first of the latter. Bisects over
        the bytes, so `reached` must stay true once it is.
        """
        low, low_seq, high = START, self.first_seq, self.size()
        first_reached = None
        while low < high:
            middle = (low + high) // 2
            found = self.next_sound(middle)
            if found is None or found.offset >= high:
                high = middle
            elif reached(found.record):
                high, first_reached = middle, found
            else:
                low, low_seq = found.next_offset, found.record.seq + 1
        return low, low_seq, first_reached
