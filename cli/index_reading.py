"""What the logs hold of the index: the newest values, the official ones, and what was compared."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson

from cli.errors import CommandError
from cli.log_reading import newest, read_on
from messages import (
    KINDS,
    ActorStarted,
    IndexCompared,
    IndexValue,
    Message,
    OfficialIndexPublished,
    SettlementCompared,
)
from messages.errors import UnknownKindError
from messages.log import LogReader

SERIES_NS = 3_600_000_000_000
"""Values of the grid are kept for the last hour of what is read: enough for lead and lag, and bounded."""

Tell = Callable[[float], None]
"""Is told what share of the reading, 0 to 1, is done."""


class Span(NamedTuple):
    """What is there to read, all sessions of a folder. session, begun_ns: the newest; empty and 0 where none
    is known. speed: of the market's clock."""

    session: str
    oldest_ns: int
    begun_ns: int
    newest_ns: int
    speed: float


class Recorded:
    """What was read.

    newest: by method; composed: of the chosen one, with its venues. series: by method, (stamp_ns, value_usd)
    of grid times.
    """

    def __init__(self, span: Span, from_ns: int) -> None:
        self.span = span
        self.from_ns = from_ns
        self.newest: dict[str, IndexValue] = {}
        self.composed: IndexValue | None = None
        self.official: list[OfficialIndexPublished] = []
        self.compared: list[IndexCompared] = []
        self.settled: list[SettlementCompared] = []
        self.series: dict[str, list[tuple[int, float]]] = {}

    def take(self, message: Message) -> None:
        """Take one message in."""
        match message:
            case IndexValue(index_id="BRTI"):
                self.newest[message.method] = message
                if message.chosen and (message.stamp_ns or message.shares):
                    self.composed = message  # a value between grid times names no venue
                if message.stamp_ns > self.span.newest_ns - SERIES_NS:
                    series = self.series.setdefault(message.method, [])
                    series.append((message.stamp_ns, message.value_usd))
            case OfficialIndexPublished(index_id="BRTI"):
                # Five a second, so the older ones go the way of the grid's own values.
                if message.hz == 1 or message.source_ns > self.span.newest_ns - SERIES_NS:
                    self.official.append(message)
            case IndexCompared(index_id="BRTI"):
                self.compared.append(message)
            case SettlementCompared():
                self.settled.append(message)


def look(data_dir: Path) -> Span:
    """Find the newest session of the index's log. Raises CommandError where it holds nothing."""
    with closing(LogReader(data_dir / "log" / "brti")) as brti:
        records = newest(brti, 1, frozenset(KINDS))
        if not records:
            message = f"brti has said nothing in {data_dir} yet; `kalshi-actors start` runs it"
            raise CommandError(message)
        brti.seek_start()
        oldest_ns = next((record.at_ns for record in read_on(brti, frozenset(KINDS))), records[-1].at_ns)
        session, begun_ns = _newest_session(data_dir)
        brti.seek_time(begun_ns)
        started = next(_read(brti, frozenset({ActorStarted.kind}), lambda share: None), None)
        settings: dict[str, Any] = {}
        if isinstance(started, ActorStarted):
            session, begun_ns = session or started.session, begun_ns or started.at_ns
            settings = orjson.loads(started.settings)
        return Span(session, oldest_ns, begun_ns, records[-1].at_ns, float(settings.get("speed", 1.0)))


def read(data_dir: Path, span: Span, from_ns: int, tell: Tell) -> Recorded:
    """Read all that was said from a time on. May take a while: some 10 s for a busy hour."""
    recorded = Recorded(span, from_ns)
    ours = frozenset({IndexValue.kind, IndexCompared.kind, SettlementCompared.kind})
    _take(recorded, data_dir / "log" / "kalshi", frozenset({OfficialIndexPublished.kind}), from_ns, tell)
    _take(recorded, data_dir / "log" / "brti", ours, from_ns, tell)
    return recorded


def read_settled(data_dir: Path, tell: Tell) -> list[SettlementCompared]:
    """Read what every recorded session made of the settled minutes."""
    with closing(LogReader(data_dir / "log" / "brti")) as reader:
        found = _read(reader, frozenset({SettlementCompared.kind}), tell)
        return [message for message in found if isinstance(message, SettlementCompared)]


def read_minutes(
    data_dir: Path, minutes: Sequence[tuple[int, int]], tell: Tell
) -> tuple[dict[str, list[tuple[int, float]]], list[OfficialIndexPublished]]:
    """Read the grid's values by method, and the official ones, of stretches of time (from_ns, to_ns).

    A value may be there twice where stretches overlap.
    """
    series: dict[str, list[tuple[int, float]]] = {}
    official: list[OfficialIndexPublished] = []
    logs = (("kalshi", OfficialIndexPublished.kind), ("brti", IndexValue.kind))
    for number, (from_ns, to_ns) in enumerate(minutes):
        for log, kind in logs:
            with closing(LogReader(data_dir / "log" / log)) as reader:
                reader.seek_time(from_ns)
                for message in _read(reader, frozenset({kind}), lambda share: None, to_ns):
                    match message:
                        case IndexValue(index_id="BRTI") if message.stamp_ns:
                            values = series.setdefault(message.method, [])
                            values.append((message.stamp_ns, message.value_usd))
                        case OfficialIndexPublished(index_id="BRTI"):
                            official.append(message)
        tell((number + 1) / len(minutes))
    return series, official


def _newest_session(data_dir: Path) -> tuple[str, int]:
    with closing(LogReader(data_dir / "log" / "supervisor")) as reader:
        for record in newest(reader, 1, frozenset({ActorStarted.kind})):
            with suppress(UnknownKindError, msgspec.DecodeError):
                started = record.message()
                if isinstance(started, ActorStarted):
                    return started.session, record.at_ns
    return "", 0


def _take(recorded: Recorded, log: Path, kinds: frozenset[int], from_ns: int, tell: Tell) -> None:
    with closing(LogReader(log)) as reader:
        reader.seek_time(from_ns)
        for message in _read(reader, kinds, tell):
            recorded.take(message)


def _read(
    reader: LogReader, kinds: frozenset[int], tell: Tell, to_ns: int | None = None
) -> Iterator[Message]:
    """From where the reader stands to where the log ends now, or to what was written after a time."""
    first = reader.next_seq
    reader.seek_end()
    end = reader.next_seq
    reader.seek_seq(first)
    while (at := reader.next_seq) < end:
        for record in read_on(reader, kinds):
            if to_ns is not None and record.at_ns > to_ns:
                return
            with suppress(UnknownKindError, msgspec.DecodeError):
                yield record.message()
        if reader.drained or reader.next_seq == at:
            return
        tell((reader.next_seq - first) / (end - first))
