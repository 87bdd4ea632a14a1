"""Where in a log a record stands: by number, by time, at the start, at the end."""

from bisect import bisect_left
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import NamedTuple, ParamSpec

from messages.errors import LogGoneError
from messages.log.segments import START, Segment, list_segments

TRIES = 100
"""How often retention may be quicker than a seek."""
_P = ParamSpec("_P")


class Place(NamedTuple):
    """A place between two records. segment: open, None where there is no log yet.

    seq: number of the record that belongs at the offset. not_before: records below this are not wanted.
    """

    segment: Segment | None
    offset: int
    seq: int
    not_before: int


def _again_if_deleted(find: Callable[_P, Place]) -> Callable[_P, Place]:
    """Look again when retention deleted a file between its listing and its opening."""

    @wraps(find)
    def find_again(*args: _P.args, **kwargs: _P.kwargs) -> Place:
        for _ in range(TRIES):
            try:
                return find(*args, **kwargs)
            except FileNotFoundError as error:
                gone = error
        message = f"{gone.filename} is listed, but it is not there"
        raise LogGoneError(message)

    return find_again


@_again_if_deleted
def place_of_start(log_dir: Path) -> Place:
    """In front of the oldest record that is kept."""
    for first in list_segments(log_dir):
        return Place(Segment(log_dir, first), START, first, 0)
    return Place(None, START, 1, 0)


@_again_if_deleted
def place_of_end(log_dir: Path) -> Place:
    """Behind the newest whole append."""
    for first in reversed(list_segments(log_dir)):
        segment = _open(log_dir, first)
        close = segment.last_close() if segment.is_checked else None
        if close is None:
            return Place(segment, START, first, 0)
        return Place(segment, close.next_offset, close.record.seq + 1, 0)
    return Place(None, START, 1, 0)


@_again_if_deleted
def place_of_seq(log_dir: Path, seq: int) -> Place:
    """In front of a record, or where it will be. Raises LogGoneError if it was deleted."""
    segments = list_segments(log_dir)
    below = [first for first in segments if first <= seq]
    if not segments:
        return Place(None, START, seq, 0)
    if not below:
        message = f"record {seq} of {log_dir.name} is gone; the oldest kept is {segments[0]}"
        raise LogGoneError(message)
    segment = _open(log_dir, below[-1])
    if not segment.is_checked:
        return Place(segment, START, below[-1], seq)
    offset, next_seq, hit = segment.split(lambda record: record.seq >= seq)
    if hit is not None and hit.record.seq == seq:
        return Place(segment, hit.offset, seq, 0)
    # Not there (yet), or damaged: reading finds out which.
    return Place(segment, offset, next_seq, seq)


@_again_if_deleted
def place_of_time(log_dir: Path, at_ns: int) -> Place:
    """In front of the first record appended at or after a time; at the end if there is none yet."""
    segments = list_segments(log_dir)
    # Of equal times the first may still stand in the segment before.
    index = bisect_left(segments, at_ns, key=lambda first: _first_time(log_dir, first))
    for first in segments[max(0, index - 1) :]:
        segment = _open(log_dir, first)
        hit = segment.split(lambda record: record.at_ns >= at_ns)[2] if segment.is_checked else None
        if hit is not None:
            return Place(segment, hit.offset, hit.record.seq, 0)
        segment.close()
    return place_of_end(log_dir)


def _open(log_dir: Path, first: int) -> Segment:
    segment = Segment(log_dir, first)
    try:
        segment.read_header()
    except BaseException:
        segment.close()
        raise
    return segment


def _first_time(log_dir: Path, first: int) -> int:
    segment = _open(log_dir, first)
    found = segment.next_sound(START) if segment.is_checked else None
    segment.close()
    return found.record.at_ns if found is not None else 2**64
