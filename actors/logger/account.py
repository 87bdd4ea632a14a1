"""Counting a log's records into a session."""

from collections import Counter
from collections.abc import Sequence

from actors.logger.record import Latency, LogCounts, Progress
from messages import (
    KINDS,
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    DriftSeen,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FrameReceived,
    IndexValue,
    Message,
)
from messages.log import Record

MOST_NAMES = 100
"""Different reasons or drift names kept apart; further ones are counted under `…`."""


def type_name(kind: int) -> str:
    """Name a kind, also one of a later version."""
    known = KINDS.get(kind)
    return known.__name__ if known is not None else f"kind {kind}"


class Account:
    """One log in one session: what is in the file, brought up to date record by record."""

    def __init__(self, counts: LogCounts, progress: Progress) -> None:
        self.counts = counts
        self.progress = progress

    def count(self, records: Sequence[Record]) -> None:
        """Count records by their headers. Cheap: no payload is looked at."""
        counts = self.counts
        for kind, number in Counter([record.kind for record in records]).items():
            name = type_name(kind)
            counts.records[name] = counts.records.get(name, 0) + number
            if kind == FrameReceived.kind:
                counts.frames += number
            elif kind == ActorStarted.kind:
                counts.restarts = counts.records[name] - 1
        counts.total += len(records)
        first, last = records[0], records[-1]
        if not counts.first_seq:
            counts.first_seq, counts.first_ns = first.seq, first.at_ns
        counts.last_seq, counts.last_ns = last.seq, last.at_ns
        self.progress.next_seq = last.seq + 1

    def note(self, record: Record, message: Message) -> None:
        """Take from a record's content what the session keeps of it."""
        counts = self.counts
        if isinstance(message, FairValue) or (isinstance(message, IndexValue) and not message.on_grid):
            self._note_cause(record.at_ns, message)
        elif isinstance(message, FeedHealth):
            if message.latency_p50_ms >= 0.0:
                self.progress.typical.add(message.latency_p50_ms)
                self.progress.worst.add(message.latency_p99_ms)
        elif isinstance(message, FeedGap):
            if message.from_ns:
                self._note_gap(message)
        elif isinstance(message, DriftSeen):
            name = _bounded(counts.drift, f"{message.what} {message.name}")
            counts.drift[name] = max(counts.drift.get(name, 0), message.count)
        elif isinstance(message, (ActorStopped, FeedClosed)):
            if message.fault != "none":
                counts.last_error = message.reason
        elif isinstance(message, ActorStateChanged) and message.now in ("backoff", "failed"):
            counts.last_error = f"{message.name}: {message.reason}"

    def lost(self, number: int, next_seq: int) -> None:
        """Records that cannot be read any more were passed over."""
        self.counts.lost += number
        self.progress.next_seq = next_seq

    def sum_up(self) -> None:
        """Bring the percentiles up to date."""
        typical, worst = self.progress.typical, self.progress.worst
        if typical.count:
            self.counts.latency_ms = Latency(
                round(typical.quantile(0.5), 3),
                round(worst.quantile(0.99), 3),
                round(worst.greatest_ms, 3),
                typical.count,
            )

    def _note_cause(self, at_ns: int, message: IndexValue | FairValue) -> None:
        # Only what an input called forth: what the clock called forth has an old cause and no latency.
        progress = self.progress
        if message.cause_ns <= progress.cause_ns:
            return
        if progress.cause_ns:
            latency_ms = (at_ns - message.cause_ns) / 1e6
            progress.typical.add(latency_ms)
            progress.worst.add(latency_ms)
        progress.cause_ns = message.cause_ns

    def _note_gap(self, gap: FeedGap) -> None:
        gaps = self.counts.gaps
        length_s = max(0.0, (gap.to_ns - gap.from_ns) / 1e9)
        gaps.count += 1
        gaps.total_s = round(gaps.total_s + length_s, 6)
        gaps.longest_s = max(gaps.longest_s, round(length_s, 6))
        reason = _bounded(gaps.reasons, gap.reason)
        gaps.reasons[reason] = gaps.reasons.get(reason, 0) + 1


def _bounded(names: dict[str, int], name: str) -> str:
    return name[:200] if name[:200] in names or len(names) < MOST_NAMES else "…"
