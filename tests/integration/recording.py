"""Reading back what a run left behind: the system's logs, the simulator's journal, the logger's counts."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from messages import FeedGap, FeedOpened, FrameReceived, Message
from messages.log import LogReader, Record

FEEDS = (
    "kalshi",
    "coinbase",
    "kraken",
    "bitstamp",
    "gemini",
    "cryptocom",
    "bullish",
    "itbit",
    "lmax",
    "binance",
    "binance_us",
)


def records(log_dir: Path, *kinds: type[Message]) -> Iterator[Record]:
    """Every record of a log, in order."""
    wanted = frozenset(kind.kind for kind in kinds) or None
    with LogReader(log_dir) as reader:
        reader.seek_start()
        while not reader.drained:
            yield from reader.read(1000, wanted)


class Connection(NamedTuple):
    """One connection as a feed recorded it. local: our end. gap: what the feed said lay before it."""

    conn: int
    local: str
    opened_ns: int
    frames: list[bytes]
    received_ns: list[int]
    gap: FeedGap | None


def connections(log_dir: Path) -> list[Connection]:
    """A feed's stream connections, in order."""
    opened: dict[int, FeedOpened] = {}
    gaps: dict[int, FeedGap] = {}
    frames: dict[int, list[FrameReceived]] = {}
    for record in records(log_dir, FeedOpened, FeedGap, FrameReceived):
        message = record.message()
        if isinstance(message, FeedOpened):
            opened[message.conn] = message
        elif isinstance(message, FeedGap):
            gaps[message.conn] = message
        elif isinstance(message, FrameReceived) and message.source == "ws":
            frames.setdefault(message.conn, []).append(message)
    return [
        Connection(
            conn,
            start.local,
            start.at_ns,
            [frame.data for frame in frames.get(conn, [])],
            [frame.recv_ns for frame in frames.get(conn, [])],
            gaps.get(conn),
        )
        for conn, start in sorted(opened.items())
    ]


class Journal(NamedTuple):
    """What the simulator sent on one connection. peer: the client's end. whole: it saw the end; else it
    was killed meanwhile, and the newest lines may never have reached the disk."""

    peer: str
    at_ns: int
    frames: list[bytes]
    whole: bool


def journals(folder: Path, venue: str) -> list[Journal]:
    """The simulator's journals of one venue."""
    sent = []
    for path in folder.glob(f"{venue}-*.jsonl"):
        text = path.read_text()
        first, *lines = (json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines())
        frames = [line["text"].encode() for line in lines if "text" in line]
        whole = "closed" in lines[-1] if lines else False
        sent.append(Journal(first["peer"], first["at_ns"], frames, whole))
    return sent


def journal_of(connection: Connection, sent: list[Journal]) -> Journal:
    """The journal of this connection. A port may have been used before: the nearest in time, then."""
    same_port = [journal for journal in sent if journal.peer == connection.local]
    return min(same_port, key=lambda journal: abs(journal.at_ns - connection.opened_ns))


def counts(log_dir: Path, first_seq: int, last_seq: int) -> dict[str, int]:
    """Records by type between two numbers, both included."""
    from messages import KINDS

    tally: Counter[str] = Counter()
    for record in records(log_dir):
        if first_seq <= record.seq <= last_seq:
            tally[KINDS[record.kind].__name__] += 1
    return dict(tally)


def sessions(data_dir: Path) -> list[dict[str, Any]]:
    """The logger's session records, oldest first."""
    return [json.loads(path.read_text()) for path in sorted(data_dir.glob("sessions/*/session.json"))]
