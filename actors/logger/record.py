"""The session record: what one session consists of, in a file that is always whole."""

import os
from pathlib import Path

import msgspec

from actors.logger.histogram import Histogram

FORMAT = 1
FILE_NAME = "session.json"


class Gaps(msgspec.Struct):
    """Intervals without a connection. reasons: how often each."""

    count: int = 0
    total_s: float = 0.0
    longest_s: float = 0.0
    reasons: dict[str, int] = {}


class Latency(msgspec.Struct):
    """Milliseconds, -1 where nothing was measured.

    Of a feed: venue's stamp to receipt, clock offset taken off; p50 is the median of its seconds'
    medians, p99 and max are taken over its seconds' 99th percentiles. Of an actor that computes: newest
    input's receipt to the record in the log.
    """

    p50: float = -1.0
    p99: float = -1.0
    max: float = -1.0
    count: int = 0


class Progress(msgspec.Struct):
    """How far a log has been counted in this session, and what a restarted logger must know of it.

    next_seq: everything below it is in the counts. told: what was said last in the readable log.
    cause_ns: newest cause of an index value or fair value.
    """

    next_seq: int = 0
    told: dict[str, str] = {}
    cause_ns: int = 0
    typical: Histogram = msgspec.field(default_factory=Histogram)
    worst: Histogram = msgspec.field(default_factory=Histogram)


class LogCounts(msgspec.Struct):
    """What one actor wrote in this session. Sequence numbers and times of 0: nothing yet.

    records: by type. frames: raw frames among them. lost: records that damage made unreadable.
    restarts: starts after the first. drift: names beyond the venue's documents, with the highest count
    told.
    """

    records: dict[str, int] = {}
    total: int = 0
    frames: int = 0
    lost: int = 0
    first_seq: int = 0
    last_seq: int = 0
    first_ns: int = 0
    last_ns: int = 0
    restarts: int = 0
    gaps: Gaps = msgspec.field(default_factory=Gaps)
    drift: dict[str, int] = {}
    latency_ms: Latency = msgspec.field(default_factory=Latency)
    last_error: str = ""


class SessionRecord(msgspec.Struct):
    """One session, from a supervisor's start to its end.

    mode: `live` or `sim`. ended: `` while it runs, `stopped`, or `cut off` where a later session began
    without its end being told. ended_ns: 0 while it runs. progress: for the logger's own restart; counts and
    progress are of one moment, because they are written in one piece. outputs: (inode, offset) behind
    the last line taken from each actor's own output.
    """

    session: str
    format: int = FORMAT
    mode: str = ""
    version: str = ""
    started_ns: int = 0
    ended_ns: int = 0
    ended: str = ""
    saved_ns: int = 0
    logs: dict[str, LogCounts] = {}
    progress: dict[str, Progress] = {}
    outputs: dict[str, tuple[int, int]] = {}


_decode = msgspec.json.Decoder(SessionRecord).decode


def save_record(folder: Path, record: SessionRecord) -> None:
    """Write a session's record, whole or not at all, over any crash. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{FILE_NAME}.new"
    with fresh.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / FILE_NAME)


def load_record(folder: Path) -> SessionRecord | None:
    """Read a session's record; None where there is none, or none of this format."""
    try:
        record = _decode((folder / FILE_NAME).read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return record if record.format == FORMAT else None
