"""A small record for the tests of the export: two logs of several segments, which can be stored."""

from itertools import pairwise
from pathlib import Path

from actors.store.compaction import compact
from actors.store.tables import whole
from messages import (
    BookChanged,
    BookSnapshot,
    FeedOpened,
    FrameReceived,
    MarketBookChanged,
    Message,
    TradePrinted,
)
from messages.log import LogReader, LogSettings, LogWriter, Record
from messages.log.segments import list_segments

START_NS = 20_000 * 86_400 * 10**9 - 500 * 10**6
"""Half a second before midnight."""
STEP_NS = 10**7
SMALL = LogSettings(segment_bytes=3000, fsync_s=3600)
LOGS = ("coinbase", "kalshi")
SERIES = ("KXBTC15M-24OCT040015-15", "KXBTCD-24OCT0401-T84000")


def record(data_dir: Path, turns: int = 100) -> None:
    """A frame and what came of it every 10 ms in each log, in both at the same time; midnight in between."""
    for log in LOGS:
        with LogWriter(data_dir / "log" / log, SMALL) as writer:
            writer.append([FeedOpened(log, 1, START_NS, "ws://x/", "here:1", "stream")], START_NS)
            for turn in range(turns):
                at_ns = START_NS + turn * STEP_NS
                frame = FrameReceived(1, at_ns, "ws", b'{"n":%d}' % turn)
                writer.append([frame, *_words(log, turn, at_ns)], at_ns)


def _words(log: str, turn: int, at_ns: int) -> list[Message]:
    if log == "kalshi":
        return [MarketBookChanged(SERIES[turn % 2], turn, at_ns, 0, 1, turn, True, 500_000, turn, 1)]
    said: list[Message] = [
        BookChanged(log, "BTC-USD", turn, at_ns, 0, [(84_000, turn)], [(84_001, 0), (84_002, turn)])
    ]
    if turn % 10 == 0:
        said.append(BookSnapshot(log, "BTC-USD", turn, at_ns, 0, [(84_000, 1)] * 20, [], False))
    if turn % 7 == 0:
        said.append(TradePrinted(log, "BTC-USD", turn, at_ns, 0, f'"{turn}", a\nb', 84_000, turn, True))
    return said


def store(data_dir: Path, log: str, every: int = 1) -> int:
    """Put each closed segment of a log, or every n-th of them, into the store; return how many."""
    firsts = list_segments(data_dir / "log" / log)
    closed = list(pairwise(firsts))[::every]
    for first, following in closed:
        for _ in compact(data_dir, log, first, following):
            pass
    return len(closed)


def forget(data_dir: Path, log: str, segments: int) -> None:
    """Delete the oldest segments of a log, as retention does."""
    for first in list_segments(data_dir / "log" / log)[:segments]:
        (data_dir / "log" / log / f"{first:020d}.seg").unlink()


def expected(data_dir: Path, table: str) -> list[dict[str, object]]:
    """The rows of a table straight from the logs, in the order of an export."""
    rows: list[dict[str, object]] = []
    for log in LOGS:
        records: list[Record] = []
        with LogReader(data_dir / "log" / log) as reader:
            while found := reader.read(1000):
                records += found
        rows += whole(log, records)[table].to_pylist() if table in whole(log, records) else []
    return sorted(rows, key=lambda row: (row["at_ns"], row["log"], row["seq"]))
