"""A listener's recorded inbox, played once more through the same rule."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from actors.rule import Rule
from messages import ActorStarted, ActorStopped, Message, RecordsLost, Turn
from messages.codec import KINDS, decode
from messages.log import LogReader, Record
from replay.errors import DamagedRecordError, UnknownRecordError
from replay.records import Missing, Tell, newest_before, read_between, read_on
from replay.sessions import settings_of
from replay.tape import Tape

ENDS: Final = (ActorStarted.kind, ActorStopped.kind)
BETWEEN: Final = (*ENDS, RecordsLost.kind, Turn.kind)
"""Kinds that the shell writes; all others are the rule's own words."""


class Run(NamedTuple):
    """One run of an actor, from its ActorStarted on. first_seq: that record, in the actor's own log."""

    log: str
    session: str
    first_seq: int
    at_ns: int
    version: str
    settings: dict[str, Any]


class Played(NamedTuple):
    """One turn as it was recorded, and what the rule says in it now.

    seq, at_ns: of the Turn's record. recorded: words behind it by their number, as far as they can be read.
    said: the same by number; empty while it was catching up.
    """

    seq: int
    at_ns: int
    turn: Turn
    recorded: dict[int, Record]
    said: dict[int, Message]


def run_of(data_dir: Path, log: str, seq: int) -> Run:
    """Find the run of an actor that wrote a record. Raises UnknownRecordError."""
    record = newest_before(data_dir, log, frozenset({ActorStarted.kind}), seq + 1)
    started = record.message() if record is not None else None
    if record is None or not isinstance(started, ActorStarted):
        message = (
            f"the beginning of the run of {log} that record {seq} belongs to is not kept any more; without "
            "it nothing can be recomputed"
        )
        raise UnknownRecordError(message)
    return _run(log, record, started)


def runs_between(data_dir: Path, log: str, from_ns: int, to_ns: int) -> list[Run]:
    """Find the runs of an actor that began at or after from_ns and before to_ns, oldest first."""
    begun = read_between(data_dir, log, from_ns, to_ns, frozenset({ActorStarted.kind}))
    return [
        _run(log, record, started)
        for record in begun
        for started in [record.message()]
        if isinstance(started, ActorStarted)
    ]


def _run(log: str, record: Record, started: ActorStarted) -> Run:
    return Run(log, started.session, record.seq, record.at_ns, started.version, settings_of(started))


class Replay:
    """Plays a run from its beginning up to a record of it, or to where it ends if that is sooner.

    rule: fresh, and given what its actor recalled at the start. Nothing but the logs decides what comes
    out. missing: what the actor had read and what cannot be read any more. turns, passed, fed: how many
    turns were played, how many records their reads ran over, and how many of those the rule took in.
    Raises DamagedRecordError for a sound record that is not what its kind says.
    """

    def __init__(self, data_dir: Path, run: Run, rule: Rule, until_seq: int = 2**62) -> None:
        self._data_dir = data_dir
        self._run = run
        self._rule = rule
        self._until_seq = until_seq
        self._tapes: dict[str, Tape] = {}
        self.missing_words: list[Missing] = []
        """What of its own log, in this run, cannot be read any more."""
        self._lost: list[RecordsLost] = []
        self.turns = 0
        self.passed = 0
        self.fed = 0

    def play(self, tell: Tell = lambda share: None) -> Iterator[Played]:
        """Yield turn after turn, the one that the last record belongs to included."""
        take, say, tapes = self._rule.take, self._rule.turn, self._tapes
        whole = max(1, self._until_seq - self._run.first_seq)
        for seq, at_ns, turn, recorded in self._recorded_turns():
            for read in turn.reads:
                log, first, last = read.log, read.first, read.last
                records = (tapes.get(log) or self._tape(log)).take(first, last)
                try:
                    for record in records:
                        take(log, record.seq, decode(record.kind, record.payload))
                except msgspec.DecodeError as error:
                    raise _undecodable(log, record, error) from None
                self.passed += last - first + 1
                self.fed += len(records)
            caught_up = turn.caught_up
            said = say(turn.now_ns, seq + 1 if caught_up else 0)
            self.turns += 1
            yield Played(seq, at_ns, turn, recorded, dict(enumerate(said, seq + 1)) if caught_up else {})
            tell((seq - self._run.first_seq) / whole)

    @property
    def missing(self) -> list[Missing]:
        """What cannot be read any more of what the actor had read, or of what it wrote in between."""
        found = [hole for tape in self._tapes.values() for hole in tape.missing]
        return self.missing_words + [hole for hole in found if not self._was_lost(hole)]

    def close(self) -> None:
        for tape in self._tapes.values():
            tape.close()

    def _was_lost(self, hole: Missing) -> bool:
        """It was damaged already when the actor came there, so that the actor never saw it."""
        return any(
            lost.log == hole.log and lost.first <= hole.first and hole.last <= lost.last
            for lost in self._lost
        )

    def _tape(self, log: str) -> Tape:
        tape = self._tapes[log] = Tape(self._data_dir, log, self._rule.wanted.get(log, frozenset()))
        return tape

    def _recorded_turns(self) -> Iterator[tuple[int, int, Turn, dict[int, Record]]]:
        run = self._run
        turn: tuple[int, int, Turn, dict[int, Record]] | None = None
        with LogReader(self._data_dir / "log" / run.log) as reader:
            reader.seek_seq(run.first_seq + 1)
            while True:
                records, hole = read_on(run.log, reader, None)
                for record in records:
                    if record.kind not in BETWEEN:
                        if turn is not None:
                            turn[3][record.seq] = record
                        continue
                    if turn is not None:
                        yield turn
                        turn = None
                    if record.seq > self._until_seq or record.kind in ENDS:
                        return
                    try:
                        message = decode(record.kind, record.payload)
                    except msgspec.DecodeError as error:
                        raise _undecodable(run.log, record, error) from None
                    if isinstance(message, Turn):
                        turn = (record.seq, record.at_ns, message, {})
                    elif isinstance(message, RecordsLost):
                        self._lost.append(message)
                if hole is not None:
                    if hole.first <= self._until_seq:
                        self.missing_words.append(hole)
                    if turn is not None:  # whose words may stand behind it, nobody knows
                        yield turn
                        turn = None
                if reader.drained:
                    break
        if turn is not None:
            yield turn


def _undecodable(log: str, record: Record, error: msgspec.DecodeError) -> DamagedRecordError:
    name = KINDS[record.kind].__name__
    message = f"record {record.seq} of {log} is sound, and no {name} that this version can read: {error}"
    return DamagedRecordError(message)
