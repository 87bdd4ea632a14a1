"""Recorded logs -> what the page shows. Each log is read once; only what is shown is kept."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookSnapshot,
    BookWithdrawn,
    Decision,
    DriftSeen,
    FairValue,
    FeedGap,
    FeedHealth,
    IndexCompared,
    IndexValue,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketQuoteChanged,
    MarketRoleChanged,
    Message,
    OfficialIndexPublished,
    PaperFill,
    PaperSettled,
    QuoteChanged,
    RecordsLost,
    Signal,
)
from messages.errors import LogError, UnknownKindError
from messages.log import LogReader, Record
from replay.records import Missing, Tell, read_between
from replay.report.index_lines import IndexLines
from replay.report.market_lines import MarketLines
from replay.report.run_lines import RunLines
from replay.score import reading as scoring
from replay.score import report as scored
from replay.score.outcomes import Outcomes
from replay.sessions import SUPERVISOR, Session

Take = Callable[[str, Any, int], None]
"""Takes a message: of which log, what, and when it was appended."""


class Gathered(NamedTuple):
    """All that the page is made of. from_ns, to_ns: of the first and last record taken, 0 without any.

    missing: what could not be read. score: as `kalshi-actors score` tells it for the same sessions.
    """

    sessions: list[Session]
    from_ns: int
    to_ns: int
    index_lines: IndexLines
    market_lines: MarketLines
    run_lines: RunLines
    missing: list[Missing]
    outcomes: Outcomes
    score: scored.Report


def gather(data_dir: Path, sessions: Sequence[Session], latency_ms: float, tell: Tell) -> Gathered:
    """Read everything that these sessions said, oldest first. latency_ms: of an order, for the score.

    A session that is still being written is read as far as it stands. What is damaged, foreign or of a later
    version is named in `missing` and passed over.
    """
    gathering = _Gathering(data_dir, latency_ms)
    for number, session in enumerate(sessions):

        def part(share: float, number: int = number) -> None:
            tell((number + share) / len(sessions))

        gathering.read(session, part)
    return gathering.gathered(list(sessions))


class _Gathering:
    def __init__(self, data_dir: Path, latency_ms: float) -> None:
        self._data_dir = data_dir
        self._latency_ms = latency_ms
        self._index, self._market, self._runs = IndexLines(), MarketLines(), RunLines()
        self._scoring = scoring.Reading(latency_ms)
        self._missing: list[Missing] = []
        self._from_ns = self._to_ns = 0
        index, market, runs = self._index, self._market, self._runs
        self._takers: dict[type[Message], list[Take]] = {
            ActorStarted: [runs.started],
            ActorStopped: [runs.stopped],
            ActorStateChanged: [runs.state],
            RecordsLost: [runs.lost],
            FeedGap: [index.gap, market.gap, runs.gap],
            FeedHealth: [runs.health],
            DriftSeen: [runs.drift],
            BookSnapshot: [runs.snapshot],
            BookWithdrawn: [index.withdrawn],
            QuoteChanged: [index.quote, runs.quote],
            MarketBookSnapshot: [runs.snapshot],
            MarketBookWithdrawn: [market.withdrawn],
            MarketQuoteChanged: [market.quote, runs.quote],
            MarketRoleChanged: [market.role],
            OfficialIndexPublished: [index.published],
            IndexValue: [index.value, runs.answer],
            IndexCompared: [index.compared],
            FairValue: [market.fair, runs.answer],
            Signal: [market.signal],
            Decision: [market.decision],
            PaperFill: [market.fill],
            PaperSettled: [market.settle],
        }
        self._kinds = frozenset(cls.kind for cls in self._takers)

    def read(self, session: Session, tell: Tell) -> None:
        """Read one session. The supervisor comes first: it knows why an actor was started again."""
        there = sorted(folder.name for folder in (self._data_dir / "log").glob("*/"))
        counts = {log: self._count(log, session) for log in there}
        done = 0
        whole = max(1, sum(counts.values()))

        def read(log: str, kinds: frozenset[int]) -> Iterator[tuple[str, Record]]:
            nonlocal done
            told = 0

            def share(of: float) -> None:
                nonlocal done, told
                now = round(of * counts[log])
                done, told = done + now - told, now
                tell(done / whole)

            try:
                for record in read_between(
                    self._data_dir, log, session.from_ns, session.to_ns, kinds, share, self._miss
                ):
                    yield log, record
            except LogError as error:  # nothing can be read here at all
                self._miss(Missing(log, 0, 0, str(error)))

        self._runs.began(session.from_ns)
        self._scoring.begin(session)
        if SUPERVISOR in there:
            for log, record in read(SUPERVISOR, self._kinds):
                self._take(log, record)
        judged = [read(log, self._kinds | scoring.KINDS[log]) for log in scoring.KINDS if log in there]
        for log, record in heapq.merge(*judged, key=lambda entry: entry[1].at_ns):
            message = self._take(log, record)
            if message is not None and record.kind in scoring.KINDS[log]:
                self._scoring.take(log, message, record.at_ns)
        for log in there:
            if log != SUPERVISOR and log not in scoring.KINDS:
                for _, record in read(log, self._kinds):
                    self._take(log, record)
        self._scoring.end()
        self._index.ended(self._to_ns)
        self._market.ended(self._to_ns)
        self._runs.ends()

    def gathered(self, sessions: list[Session]) -> Gathered:
        """All of it."""
        recorded = self._scoring.recorded(sessions)
        return Gathered(
            sessions=sessions,
            from_ns=self._from_ns,
            to_ns=self._to_ns,
            index_lines=self._index,
            market_lines=self._market,
            run_lines=self._runs,
            missing=self._missing,
            outcomes=recorded.outcomes,
            score=scored.report(recorded, self._latency_ms),
        )

    def _take(self, log: str, record: Record) -> Message | None:
        try:
            message = record.message()
        except (UnknownKindError, msgspec.DecodeError) as error:
            self._miss(Missing(log, record.seq, record.seq, str(error)))
            return None
        at_ns = record.at_ns
        self._from_ns = min(self._from_ns, at_ns) if self._from_ns else at_ns
        self._to_ns = max(self._to_ns, at_ns)
        self._runs.run(log).saw(at_ns)
        for take in self._takers.get(type(message), ()):
            take(log, message, at_ns)
        return message

    def _miss(self, missing: Missing) -> None:
        self._scoring.miss(missing)
        self._missing.append(missing)
        self._runs.run(missing.log).lost += missing.last - missing.first + 1

    def _count(self, log: str, session: Session) -> int:
        """How many records a session has in a log, by their numbers."""
        with suppress(LogError), LogReader(self._data_dir / "log" / log) as reader:
            reader.seek_time(session.from_ns)
            first = reader.next_seq
            reader.seek_time(session.to_ns)
            count = reader.next_seq - first
            self._runs.run(log).records += count
            return count
        return 0
