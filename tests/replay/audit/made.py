"""A small session, every record of which is known: a supervisor, a numbered feed, a listener, the counts."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from actors.logger.ledger import Ledger
from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookChanged,
    BookSnapshot,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FeedOpened,
    FrameReceived,
    Message,
    QuoteChanged,
    Read,
    Turn,
)
from messages.log import LogSettings, LogWriter
from replay.audit.auditing import audit
from replay.audit.certificate import Certificate
from replay.audit.seeking import session_named
from tests.messages.log.samples import read_all

SESSION = "2026-11-22T10-00-00Z"
BEGIN_NS = 1_795_340_000 * 10**9
MS = 10**6
SECOND = 10**9
SMALL = LogSettings(segment_bytes=1500, fsync_s=3600)
"""Several segments of a log of a few dozen records."""
SYMBOL = "BTC-USDT"

Append = tuple[int, list[Message]]
"""Milliseconds since the session's beginning, and what is appended then."""


def at(ms: int) -> int:
    return BEGIN_NS + ms * MS


def started(name: str, ms: int, session: str = SESSION, settings: str = "{}") -> ActorStarted:
    return ActorStarted(name, session, 7, at(ms), "1.2.3", settings)


def stopped(name: str, ms: int, reason: str = "asked to stop", fault: str = "none") -> ActorStopped:
    return ActorStopped(name, at(ms), reason, fault)


def changed(name: str, ms: int, was: str, now: str, reason: str = "ready") -> ActorStateChanged:
    return ActorStateChanged(name, at(ms), was, now, reason, 7, 0, 0.0)


def depth(first: int, last: int, bid_size: str = "1") -> bytes:
    """A frame of Binance with its numbers."""
    return (
        f'{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":1,"s":"BTCUSDT",'
        f'"U":{first},"u":{last},"b":[["100.0","{bid_size}"]],"a":[]}}}}'
    ).encode()


def frame(ms: int, data: bytes = b"{}", source: str = "ws", conn: int = 1) -> FrameReceived:
    return FrameReceived(conn, at(ms), source, data)


def snapshot(ms: int, ref: int, bid_size: int = 1, checkpoint: bool = False) -> BookSnapshot:
    return BookSnapshot("binance", SYMBOL, ref, at(ms), 0, [(100, bid_size), (99, 5)], [(101, 2)], checkpoint)


def change(ms: int, ref: int, bid_size: int) -> BookChanged:
    return BookChanged("binance", SYMBOL, ref, at(ms), 0, [(100, bid_size)], [])


def quote(ms: int, ref: int, bid_size: int) -> QuoteChanged:
    return QuoteChanged("binance", SYMBOL, ref, at(ms), 0, 100, bid_size, 101, 2)


def health(ms: int, frames: int, gaps: int = 0, conn: int = 1, reason: str = "") -> FeedHealth:
    return FeedHealth(
        "binance", conn, at(ms), not reason, 1, frames, gaps, 0, 1.0, 2.0, 3.0 + ms / 1e6, reason
    )


def opened(ms: int, conn: int = 1, mode: str = "stream") -> FeedOpened:
    return FeedOpened("binance", conn, at(ms), "ws://x", "127.0.0.1:1", mode)


def closed(ms: int, reason: str = "asked to stop", fault: str = "none", conn: int = 1) -> FeedClosed:
    return FeedClosed("binance", conn, at(ms), reason, fault)


def gap(from_ms: int, to_ms: int, conn: int = 1, reason: str = "") -> FeedGap:
    return FeedGap("binance", conn, 0 if from_ms < 0 else at(from_ms), at(to_ms), reason)


def feed(seconds: int = 6) -> list[Append]:
    """A run of the feed: a frame every half a second, each with its change, a checkpoint at the end."""
    out: list[Append] = [
        (1000, [started("binance", 1000)]),
        (1010, [opened(1010)]),
        (1100, [frame(1100)]),
        (1100, [gap(-1, 1100)]),
        (1101, [snapshot(1100, 3), quote(1100, 3, 1)]),
    ]
    seq, frames, size = 7, 1, 1
    for step in range(2 * seconds):
        ms = 1500 + 500 * step
        frames, size = frames + 1, size + 1
        out.append((ms, [frame(ms, depth(10 + 2 * step, 11 + 2 * step, str(size)))]))
        out.append((ms + 1, [change(ms, seq, size), quote(ms, seq, size)]))
        seq += 3
        if step % 2:
            out.append((ms + 2, [health(ms + 2, frames)]))
            seq += 1
    end = 1500 + 1000 * seconds
    out.append((end, [snapshot(end, seq - 3, size, checkpoint=True)]))
    return [*out, (end + 10, [closed(end + 10)]), (end + 11, [stopped("binance", end + 11)])]


def listener(reads: Sequence[tuple[int, int]]) -> list[Append]:
    """A run of the index that read these records of the feed's log."""
    out: list[Append] = [(900, [started("brti", 900)])]
    out += [
        (2000 + 100 * n, [Turn(at(2000 + 100 * n), [Read("binance", first, last)], True)])
        for n, (first, last) in enumerate(reads)
    ]
    return [*out, (9000, [stopped("brti", 9000)])]


def supervisor() -> list[Append]:
    return [
        (0, [started("supervisor", 0, settings='{"mode": "sim", "actors": ["binance", "brti"]}')]),
        (1200, [changed("binance", 1200, "starting", "running")]),
        (1300, [changed("brti", 1300, "starting", "running")]),
        (9001, [changed("brti", 9001, "stopping", "stopped", "asked to stop")]),
        (9002, [changed("binance", 9002, "stopping", "stopped", "asked to stop")]),
        (9100, [stopped("supervisor", 9100)]),
    ]


def write(data_dir: Path, log: str, appends: Sequence[Append], settings: LogSettings = SMALL) -> None:
    """Append to a log."""
    with LogWriter(data_dir / "log" / log, settings) as writer:
        for ms, messages in appends:
            writer.append(messages, at(ms))


def count(data_dir: Path, session: str = SESSION, ended: bool = True) -> None:
    """Write the session's record as the logger does, from the beginning."""
    shutil.rmtree(data_dir / "sessions", ignore_errors=True)
    logs = sorted(path.name for path in (data_dir / "log").iterdir())
    ledger = Ledger(data_dir / "sessions", session, logs)
    for log in logs:
        for record in read_all(data_dir / "log" / log):
            message = record.message()
            if isinstance(message, ActorStarted):
                ledger.begin(log, message, record)
            account = ledger.account(log)
            if account is not None:
                account.count([record])
                account.note(record, message)
    if ended:
        ledger.stop(at(9200))
    ledger.save(at(9200))


def make(data_dir: Path) -> Path:
    """The whole session, sound."""
    write(data_dir, "supervisor", supervisor())
    write(data_dir, "binance", feed())
    last = len(read_all(data_dir / "log" / "binance"))
    write(data_dir, "brti", listener([(1, 10), (11, 20), (21, last)]))
    count(data_dir)
    return data_dir


def made(data_dir: Path, appends: Sequence[Append]) -> Path:
    """A session in which the feed said this."""
    write(data_dir, "supervisor", supervisor())
    write(data_dir, "binance", appends)
    write(data_dir, "brti", listener([]))
    count(data_dir)
    return data_dir


def certify(data_dir: Path, session: str = SESSION) -> Certificate:
    return audit(data_dir, session_named(data_dir, session))


def failing(certificate: Certificate) -> list[tuple[str, str]]:
    """Check and log of what does not hold."""
    return [(finding.check, finding.log) for finding in certificate.findings if finding.fails]
