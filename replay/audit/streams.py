"""One log of a session, from its first record to its last, in a single pass."""

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec

from actors.logger.account import type_name
from messages import (
    KINDS,
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    FrameReceived,
    RecordsLost,
    Turn,
)
from messages.errors import UnknownKindError
from messages.log import Record
from messages.log.format import HEADER_BYTES
from replay.audit.certificate import GAPS, READERS, RECORDS, UNEXPLAINED, Finding, Gap, Stream
from replay.audit.feeds import FeedAudit
from replay.audit.gaps import Ended, Ends, cause_of_end, gap
from replay.audit.reads import Reads
from replay.audit.scanning import Flaw, Piece
from replay.sessions import EVER_NS, Session, settings_of

FAREWELL_NS = 10_000_000_000
"""A feed that ends so shortly before the session ends with it."""
UNTOLD = 5
"""So many findings of one sort are told of one log; the rest are counted."""


class LogAudit:
    """Takes what a log holds, keeps what is of the session, and says what is wrong with it.

    The session's are the records from an ActorStarted that names it up to one that names another. ends: what
    the supervisor noted; its own log fills it, and goes first. counted: number up to which the session's
    record has counted this log, 0 without one.
    """

    def __init__(self, log: str, session: Session, ends: Ends, counted: int = 0) -> None:
        self.log = log
        self.findings: list[Finding] = []
        self.first_seq = self.last_seq = self.last_ns = 0
        self.records = self.bytes = self.runs = 0
        self.kinds: Counter[int] = Counter()
        """Of the records up to `counted`."""
        self.later: Counter[int] = Counter()
        """Of those behind it."""
        self.reads = Reads()
        self.ended: Ended | None = None
        """How the last run ended; None: it did not say."""
        self.version = ""
        """Of the program, as the newest run says it."""
        self.is_past = False
        """A later session has begun: nothing more of this one follows."""
        self._session = session
        self._ends = ends
        self._counted = counted
        self._digest = sha256()
        self._begun = False
        self._holed = False
        self._inside = False
        self._flaws: list[Flaw] = []
        self._told: Counter[tuple[str, bool]] = Counter()
        self._gaps: list[Gap] = []
        self.feed = FeedAudit(log, session.from_ns, ends, self.found)
        self._handlers: dict[int, Callable[[Record, Any], None]] = {
            **self.feed.handlers(),
            ActorStarted.kind: self._started,
            ActorStopped.kind: self._stopped,
            ActorStateChanged.kind: self._changed,
            RecordsLost.kind: self._lost,
            Turn.kind: self._turn,
        }

    # -- what the log holds

    def take(self, piece: Piece) -> None:
        """Take sound records."""
        records = piece.records
        if self._inside and self._holed and records[0].at_ns >= self._session.to_ns:
            self._inside = False  # the beginning of the next session is among what is lost
        if not self._inside and (self._flaws or not self._begun):
            self._attribute(records[0])
        self._begun, self._holed = True, False
        begin = 0
        if any(record.kind == ActorStarted.kind for record in records):
            for index, record in enumerate(records):
                if record.kind != ActorStarted.kind:
                    continue
                inside = self._names_session(record)
                if self._inside and not inside:
                    self._keep(piece, begin, index)
                    self.is_past = record.at_ns >= self._session.to_ns
                if inside and not self._inside:
                    begin = index
                self._inside = inside
        if self._inside:
            self._keep(piece, begin, len(records))

    def flaw(self, flaw: Flaw) -> None:
        """Take what is no sound record."""
        if self._inside:
            self._holed = True
            self._tell(flaw)
        else:
            self._flaws.append(flaw)

    def end(self, until_ns: int, is_over: bool) -> None:
        """There is nothing more. is_over: the session has ended, or the actor has for good."""
        if self._session.to_ns == EVER_NS:
            for flaw in self._flaws:
                self._tell(flaw)
        ended = self.ended
        if is_over and ended is None and self.last_seq:
            seen = self._ends.of(self.log, self.last_ns, until_ns)
            ended = Ended(self.last_ns, seen.reason if seen is not None else "the session ended", "none")
        over = ended if ended is not None and until_ns - ended.at_ns > FAREWELL_NS else None
        self.feed.end(until_ns, over)
        for (check, fails), count in self._told.items():
            if count > UNTOLD:
                more = f"{count - UNTOLD} more findings like these"
                self.findings.append(Finding(check, self.log, more, fails))

    def stream(self) -> Stream:
        """What the certificate says of this log."""
        feed = self.feed
        return Stream(
            log=self.log,
            records=self.records,
            bytes=self.bytes,
            first_seq=self.first_seq,
            last_seq=self.last_seq,
            runs=self.runs,
            connections=feed.connections,
            received=feed.received,
            stored=feed.stored,
            numbered=feed.numbered,
            books=feed.books.snapshots + feed.witnesses.rest,
            rest=feed.witnesses.rest,
            checksums=feed.witnesses.checksums,
            changes=feed.books.changes,
            clock=feed.clock.clock(),
            disk=feed.disk.disk(),
            digest=self._digest.hexdigest(),
        )

    @property
    def gaps(self) -> list[Gap]:
        return self._gaps + self.feed.absences.gaps

    def found(self, finding: Finding) -> None:
        """Note a finding; of many of one sort the first few."""
        key = (finding.check, finding.fails)
        self._told[key] += 1
        if self._told[key] <= UNTOLD:
            self.findings.append(finding)

    # -- which of it is the session's

    def _names_session(self, record: Record) -> bool:
        try:
            started = record.message()
        except msgspec.DecodeError:
            return self._inside
        return isinstance(started, ActorStarted) and started.session == self._session.name

    def _attribute(self, following: Record) -> None:
        """Where the beginning of a run cannot be read, or is not kept, time says whose records follow."""
        session = self._session
        if session.from_ns <= following.at_ns < session.to_ns and following.kind != ActorStarted.kind:
            self._inside = True
        if following.at_ns >= session.from_ns and not (self.last_seq and following.at_ns >= session.to_ns):
            for flaw in self._flaws:
                self._tell(flaw)
        self._flaws.clear()

    def _tell(self, flaw: Flaw) -> None:
        self.found(Finding(RECORDS, self.log, flaw.what, True, flaw.first, flaw.last, self.last_ns))
        self.feed.holed()
        self.reads.forget()

    def _keep(self, piece: Piece, begin: int, end: int) -> None:
        records = piece.records
        if begin == end:
            return
        if begin == 0 and end == len(records):
            data = piece.data
        else:
            start = sum(HEADER_BYTES + len(record.payload) for record in records[:begin])
            size = sum(HEADER_BYTES + len(record.payload) for record in records[begin:end])
            records, data = records[begin:end], piece.data[start : start + size]
        self._digest.update(data)
        first, last = records[0], records[-1]
        if not self.first_seq:
            self.first_seq = first.seq
        counted = max(0, min(len(records), self._counted - first.seq + 1))
        self.kinds.update([record.kind for record in records[:counted]])
        self.later.update([record.kind for record in records[counted:]])
        self.records += len(records)
        self.bytes += len(data)
        handlers = self._handlers
        for record in records:
            if record.at_ns < self.last_ns:
                self._falls(record)
            handler = handlers.get(record.kind)
            if handler is not None:
                try:
                    message = record.message()
                except (msgspec.DecodeError, UnknownKindError) as error:
                    what = f"record {record.seq} is no {type_name(record.kind)}: {error}"
                    self.found(Finding(RECORDS, self.log, what, True, record.seq, record.seq, record.at_ns))
                else:
                    handler(record, message)
            self.last_ns = record.at_ns
        self.last_seq = last.seq

    def _falls(self, record: Record) -> None:
        what = f"the append time of record {record.seq} lies before that of the record in front of it"
        self.found(Finding(RECORDS, self.log, what, True, record.seq, record.seq, record.at_ns))

    # -- what every actor says

    def _started(self, record: Record, started: ActorStarted) -> None:
        if self.runs and not self.feed.connections:
            self._between_runs(record)
        self.runs += 1
        self.version = started.version
        self.ended = None
        self.feed.began(settings_of(started))
        self.reads.forget()

    def _stopped(self, record: Record, stopped: ActorStopped) -> None:
        self.ended = Ended(stopped.at_ns, stopped.reason, stopped.fault)
        self.feed.stopped()

    def _changed(self, record: Record, change: ActorStateChanged) -> None:
        self._ends.note(change)

    def _lost(self, record: Record, lost: RecordsLost) -> None:
        what = f"it met damage in the log of {lost.log} and never saw records {lost.first} to {lost.last}"
        self.found(Finding(READERS, self.log, what, True, record.seq, record.seq, record.at_ns))
        self.reads.lost(lost)

    def _turn(self, record: Record, turn: Turn) -> None:
        wrong = self.reads.turn(turn, record.seq)
        if wrong:
            self.found(Finding(READERS, self.log, wrong, True, record.seq, record.seq, record.at_ns))

    def _between_runs(self, record: Record) -> None:
        """A run after another: of a feed the connection tells of it, of all others this."""
        ended = self.ended or self._ends.of(self.log, self.last_ns, record.at_ns)
        from_ns = self.ended.at_ns if self.ended is not None else self.last_ns
        reason = ended.reason if ended is not None else "the run before did not say why it ended"
        cause = cause_of_end(ended) if ended is not None else UNEXPLAINED
        self._gaps.append(gap(self.log, "process", "", cause, from_ns, record.at_ns, 0, reason))
        if cause == UNEXPLAINED:
            what = f"a process gap of {self._gaps[-1].length_s:.1f} s that nothing in the record explains"
            self.found(Finding(GAPS, self.log, what, True, record.seq, record.seq, from_ns))

    @property
    def unknown(self) -> int:
        """Records of kinds that this version does not know."""
        return sum(n for kind, n in (self.kinds + self.later).items() if kind not in KINDS)

    @property
    def frames(self) -> int:
        """Raw frames among the records, those that the network failed to bring included."""
        return self.kinds[FrameReceived.kind] + self.later[FrameReceived.kind]
