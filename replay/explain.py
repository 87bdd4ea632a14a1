"""One recorded word of the signal actor: what it came from, and whether it comes out the same again."""

from pathlib import Path
from typing import NamedTuple

from actors.store.errors import StoreError
from actors.store.manifest import stored_only
from messages import (
    INDICATORS,
    KINDS,
    ActorStarted,
    ActorStopped,
    Decision,
    FairValue,
    Indicators,
    Message,
    RecordsLost,
    Signal,
    Turn,
    kinds,
)
from messages.log import LogReader, Record
from replay.comparing import Difference, comparable, differences, is_same
from replay.errors import (
    DamagedRecordError,
    UnknownNameError,
    UnknownRecordError,
    UnreadableRecordingError,
)
from replay.lineage import Source, read, sources
from replay.listeners import LISTENERS, begin
from replay.records import Missing, Tell, holes, newest_before, record_at
from replay.sessions import session_at
from replay.turns import Replay, Run, run_of

SIGNAL_LOG = "signal"
LAST = "last"
SIGNAL_KINDS = ("edge", *INDICATORS)
_SAID = frozenset(KINDS) - kinds(ActorStarted, ActorStopped, RecordsLost, Turn)
"""Kinds that the rule says; the others are the shell's."""
_LAST = ((Signal, Decision), (FairValue, Indicators))


class Recomputed(NamedTuple):
    """What playing the recorded inbox again gave.

    message: in the record's place, None where nothing was said there. same: its bytes are the record's.
    differences: by field. recalled: its own words that the run began with. turns, fed: played, and records
    taken in by them. compared, differing: words before it in the same run, and how many of those came out
    otherwise; first_differing: the first of them, 0 for none. missing: what was read then and cannot be read
    now.
    """

    message: Message | None
    same: bool
    differences: list[Difference]
    recalled: list[Message]
    turns: int
    fed: int
    compared: int
    differing: int
    first_differing: int
    missing: list[Missing]


class Explained(NamedTuple):
    """A record of the signal actor's log, with all that can be said of where it came from."""

    record: Record
    message: Message
    run: Run
    sources: list[Source]
    recomputed: Recomputed

    @property
    def absent(self) -> list[Missing]:
        """Everything that it came from and that cannot be read any more."""
        named = [Missing(s.log, s.seq, s.seq, s.trouble) for s in self.sources if s.trouble]
        played = self.recomputed.missing
        return played + [
            hole
            for hole in named
            if not any(p.log == hole.log and p.first <= hole.first <= p.last for p in played)
        ]

    @property
    def holds(self) -> bool:
        """It came out bit for bit the same, from records that are all there."""
        return self.recomputed.same and not self.absent


def span(data_dir: Path, which: str) -> tuple[int, int]:
    """From when to when the logs are needed to explain a record, one that only the store has included.

    Raises as `find`, and UnreadableRecordingError.
    """
    if which.isdecimal():
        try:
            for stored in stored_only(data_dir, SIGNAL_LOG):
                if stored.first_seq <= int(which) < stored.next_seq:
                    return session_at(data_dir, stored.to_ns)
        except StoreError as error:
            raise UnreadableRecordingError(str(error)) from None
    return session_at(data_dir, find(data_dir, which).at_ns)


def find(data_dir: Path, which: str) -> Record:
    """Find the record that is meant: a number, `last`, a type of message, or a kind of signal.

    `last`: the newest Signal or Decision, or where there is none the newest FairValue or Indicators.
    Raises UnknownNameError, UnknownRecordError, DamagedRecordError.
    """
    if which.isdecimal():
        return _numbered(data_dir, int(which))
    if which == LAST:
        for types in _LAST:
            found = newest_before(data_dir, SIGNAL_LOG, kinds(*types))
            if found is not None:
                return found
        message = f"signal has said nothing in {data_dir} yet"
        raise UnknownRecordError(message)
    by_name = {KINDS[kind].__name__.lower(): kind for kind in _SAID}
    kind = by_name.get(which.lower())
    if kind is None and which not in SIGNAL_KINDS:
        message = (
            f"nothing is called {which!r}; a record is named by its number, by `last`, by a type like "
            f"Decision or FairValue, or by a kind of signal: {', '.join(SIGNAL_KINDS)}"
        )
        raise UnknownNameError(message)
    if kind is not None:
        found = newest_before(data_dir, SIGNAL_LOG, frozenset({kind}))
    else:
        found = newest_before(
            data_dir,
            SIGNAL_LOG,
            frozenset({Signal.kind}),
            wanted=lambda said: isinstance(said, Signal) and said.signal_kind == which,
        )
    if found is None:
        message = f"the log of signal in {data_dir} holds no {which}"
        raise UnknownRecordError(message)
    return found


def explain(data_dir: Path, record: Record, tell: Tell = lambda share: None) -> Explained:
    """Look up what a record came from, and play its run again up to it.

    Reads the logs alone; the run is played from its beginning. Raises DamagedRecordError,
    UnknownRecordError, ForeignSettingsError.
    """
    message, trouble = read(record)
    if message is None:
        raise DamagedRecordError(trouble)
    run = run_of(data_dir, SIGNAL_LOG, record.seq)
    found = sources(data_dir, SIGNAL_LOG, message, record.at_ns)
    return Explained(record, message, run, found, recompute(data_dir, run, record, tell))


def recompute(data_dir: Path, run: Run, record: Record, tell: Tell) -> Recomputed:
    """Play a run up to one of its records and compare every word on the way, byte by byte."""
    rule, recalled = begin(data_dir, run)
    replay = Replay(data_dir, run, rule, record.seq)
    again: Message | None = None
    compared = differing = first_differing = 0
    try:
        for played in replay.play(tell):
            again = played.said.get(record.seq)
            for seq in comparable(played, replay.missing_words):
                if seq >= record.seq:
                    break
                same = is_same(played.said.get(seq), played.recorded.get(seq))
                compared += 1
                differing += not same
                first_differing = first_differing or (0 if same else seq)
        missing = replay.missing
    finally:
        replay.close()
    same = is_same(again, record)
    if not same:
        missing += _unrecalled(data_dir, run)
    differing_fields = [] if same or again is None else differences(record.message(), again)
    return Recomputed(
        again,
        same,
        differing_fields,
        recalled,
        replay.turns,
        replay.fed,
        compared,
        differing,
        first_differing,
        missing,
    )


def _unrecalled(data_dir: Path, run: Run) -> list[Missing]:
    """What is damaged between the state that the run begins with now and the run: a newer state, perhaps."""
    recalled = newest_before(data_dir, run.log, LISTENERS[run.log].recalled, run.first_seq)
    return holes(data_dir, run.log, recalled.seq if recalled is not None else 1, run.first_seq - 1)


def _numbered(data_dir: Path, seq: int) -> Record:
    record = record_at(data_dir, SIGNAL_LOG, seq)
    if isinstance(record, Record):
        if record.kind in _SAID or record.kind not in KINDS:
            return record
        name = KINDS[record.kind].__name__
        message = f"record {seq} of signal is of type {name}; only what it says itself can be explained"
        raise UnknownRecordError(message)
    with LogReader(data_dir / "log" / SIGNAL_LOG) as reader:
        reader.seek_end()
        if record.why and seq < reader.next_seq:
            raise DamagedRecordError(record.why)
    message = f"there is no record {seq} of signal in {data_dir}: {record.why}"
    raise UnknownRecordError(message)
