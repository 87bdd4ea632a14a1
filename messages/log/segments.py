"""Finding segments and records inside them."""

import mmap
import os
from pathlib import Path
from typing import NamedTuple

from messages.log.format import (
    HEADER_BYTES,
    MOST_PAYLOAD_BYTES,
    RECORD_HEADER,
    RECORD_MAGIC,
    RECORD_MAGIC_BYTES,
    SEGMENT_HEADER,
    Record,
    crc_holds,
)


def list_segments(log_dir: Path) -> list[int]:
    """First sequence numbers of a log's segments, rising; [] where there is no log."""
    try:
        names = os.listdir(log_dir)
    except FileNotFoundError:
        return []
    return sorted(int(name[:-4]) for name in names if name.endswith(".seg") and name[:-4].isdigit())


class Found(NamedTuple):
    """A whole record in a buffer, and where the next one would start."""

    record: Record
    next_offset: int


def record_at(data: bytes | mmap.mmap, offset: int) -> Found | None:
    """The record that starts at offset, or None if no whole and sound one does."""
    if len(data) - offset < HEADER_BYTES:
        return None
    magic, kind, length, crc, seq, at_ns = RECORD_HEADER.unpack_from(data, offset)
    end = offset + HEADER_BYTES + length
    if magic != RECORD_MAGIC or length > MOST_PAYLOAD_BYTES or end > len(data):
        return None
    payload = bytes(data[offset + HEADER_BYTES : end])
    if not crc_holds(kind, length, crc, seq, at_ns, payload):
        return None
    return Found(Record(seq, at_ns, kind, payload), end)


def next_sound(data: bytes | mmap.mmap, offset: int) -> tuple[int, Found] | None:
    """The first whole and sound record that starts at or after offset, and where."""
    position = offset
    while (position := data.find(RECORD_MAGIC_BYTES, position)) >= 0:
        found = record_at(data, position)
        if found is not None:
            return position, found
        position += 1
    return None


class Tail(NamedTuple):
    """How a segment ends: behind its last sound record. last_seq: first_seq - 1 where it has none."""

    sound_end: int
    last_seq: int
    last_at_ns: int
    size: int


def examine_tail(path: Path, first_seq: int) -> Tail:
    """Find the last whole and sound record of a segment, from its end backwards.

    Reads only the end, so that a start costs the same whatever the segment's size. Broken bytes in the
    middle are not its business: a reader names them.
    """
    size = path.stat().st_size
    if size <= SEGMENT_HEADER.size:
        return Tail(min(size, SEGMENT_HEADER.size), first_seq - 1, 0, size)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        position = len(data)
        while (position := data.rfind(RECORD_MAGIC_BYTES, SEGMENT_HEADER.size, position + 1)) >= 0:
            found = record_at(data, position)
            if found is not None:
                return Tail(found.next_offset, found.record.seq, found.record.at_ns, size)
            if position == SEGMENT_HEADER.size:
                break
    return Tail(SEGMENT_HEADER.size, first_seq - 1, 0, size)


def first_offset_where(path: Path, seq: int | None, at_ns: int | None) -> int:
    """Byte offset of the first record with this or a later sequence number (or time); file size if none.

    Bisects over the bytes of the segment; both numbers rise with the offset.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size <= SEGMENT_HEADER.size:
            return SEGMENT_HEADER.size
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            low, high = SEGMENT_HEADER.size, len(data)
            while low < high:
                middle = (low + high) // 2
                hit = next_sound(data, middle)
                if hit is None or hit[0] >= high:
                    # Nothing starts in [middle, high): walk the little that is left below.
                    return _walk(data, low, high, seq, at_ns)
                position, found = hit
                if _reached(found.record, seq, at_ns):
                    high = position
                else:
                    low = found.next_offset
            return low


def _reached(record: Record, seq: int | None, at_ns: int | None) -> bool:
    return record.seq >= seq if seq is not None else record.at_ns >= (at_ns or 0)


def _walk(data: mmap.mmap, low: int, high: int, seq: int | None, at_ns: int | None) -> int:
    hit = next_sound(data, low)
    while hit is not None and hit[0] < high and not _reached(hit[1].record, seq, at_ns):
        hit = next_sound(data, hit[1].next_offset)
    return hit[0] if hit is not None and hit[0] < high else high
