"""Reading a log: from anywhere, in order, following a live writer."""

import os
from pathlib import Path
from typing import Self

from messages.errors import CorruptLogError, LogGoneError
from messages.log.format import (
    HEADER_BYTES,
    MOST_PAYLOAD_BYTES,
    RECORD_HEADER,
    RECORD_MAGIC,
    SEGMENT_HEADER,
    Record,
    check_segment_header,
    crc_holds,
    segment_name,
)
from messages.log.retention import load_cursor, save_cursor
from messages.log.segments import examine_tail, first_offset_where, list_segments, next_sound

CHUNK_BYTES = 256 * 1024
TAIL_PATIENCE = 200
"""How many times bytes that do not (yet) make a record are looked at again before they count as damage.
A reader may see a part of a `write` that is still going on; it never sees it for long."""


class LogReader:
    """A cursor into a log. Returns every record once, in order; never a damaged one, never a part.

    name: with a name the cursor can be saved and holds retention back. A log that does not exist yet
    reads as empty. Not for use by several threads.
    """

    def __init__(self, log_dir: Path, name: str = "") -> None:
        self._dir = log_dir
        self._name = name
        self._fd = -1
        self._segment_first = 1
        self._path = ""
        self._offset = 0
        self._buffer = b""
        self._at = 0
        self._impatience = 0
        self.next_seq = 1
        """Sequence number of the record that the next read begins with."""
        self.drained = False
        """The last read reached the end of the log."""
        self._goto(next(iter(list_segments(log_dir)), 1), SEGMENT_HEADER.size)

    # -- where to read

    def seek_start(self) -> None:
        """Go to the oldest record that is kept."""
        self._goto(next(iter(list_segments(self._dir)), 1), SEGMENT_HEADER.size)

    def seek_end(self) -> None:
        """Go behind the newest whole record."""
        segments = list_segments(self._dir)
        if not segments:
            self._goto(1, SEGMENT_HEADER.size)
            return
        tail = examine_tail(self._dir / segment_name(segments[-1]), segments[-1])
        self._goto(segments[-1], tail.sound_end, tail.last_seq + 1)

    def seek_seq(self, seq: int) -> None:
        """Go to a record by its number; one that is not written yet is waited for by reading.

        Raises LogGoneError if retention has deleted it.
        """
        segments = list_segments(self._dir)
        below = [first for first in segments if first <= seq]
        if segments and not below:
            message = f"record {seq} of {self._dir.name} is gone; the oldest kept is {segments[0]}"
            raise LogGoneError(message)
        if not below:
            self._goto(seq, SEGMENT_HEADER.size)
            return
        offset = first_offset_where(self._dir / segment_name(below[-1]), seq, None)
        self._goto(below[-1], offset, seq)

    def seek_time(self, at_ns: int) -> None:
        """Go to the first record appended at or after a time; to the end if there is none yet."""
        segments = list_segments(self._dir)
        candidates = [s for s in segments if self._first_time(s) <= at_ns][-1:] or segments[:1]
        for first in segments[segments.index(candidates[0]) :] if candidates else ():
            path = self._dir / segment_name(first)
            offset = first_offset_where(path, None, at_ns)
            with path.open("rb") as file:
                head = os.pread(file.fileno(), HEADER_BYTES, offset)
            if len(head) == HEADER_BYTES:
                self._goto(first, offset, RECORD_HEADER.unpack(head)[4])
                return
        self.seek_end()

    # -- reading

    def read(self, limit: int = 1000, kinds: frozenset[int] | None = None) -> list[Record]:
        """Return the next records, at most `limit`. Never blocks.

        kinds: return only these; others are passed over, at most 16 x limit in one call. `drained`
        then says whether the end of the log was reached: [] alone does not.
        Raises CorruptLogError on damage (`skip_damage` goes on behind it), LogGoneError.
        """
        out: list[Record] = []
        passed = 0
        self.drained = False
        unpack = RECORD_HEADER.unpack_from
        while len(out) < limit and passed < 16 * limit:
            buffer, at, seq = self._buffer, self._at, self.next_seq
            complete = len(buffer) - HEADER_BYTES
            while at <= complete:
                magic, kind, length, crc, found_seq, at_ns = unpack(buffer, at)
                if magic != RECORD_MAGIC or found_seq != seq or length > MOST_PAYLOAD_BYTES:
                    break
                start = at + HEADER_BYTES
                if start + length > len(buffer):
                    break
                if kinds is None or kind in kinds:
                    payload = buffer[start : start + length]
                    if not crc_holds(kind, length, crc, seq, at_ns, payload):
                        break
                    out.append(Record(seq, at_ns, kind, payload))
                else:
                    passed += 1
                at = start + length
                seq += 1
                if len(out) >= limit or passed >= 16 * limit:
                    break
            if seq != self.next_seq:
                self._at, self.next_seq, self._impatience = at, seq, 0
            elif not self._more():
                self.drained = True
                break
        return out

    def skip_damage(self) -> int:
        """Go to the next sound record behind damage; return how many records were lost."""
        hit = next_sound(Path(self._path).read_bytes(), self._offset + self._at + 1)
        segments = [first for first in list_segments(self._dir) if first > self.next_seq]
        lost_from = self.next_seq
        if hit is not None:
            self._goto(self._segment_first, hit[0], hit[1].record.seq)
        elif segments:
            self._goto(segments[0], SEGMENT_HEADER.size)
        else:
            self.seek_end()
        return self.next_seq - lost_from

    def save_cursor(self) -> None:
        """Note durably that everything before `next_seq` is done with. Needs a name."""
        save_cursor(self._dir, self._name, self.next_seq)

    def load_cursor(self) -> int | None:
        """Where a reader of this name stopped last, or None."""
        return load_cursor(self._dir, self._name)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- inside

    def _goto(self, segment_first: int, offset: int, next_seq: int | None = None) -> None:
        self.close()
        self._segment_first = segment_first
        self._path = str(self._dir / segment_name(segment_first))
        self._offset = offset
        self._buffer = b""
        self._at = 0
        self._impatience = 0
        self.next_seq = segment_first if next_seq is None else next_seq

    def _first_time(self, first: int) -> int:
        with (self._dir / segment_name(first)).open("rb") as file:
            head = file.read(SEGMENT_HEADER.size + HEADER_BYTES)
        if len(head) < SEGMENT_HEADER.size + HEADER_BYTES:
            return 2**63
        at_ns: int = RECORD_HEADER.unpack_from(head, SEGMENT_HEADER.size)[5]
        return at_ns

    def _open(self) -> bool:
        if self._fd >= 0:
            return True
        try:
            self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return self._find_segment()
        check_segment_header(self._path, os.pread(self._fd, SEGMENT_HEADER.size, 0), self._segment_first)
        return True

    def _find_segment(self) -> bool:
        # Either the log does not exist yet, or its beginning was deleted while we looked away.
        segments = list_segments(self._dir)
        if not segments:
            return False
        if segments[0] <= self.next_seq:
            self.seek_seq(self.next_seq)
            return self._segment_first in segments and self._open()
        message = f"record {self.next_seq} of {self._dir.name} is gone; the oldest kept is {segments[0]}"
        raise LogGoneError(message)

    def _more(self) -> bool:
        """Get bytes behind the last whole record. False when there are none (yet). Raises on damage."""
        if not self._open():
            return False
        if self._fill():
            return True
        following = self._dir / segment_name(self.next_seq)
        if self.next_seq == self._segment_first or not following.exists():
            return False
        # The name of the next segment says that this one is complete. Look once more: it may have been
        # written to between our look at it and the birth of the next.
        if not self._fill():
            self._goto(self.next_seq, SEGMENT_HEADER.size)
        return True

    def _fill(self) -> bool:
        # Always from the start of the record on: what was half there may have been mended meanwhile.
        self._offset += self._at
        self._at = 0
        self._buffer = data = os.pread(self._fd, CHUNK_BYTES, self._offset)
        if len(data) < HEADER_BYTES:
            return False
        magic, kind, length, crc, seq, at_ns = RECORD_HEADER.unpack_from(data)
        if magic != RECORD_MAGIC or seq != self.next_seq or length > MOST_PAYLOAD_BYTES:
            return self._doubt("no record starts here")
        if HEADER_BYTES + length > len(data):
            self._buffer = data = os.pread(self._fd, HEADER_BYTES + length, self._offset)
            if len(data) < HEADER_BYTES + length:
                return False
        if not crc_holds(kind, length, crc, seq, at_ns, data[HEADER_BYTES : HEADER_BYTES + length]):
            return self._doubt("its checksum does not hold")
        return True

    def _doubt(self, what: str) -> bool:
        self._buffer = b""
        self._impatience += 1
        segments = list_segments(self._dir)
        if self._impatience > TAIL_PATIENCE or (segments and segments[-1] > self._segment_first):
            raise CorruptLogError(self._path, self._offset, self.next_seq, what)
        return False
