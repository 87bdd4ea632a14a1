"""What a writer finds when it starts: where the log ends, and what a crash left behind that."""

import contextlib
import os
from pathlib import Path
from typing import Final, NamedTuple

from messages.log.durable import sync_file
from messages.log.retention import take_back_cursors
from messages.log.segments import START, Segment, list_segments

NEVER_NS: Final = 2**63


class End(NamedTuple):
    """Where a log goes on. path: its newest segment; None where a new one is to be made.

    size, salt: of that segment. last_at_ns: 0 where the log has no record. segment_from_ns: append time of
    the segment's first record, NEVER_NS without one.
    """

    path: Path | None
    size: int
    salt: int
    next_seq: int
    last_at_ns: int
    segment_from_ns: int = NEVER_NS


def recover(log_dir: Path) -> End:
    """Find the end of a log, and mend it: behind it is what no `append` had returned for.

    Raises CorruptLogError, ForeignLogError, OSError.
    """
    for left_over in log_dir.glob("*.new"):
        left_over.unlink()
    end = _find_end(log_dir)
    take_back_cursors(log_dir, end.next_seq)
    return end


def _find_end(log_dir: Path) -> End:
    segments = list_segments(log_dir)
    last_at_ns = 0
    for first in reversed(segments):
        segment = Segment(log_dir, first)
        try:
            if not segment.read_header():
                # A power cut fell into its creation; it has no records. Only the newest can be so.
                path = Path(segment.path)
                path.replace(path.with_suffix(".torn-0"))
                return End(None, 0, 0, first, _last_time(log_dir, segments[:-1]))
            close = segment.last_close()
            if close is None:
                size, next_seq, last_at_ns = START, first, _last_time(log_dir, segments[:-1])
            else:
                size, next_seq, last_at_ns = close.next_offset, close.record.seq + 1, close.record.at_ns
            if size < segment.size():
                _set_torn_tail_aside(Path(segment.path), size)
            begin = segment.next_sound(START) if size > START else None
            from_ns = begin.record.at_ns if begin is not None else NEVER_NS
            return End(Path(segment.path), size, segment.salt, next_seq, last_at_ns, from_ns)
        finally:
            segment.close()
    return End(None, 0, 0, 1, last_at_ns)


def _last_time(log_dir: Path, segments: list[int]) -> int:
    # The newest segment has no record yet; append times must not fall all the same.
    for first in reversed(segments):
        segment = Segment(log_dir, first)
        try:
            close = segment.last_close() if segment.read_header() else None
        finally:
            segment.close()
        if close is not None:
            return close.record.at_ns
    return 0


def _set_torn_tail_aside(path: Path, sound_end: int) -> None:
    # Nobody was promised these bytes, but they may help to find out what happened.
    with path.open("r+b") as file:
        file.seek(sound_end)
        torn = file.read()
        with contextlib.suppress(OSError):
            path.with_suffix(f".torn-{sound_end}").write_bytes(torn)
        os.ftruncate(file.fileno(), sound_end)
        sync_file(file.fileno())
