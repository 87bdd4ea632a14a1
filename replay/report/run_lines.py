"""What the page shows of every actor: when it ran, what kept it from good data, and how late it was."""

from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookSnapshot,
    DriftSeen,
    FairValue,
    FeedGap,
    FeedHealth,
    IndexValue,
    MarketBookSnapshot,
    MarketQuoteChanged,
    QuoteChanged,
    RecordsLost,
)
from replay.report.delays import Delays
from replay.report.envelope import Envelope
from replay.report.stretches import Stretches
from replay.sessions import SUPERVISOR

STRETCHES = 400
MARKS = 500
PARTS = 200
"""Parts of the time line, at most, that have latencies of their own."""


class Run:
    """One actor. ran: from its first record to its last, in each session. down: its process did not run.
    gaps: it had no connection. stale: it had one and what it said was not fresh, or withheld. venue_*:
    venue's stamp to receipt, by the feed's own seconds; written: receipt to the record in the log.
    """

    def __init__(self) -> None:
        self.records = 0
        self.lost = 0
        self.drifts = 0
        self.starts = 0
        self.ran = Stretches(STRETCHES)
        self.down = Stretches(STRETCHES)
        self.gaps = Stretches(STRETCHES)
        self.stale = Stretches(STRETCHES)
        self.restarts = Envelope(MARKS)
        self.venue_p50 = Delays(PARTS)
        self.venue_p99 = Delays(PARTS)
        self.written = Delays(PARTS)
        self.repeats = False
        """It has just written a checkpoint: a quote behind it is no answer to a frame."""
        self.silent: dict[str, str] = {}
        """Why it gives no value of an index or a series; empty where it gives one."""
        self.cause_ns = 0
        self.last_ns = 0

    def saw(self, at_ns: int) -> None:
        """It wrote a record."""
        self.ran.begin(at_ns, "")
        self.last_ns = max(at_ns, self.last_ns)

    def late(self, cause_ns: int, at_ns: int) -> None:
        """It answered an input. What the clock called forth has an old cause, and no latency."""
        if cause_ns > self.cause_ns:
            if self.cause_ns:
                self.written.add(at_ns, (at_ns - cause_ns) / 1e6)
            self.cause_ns = cause_ns


class RunLines:
    """All actors, by the names of their logs."""

    def __init__(self) -> None:
        self.of: dict[str, Run] = {}
        self.versions: dict[str, None] = {}
        self.ended = False
        """The newest session's supervisor has said its last word."""
        self._begin_ns = 0
        self._why: dict[str, list[tuple[int, str]]] = {}

    def run(self, log: str) -> Run:
        """The actor of this log."""
        found = self.of.get(log)
        if found is None:
            found = self.of[log] = Run()
        return found

    def began(self, from_ns: int) -> None:
        """A session begins; what is drawn begins there."""
        self._begin_ns = from_ns
        self.ended = False
        self._why = {}

    def ends(self) -> None:
        """A session's records are all taken."""
        for run in self.of.values():
            for row in (run.ran, run.stale, run.down):
                row.end(run.last_ns)

    def started(self, log: str, message: ActorStarted, at_ns: int) -> None:
        """A run of an actor begins."""
        self.versions.setdefault(message.version)
        run = self.run(log)
        run.stale.end(at_ns)
        run.silent = {}
        run.starts += 1
        run.cause_ns = 0
        before = [why for when_ns, why in self._why.get(log, []) if when_ns <= at_ns]
        if before:
            run.restarts.add(at_ns, 0.0, before[-1] or "no reason is recorded")

    def stopped(self, log: str, message: ActorStopped, at_ns: int) -> None:
        """A run ended in good order. With the supervisor's, the session is over and nobody is down."""
        self.run(log).stale.end(at_ns)
        if log == SUPERVISOR:
            self.ended = True
            for name, run in self.of.items():
                if run.down.forget():
                    self._why[name].pop()

    def state(self, log: str, message: ActorStateChanged, at_ns: int) -> None:
        """The supervisor moved a child from one state to another."""
        run = self.run(message.name)
        if message.was == "running":
            self._why.setdefault(message.name, []).append((message.at_ns, message.reason))
            run.down.begin(message.at_ns, message.reason)
        if message.now == "running":
            run.down.end(message.at_ns)
        run.last_ns = max(run.last_ns, message.at_ns)

    def gap(self, log: str, message: FeedGap, at_ns: int) -> None:
        """A feed had no connection. The first connection of a log has nothing before it."""
        if message.from_ns:
            self.run(log).gaps.add(max(message.from_ns, self._begin_ns), message.to_ns, message.reason)

    def health(self, log: str, message: FeedHealth, at_ns: int) -> None:
        """A feed's word of how it does."""
        run = self.run(log)
        if message.fresh:
            run.stale.end(message.at_ns)
        else:
            run.stale.begin(message.at_ns, message.reason)
        if message.latency_p50_ms >= 0.0:
            run.venue_p50.add(message.at_ns, message.latency_p50_ms)
        if message.latency_p99_ms >= 0.0:
            run.venue_p99.add(message.at_ns, message.latency_p99_ms)

    def quote(self, log: str, message: QuoteChanged | MarketQuoteChanged, at_ns: int) -> None:
        """A feed made a quote from a frame; not from one, where it repeats itself behind a checkpoint."""
        run = self.run(log)
        if not run.repeats:
            run.written.add(at_ns, (at_ns - message.recv_ns) / 1e6)
        run.repeats = False

    def snapshot(self, log: str, message: BookSnapshot | MarketBookSnapshot, at_ns: int) -> None:
        """A feed wrote down a whole book."""
        self.run(log).repeats = message.checkpoint

    def answer(self, log: str, message: IndexValue | FairValue, at_ns: int) -> None:
        """A listener made a value from its inputs, or said why it made none."""
        run = self.run(log)
        run.late(message.cause_ns, at_ns)
        if isinstance(message, FairValue):
            run.silent[message.ticker.split("-")[0]] = message.withheld
        elif message.chosen:
            run.silent[message.index_id] = message.withheld
        if all(run.silent.values()):
            run.stale.begin(message.at_ns, message.withheld)
        else:
            run.stale.end(message.at_ns)

    def drift(self, log: str, message: DriftSeen, at_ns: int) -> None:
        """A venue said something that its documents do not name."""
        self.run(log).drifts += 1

    def lost(self, log: str, message: RecordsLost, at_ns: int) -> None:
        """An actor could not read what another had written."""
        self.run(message.log).lost += message.last - message.first + 1
