"""Every byte of a log, looked at once: whole records with their bytes, and whatever else stands there."""

import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from messages.errors import CorruptLogError, ForeignLogError
from messages.log import Record
from messages.log.format import (
    HEADER_BYTES,
    LAST,
    MARK_AT,
    MOST_PAYLOAD_BYTES,
    RECORD_HEADER,
)
from messages.log.segments import START, Segment, list_segments

CHUNK_BYTES = 1024 * 1024


class Piece(NamedTuple):
    """Sound records that follow each other, and their bytes, headers included."""

    records: list[Record]
    data: bytes


class Flaw(NamedTuple):
    """Bytes that are not the records that belong there.

    first, last: sequence numbers that are missing; first 0: none are. is_tail: bytes behind the last whole
    append of the newest segment. is_foreign: the file is not of this program, or of a later version of it.
    is_gone: a segment was deleted between its listing and its opening; the store may have it.
    """

    what: str
    first: int = 0
    last: int = 0
    is_tail: bool = False
    is_foreign: bool = False
    is_gone: bool = False


def scan(log_dir: Path, from_ns: int) -> Iterator[Piece | Flaw]:
    """Walk a log from the segment on that holds the first record appended at or after a time.

    Every checksum is computed, every number compared with the one before. Nothing is handed out twice, and
    no part of an append that is not whole at the end of the log. What is written meanwhile is left for later.
    """
    firsts = list_segments(log_dir)
    begin = _begin(log_dir, firsts, from_ns)
    expected = 0
    for index in range(begin, len(firsts)):
        first = firsts[index]
        if expected and first > expected:
            yield Flaw(f"records {expected} to {first - 1} are missing in {log_dir}", expected, first - 1)
        elif expected and first < expected:
            yield Flaw(f"{log_dir / f'{first:020d}.seg'} begins with record {first}, which was there before")
        try:
            segment = Segment(log_dir, first)
        except FileNotFoundError:
            what = f"the segment of {log_dir} that begins with record {first} is gone"
            yield Flaw(what, first, first, is_gone=True)
            continue
        following = firsts[index + 1] if index + 1 < len(firsts) else 0
        try:
            walk = _Walk(segment, max(first, expected), following)
            yield from walk.pieces()
            expected = walk.expected
        finally:
            segment.close()


def _begin(log_dir: Path, firsts: list[int], from_ns: int) -> int:
    """Index of the first segment to look at: the newest one that begins before the time."""
    for index in range(len(firsts) - 1, 0, -1):
        try:
            segment = Segment(log_dir, firsts[index])
        except FileNotFoundError:
            continue
        try:
            if segment.read_header():
                found = segment.record_at(START)
                if found is not None and found.record.at_ns < from_ns:
                    return index
        except (CorruptLogError, ForeignLogError):
            continue
        finally:
            segment.close()
    return 0


class _End(Enum):
    """WHOLE: an append ends there. BROKEN: no record. UNFINISHED: of the log, part of an append at most."""

    WHOLE = 1
    BROKEN = 2
    UNFINISHED = 3


class _Walk:
    """One segment from its header to its end. following: number that the next one begins with, 0: none."""

    def __init__(self, segment: Segment, expected: int, following: int) -> None:
        self._segment = segment
        self._following = following
        self._size = segment.size()
        self.expected = expected

    def pieces(self) -> Iterator[Piece | Flaw]:
        segment = self._segment
        try:
            if not segment.read_header():
                yield self._end_flaw(f"{segment.path} has no whole header")
                return
        except ForeignLogError as error:
            yield Flaw(str(error), self.expected, self._last_of_segment(), is_foreign=True)
            self.expected = self._last_of_segment() + 1
            return
        except CorruptLogError as error:
            yield Flaw(str(error))
            if not segment.guess_salt():
                yield self._end_flaw(f"no record of {segment.path} can be read")
                return
        offset = START
        while offset < self._size:
            piece, offset, end = self._read(offset)
            if piece.records:
                yield piece
            if end is _End.BROKEN:
                flaw, offset = self._behind(offset)
                yield flaw
            elif end is _End.UNFINISHED:
                yield self._end_flaw(self._no_append(offset))
                return

    def _read(self, offset: int) -> "tuple[Piece, int, _End]":
        """The sound records from an offset on, where they end, and what stands there."""
        want = CHUNK_BYTES
        while True:
            wanted = min(want, self._size - offset)
            data = os.pread(self._segment.fd, wanted, offset)
            if len(data) < wanted:
                self._size = offset + len(data)  # a writer that starts takes a torn tail away
            is_end = offset + len(data) >= self._size
            records, at, closed, closed_at, sound = self._records(data)
            if not sound:
                end = _End.BROKEN
            elif not is_end:
                if not closed:
                    want *= 4
                    continue
                at, end = closed_at, _End.WHOLE  # the rest begins an append that goes on behind this chunk
            elif at == len(data) == closed_at:
                end = _End.WHOLE
            elif self._following or (at < len(data) and self._segment.next_sound(offset + at)):
                end = _End.BROKEN
            else:
                at, end = closed_at, _End.UNFINISHED
            if at == closed_at:
                del records[closed:]
            # What stands in front of damage is handed out even where its append is not whole.
            self.expected += len(records)
            return Piece(records, data[:at]), offset + at, end

    def _records(self, data: bytes) -> tuple[list[Record], int, int, int, bool]:
        """Sound records and where they end; how many of them close their appends, and where those end.

        Last: False where the bytes behind them are no record, True where they may be part of one.
        """
        unpack = RECORD_HEADER.unpack_from
        view = memoryview(data)
        salt, seq = self._segment.salt, self.expected
        last_start = len(data) - HEADER_BYTES
        records: list[Record] = []
        at = closed = closed_at = 0
        while at <= last_start:
            crc, mark, kind, length, found_seq, at_ns = unpack(data, at)
            end = at + HEADER_BYTES + length
            if end > len(data):
                return records, at, closed, closed_at, length <= MOST_PAYLOAD_BYTES
            if found_seq != seq or crc != crc32(view[at + MARK_AT : end], salt):
                return records, at, closed, closed_at, False
            records.append(Record(seq, at_ns, kind, data[at + HEADER_BYTES : end]))
            at = end
            seq += 1
            if mark == LAST:
                closed, closed_at = len(records), at
        return records, at, closed, closed_at, True

    def _behind(self, offset: int) -> tuple[Flaw, int]:
        """What is wrong at an offset, and where sound records go on."""
        segment, expected = self._segment, self.expected
        found = segment.next_sound(offset)
        where = f"{segment.path} at byte {offset}"
        if found is None or found.next_offset > self._size:
            return self._end_flaw(self._no_append(offset)), self._size
        if found.record.seq > expected:
            first, self.expected = expected, found.record.seq
            what = f"{where}: records {first} to {found.record.seq - 1} are missing or damaged"
            return Flaw(what, first, found.record.seq - 1), found.offset
        if found.record.seq == expected:
            what = f"{where}: {found.offset - offset} bytes in front of record {expected} are no record"
            return Flaw(what), found.offset
        again = found.record.seq
        while found.record.seq < expected:
            behind = segment.record_at(found.next_offset)
            if behind is None:
                break
            found = behind
        end = found.offset if found.record.seq >= expected else found.next_offset
        return Flaw(f"{where}: record {again} stands there again, behind record {expected - 1}"), end

    def _no_append(self, offset: int) -> str:
        return f"{self._segment.path} at byte {offset}: {self._size - offset} bytes are no whole append"

    def _end_flaw(self, what: str) -> Flaw:
        if self._following:
            first, self.expected = self.expected, max(self.expected, self._following)
            return Flaw(what, first, self._following - 1) if first < self._following else Flaw(what)
        return Flaw(what, is_tail=True)

    def _last_of_segment(self) -> int:
        return max(self.expected, self._following - 1)
