"""Reading a log: from anywhere, in order, following a live writer."""

import os
import time
from pathlib import Path
from typing import Self
from zlib import crc32

from messages.errors import CorruptLogError, LogError, LogGoneError
from messages.log.format import (
    HEADER_BYTES,
    LAST,
    MARK_AT,
    MORE,
    RECORD_HEADER,
    Record,
    segment_name,
    whole_bytes,
)
from messages.log.retention import load_cursor, save_cursor
from messages.log.seek import Place, place_of_end, place_of_seq, place_of_start, place_of_time
from messages.log.segments import START, Segment, list_segments

CHUNK_BYTES = 256 * 1024
TAIL_CHUNK_BYTES = 16 * 1024
"""Read at once at the end of a log. A large read makes and frees a large block of memory, which at the end,
where there is little to read, would cost more than all the rest."""
REST_S = 0.05
"""For so long after it was last seen to be the newest, `rests` takes a file that has not grown to have no
successor."""


class LogReader:
    """A cursor into a log. Returns every record once, in order; never a damaged one, never a part of one.

    Records of one append appear together: none before all are there. name: with a name the cursor can
    be saved and holds retention back. A log that does not exist yet reads as empty. Not for use by
    several threads.
    """

    def __init__(self, log_dir: Path, name: str = "") -> None:
        self._dir = log_dir
        self._name = name
        self._segment: Segment | None = None
        self._salt: int
        self._offset: int
        """Where in the segment the buffer begins."""
        self._buffer: bytes
        self._usable: int
        """How many bytes of the buffer are whole appends."""
        self._at: int
        """Where in the buffer record `_seq` begins."""
        self._seq: int
        self._not_before: int
        """Records below this number were not asked for."""
        self._base: tuple[int, int]
        """Offset and number of the record that the buffer was filled from."""
        self._is_tail: bool
        self._is_newest: bool
        self._is_final: bool
        """A later segment exists, so nothing more will come to this one."""
        self._quiet_size: int
        """Size at which the bytes behind the last whole append were found to be no damage."""
        self._rest_until_s: float
        self.drained: bool
        """The last read reached the end of the log."""
        self._go(place_of_start(log_dir))

    # -- where to read

    @property
    def next_seq(self) -> int:
        """Sequence number of the record that the next read begins with."""
        return max(self._seq, self._not_before)

    def seek_start(self) -> None:
        """Go to the oldest record that is kept."""
        self._go(place_of_start(self._dir))

    def seek_end(self) -> None:
        """Go behind the newest whole append."""
        self._go(place_of_end(self._dir))

    def seek_seq(self, seq: int) -> None:
        """Go to a record by its number; one that is not written yet is waited for by reading.

        Raises LogGoneError if retention has deleted it, CorruptLogError, ForeignLogError.
        """
        self._go(place_of_seq(self._dir, seq))

    def seek_segment(self, first_seq: int) -> None:
        """Go to the start of a segment, whatever its header looks like: reading says that.

        Raises FileNotFoundError.
        """
        self._go(Place(Segment(self._dir, first_seq), START, first_seq, 0))

    def seek_time(self, at_ns: int) -> None:
        """Go to the first record appended at or after a time; to the end if there is none yet.

        Raises CorruptLogError, ForeignLogError.
        """
        self._go(place_of_time(self._dir, at_ns))

    # -- reading

    def read(
        self, limit: int = 1000, kinds: frozenset[int] | None = None, thorough: bool = True
    ) -> list[Record]:
        """Return the next records, at most `limit`. Never blocks.

        kinds: return only these; others are passed over unchecked. One call looks at 16 x limit at most.
        `drained` then says whether the end of the log was reached: [] alone does not. thorough: after the
        last record, look whether more has come meanwhile; False: what one look showed is enough, for
        who will be woken for more.
        Raises CorruptLogError on damage (`skip_damage` goes on behind it), LogGoneError, ForeignLogError;
        never before what was read in front of the trouble has been returned.
        """
        while self._seq < self._not_before:
            self._collect(min(limit, self._not_before - self._seq), None, True)
            if self.drained:
                return []
        return self._collect(limit, kinds, thorough)

    def _collect(self, limit: int, kinds: frozenset[int] | None, thorough: bool) -> list[Record]:
        out: list[Record] = []
        most = 16 * limit
        self.drained = False
        unpack = RECORD_HEADER.unpack_from
        # Where each record counts, what NamedTuple's own constructor adds to this is a tenth of all.
        make, append = tuple.__new__, out.append
        while len(out) < limit and most > 0:
            buffer, usable, at, seq = self._buffer, self._usable, self._at, self._seq
            salt, is_tail = self._salt, self._is_tail
            last_start = usable - HEADER_BYTES
            if kinds is None:  # the same as below without the questions that it need not ask
                for _ in range(limit - len(out)):
                    if at > last_start:
                        break
                    crc, mark, kind, length, found_seq, at_ns = unpack(buffer, at)
                    end = at + HEADER_BYTES + length
                    if found_seq != seq or end > usable or (mark != LAST and mark != MORE):
                        break
                    if crc != crc32(buffer[at + MARK_AT : end], salt):
                        break
                    append(make(Record, (seq, at_ns, kind, buffer[at + HEADER_BYTES : end])))
                    at = end
                    seq += 1
            else:
                first = seq
                while at <= last_start and seq - first < most:
                    crc, mark, kind, length, found_seq, at_ns = unpack(buffer, at)
                    end = at + HEADER_BYTES + length
                    if found_seq != seq or end > usable or (mark != LAST and mark != MORE):
                        break
                    if kind in kinds:
                        if crc != crc32(buffer[at + MARK_AT : end], salt):
                            break
                        append(make(Record, (seq, at_ns, kind, buffer[at + HEADER_BYTES : end])))
                        if len(out) >= limit:
                            at = end
                            seq += 1
                            break
                    elif is_tail and crc != crc32(buffer[at + MARK_AT : end], salt):
                        break
                    at = end
                    seq += 1
                most -= seq - first
            if seq != self._seq:
                self._at, self._seq = at, seq
                if at == len(buffer) and is_tail and self._is_newest and not thorough:
                    self._rest(self._offset + at)
                    self.drained = True
                    break
                continue
            try:
                if self._more():
                    continue
            except LogError:
                if not out:
                    raise
                break  # the next read says it again
            self.drained = True
            break
        return out

    def rests(self, now_s: float) -> bool:
        """Say by one cheap look that a read would bring nothing. now_s: the monotonic clock.

        For readers of many logs, most of which are quiet at any moment. False means: read and see. True
        may be wrong for at most 50 ms, where the writer has begun a new segment, or the log
        itself.
        """
        if now_s >= self._rest_until_s:
            return False
        segment = self._segment
        return segment is None or os.lseek(segment.fd, 0, os.SEEK_END) == self._quiet_size

    def look(self, now_s: float) -> bool:
        """Renew in good time what `rests` goes by; False where the log goes on in another file.

        For idle moments: where they are not more than 25 ms apart, no quiet log costs a thorough look at a
        moment when records of another wait. now_s: the monotonic clock.
        """
        if now_s < self._rest_until_s - REST_S / 2:
            return True
        segment = self._segment
        if segment is None:
            is_last = not list_segments(self._dir)
        else:
            stat = os.fstat(segment.fd)
            if stat.st_size != self._quiet_size:
                return True  # there is something to read, and whoever wrote it rings
            is_last = self._is_last(segment, stat)
        self._rest_until_s = now_s + REST_S if is_last else 0.0
        return is_last

    def skip_damage(self) -> int:
        """Go to the next sound record behind damage; return how many records were lost.

        Where nothing sound stands behind it, it stays; the next record there may mend it.
        """
        lost_from = self.next_seq
        segment = self._segment
        if segment is None:
            return 0
        if segment.is_checked or segment.guess_salt():
            found = segment.next_sound(self._offset + self._at)
            while found is not None and found.record.seq < lost_from:
                self._set(segment, found.next_offset, lost_from)
                found = segment.next_sound(found.next_offset)
            if found is not None:
                self._set(segment, found.offset, found.record.seq)
                return found.record.seq - lost_from
        later = [first for first in list_segments(self._dir) if first > segment.first_seq]
        if not later:
            return 0
        self._go(Place(Segment(self._dir, later[0]), START, later[0], lost_from))
        return max(0, later[0] - lost_from)

    def save_cursor(self) -> None:
        """Note durably that everything before `next_seq` is done with. Needs a name."""
        save_cursor(self._dir, self._name, self.next_seq)

    def load_cursor(self) -> int | None:
        """Where a reader of this name stopped last, or None.

        Never beyond the end: what a power cut took from the log is not done with when it comes again.
        """
        cursor = load_cursor(self._dir, self._name)
        if cursor is None:
            return None
        end = place_of_end(self._dir)
        if end.segment is not None:
            end.segment.close()
        return min(cursor, end.seq)

    def close(self) -> None:
        if self._segment is not None:
            self._segment.close()
            self._segment = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- inside

    def _go(self, place: Place) -> None:
        self.close()
        self._not_before = place.not_before
        self._set(place.segment, place.offset, place.seq)

    def _set(self, segment: Segment | None, offset: int, seq: int) -> None:
        self._segment = segment
        self._salt = segment.salt if segment is not None else 0
        self._offset = offset
        self._seq = seq
        self._buffer = b""
        self._usable = 0
        self._at = 0
        self._base = (offset, seq)
        self._is_tail = False
        self._is_newest = False
        self._is_final = False
        self._quiet_size = -1
        self._rest_until_s = 0.0
        self.drained = False

    def _more(self) -> bool:
        """Get what stands behind the last record read. False where there is nothing (yet)."""
        if self._segment is None:
            self._go(place_of_seq(self._dir, self.next_seq))  # the log may exist by now
        segment = self._segment
        if segment is None:
            self._rest_until_s = time.monotonic() + REST_S
            return False
        if not segment.is_checked and not self._check(segment):
            return False
        return self._fill(segment) or self._follow(segment)

    def _check(self, segment: Segment) -> bool:
        if segment.read_header():
            self._salt = segment.salt
            return True
        if list_segments(self._dir)[-1:] > [segment.first_seq]:
            raise CorruptLogError(segment.path, 0, self._seq, "the file is cut off in its header")
        self._go(Place(None, START, self.next_seq, 0))  # a writer will make this file anew
        return False

    def _fill(self, segment: Segment) -> bool:
        # Always from the start of a record on: what was half there may have been mended meanwhile.
        self._offset += self._at
        self._at = self._usable = 0
        want_bytes = TAIL_CHUNK_BYTES if self._is_newest else CHUNK_BYTES
        while True:
            data = os.pread(segment.fd, want_bytes, self._offset)
            usable = whole_bytes(data, self._salt, self._seq, self._is_final)
            self._is_tail = len(data) < want_bytes
            if usable or self._is_tail:
                break
            want_bytes *= 4
        if not usable:
            return False
        crc, mark, _, length, seq, _ = RECORD_HEADER.unpack_from(data)
        end = HEADER_BYTES + length
        if mark not in (LAST, MORE) or seq != self._seq or end > usable:
            return False
        if crc != crc32(data[MARK_AT:end], self._salt):
            return False
        self._buffer, self._usable = data, usable
        self._base = (self._offset, self._seq)
        return True

    def _follow(self, segment: Segment) -> bool:
        """No whole append stands here: go on to the next segment, wait (False), or name the damage."""
        stat = os.fstat(segment.fd)
        is_quiet = stat.st_size in (self._offset, self._quiet_size)
        if self._is_newest and is_quiet and self._is_last(segment, stat):
            self._rest(stat.st_size)
            return False
        segments = list_segments(self._dir)
        later = [first for first in segments if first > segment.first_seq]
        close = segment.last_close() if segment.size() > self._offset else None
        # The names are seen: what belongs in front of them is whole now. It may not have been before.
        self._is_final = bool(later)
        if self._fill(segment):
            return True
        if stat.st_nlink == 0 and later[:1] != [self._seq]:
            oldest = f"the oldest kept is {segments[0]}" if segments else "nothing is kept"
            message = f"record {self._seq} of {self._dir.name} is gone; {oldest}"
            raise LogGoneError(message)
        if later and segment.size() <= self._offset:
            if later[0] != self._seq:
                missing = f"the next segment starts with record {later[0]}"
                raise CorruptLogError(segment.path, self._offset, self._seq, missing)
            self._go(Place(Segment(self._dir, later[0]), START, later[0], self._not_before))
            return True
        if later or (close is not None and close.offset >= self._offset):
            raise self._damage(segment)
        self._is_newest = True
        self._rest(stat.st_size)
        return False

    def _is_last(self, segment: Segment, stat: os.stat_result) -> bool:
        """Whether the log has not gone on in another file, and this one was not deleted."""
        following = os.path.join(self._dir, segment_name(self._seq))
        return stat.st_nlink > 0 and (following == segment.path or not os.path.exists(following))

    def _rest(self, size: int) -> None:
        self._quiet_size = size
        self._rest_until_s = time.monotonic() + REST_S

    def _damage(self, segment: Segment) -> CorruptLogError:
        # What a filter passed over was not checked: a wrong length there led here. Then the damage is there.
        offset, seq = self._base
        before = None
        while offset < self._offset:
            before = (offset, seq)
            length = RECORD_HEADER.unpack_from(self._buffer, offset - self._base[0])[3]
            offset, seq = offset + HEADER_BYTES + length, seq + 1
        if before is not None and segment.record_at(before[0]) is None:
            self._set(segment, *before)
        return CorruptLogError(segment.path, self._offset, self._seq, "no sound record stands there")
