"""What the tests of the log share: messages, whole logs, and reading them back."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from messages import DayVolume, FrameReceived, Message
from messages.log import LogReader, LogSettings, LogWriter, Record
from messages.log.format import HEADER_BYTES, LAST, RECORD_HEADER
from messages.log.segments import START, list_segments

SMALL = LogSettings(segment_bytes=400, fsync_s=3600)
"""A few records a segment."""
QUIET = LogSettings(fsync_s=3600)
"""One segment, and no background work while the test looks."""


def volume(n: int) -> DayVolume:
    return DayVolume("coinbase", "BTC-USD", n, n, n)


def frame(data: bytes) -> FrameReceived:
    return FrameReceived(1, 2, "ws", data)


def write(log_dir: Path, appends: Iterable[list[Message]], settings: LogSettings = QUIET) -> list[bytes]:
    """Write a log, one second between appends; return the payloads."""
    with LogWriter(log_dir, settings) as writer:
        for number, messages in enumerate(appends):
            writer.append(messages, (number + 1) * 10**9)
    return [record.payload for record in read_all(log_dir)]


def drain(reader: LogReader, limit: int = 1000, kinds: frozenset[int] | None = None) -> list[Record]:
    """Everything from here to the end."""
    out: list[Record] = []
    while True:
        out += reader.read(limit, kinds)
        if reader.drained:
            return out


def read_all(log_dir: Path, limit: int = 1000, kinds: frozenset[int] | None = None) -> list[Record]:
    with LogReader(log_dir) as reader:
        return drain(reader, limit, kinds)


def seqs(records: Iterable[Record]) -> list[int]:
    return [record.seq for record in records]


def segment_paths(log_dir: Path) -> list[Path]:
    return [log_dir / f"{first:020d}.seg" for first in list_segments(log_dir)]


def copy(log_dir: Path, to: Path) -> Path:
    """A fresh copy of a log, to be damaged."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(log_dir, to)
    return to


class Span(NamedTuple):
    """The bytes of one record in its file. closes: its append ends with it."""

    seq: int
    start: int
    end: int
    closes: bool


def spans(path: Path) -> list[Span]:
    """Where the records of an undamaged segment stand."""
    data = path.read_bytes()
    out, offset = [], START
    while offset < len(data):
        _, mark, _, length, seq, _ = RECORD_HEADER.unpack_from(data, offset)
        out.append(Span(seq, offset, offset + HEADER_BYTES + length, mark == LAST))
        offset = out[-1].end
    return out
