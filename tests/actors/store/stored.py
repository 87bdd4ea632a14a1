"""What tests of the store share: a log of several closed segments, and storing them."""

from collections.abc import Generator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from actors.store.compaction import compact
from actors.store.manifest import Manifest
from messages import (
    ActorStarted,
    BookChanged,
    FrameReceived,
    MarketBookChanged,
    Message,
    PaperAccount,
)
from messages.log import LogSettings, LogWriter
from messages.log.segments import list_segments

T = TypeVar("T")
S = 10**9
DAY_NS = 86_400 * S
NIGHT_NS = 20_000 * DAY_NS
"""Midnight of 2024-10-04."""
FILES = LogSettings(segment_bytes=6000, fsync_s=3600, segment_s=0)


def started(session: str = "2024-10-03T23-59-00Z", settings: str = '{"speed": 1.0}') -> ActorStarted:
    return ActorStarted("kraken", session, 7, NIGHT_NS, "0.5", settings)


def said(number: int) -> list[Message]:
    frame = FrameReceived(1, NIGHT_NS + number, "ws", b'{"side": "buy", "price": 84000.01}' * (number % 5))
    book = BookChanged("kraken", "BTC-USD", number, NIGHT_NS, 0, [(84_000, number)], [(84_001, 0)])
    ticker = f"KXBTC15M-24OCT04{number % 3:02d}15-15"
    market = MarketBookChanged(ticker, number, NIGHT_NS, 0, 1, number, True, 500_000, 100, number)
    return [frame, book, market][: 1 + number % 3]


def write_log(
    data_dir: Path, log: str = "kraken", appends: int = 200, begin_ns: int = NIGHT_NS - 100 * S
) -> list[int]:
    """Write a log, one append a second over midnight; return the first numbers of its segments."""
    log_dir = data_dir / "log" / log
    with LogWriter(log_dir, FILES) as writer:
        writer.append([started()], begin_ns)
        for number in range(appends):
            writer.append(said(number), begin_ns + number * S)
    segments = list_segments(log_dir)
    assert len(segments) > 3
    return segments


def state(at_ns: int) -> Message:
    return PaperAccount(at_ns, 1, [], "2024-10-04", 0, 0, [], 0)


def store(data_dir: Path, log: str = "kraken", count: int | None = None) -> list[Manifest]:
    """Store the first `count` closed segments of a log."""
    segments = list_segments(data_dir / "log" / log)
    return [run(data_dir, log, first, following) for first, following in [*pairwise(segments)][:count]]


def run(data_dir: Path, log: str, first_seq: int, next_seq: int) -> Manifest:
    """Store one segment in one go."""
    return result(compact(data_dir, log, first_seq, next_seq))


def result(working: Generator[None, None, T]) -> T:
    """What a generator returns in the end."""
    while True:
        try:
            next(working)
        except StopIteration as done:
            returned: T = done.value
            return returned


def picture(folder: Path) -> dict[str, bytes]:
    """All files below a folder with their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
