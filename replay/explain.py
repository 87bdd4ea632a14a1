"""One recorded word of the signal actor: what it came from, and whether it comes out the same again."""

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from actors.errors import ActorsError
from actors.recall import recall
from actors.signal.main import RECALLED, build
from actors.signal.rule import SignalRule
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
    encode,
    kinds,
)
from messages.log import LogReader, Record
from replay.errors import DamagedRecordError, ForeignSettingsError, UnknownNameError, UnknownRecordError
from replay.lineage import Source, read, sources
from replay.records import Missing, Tell, holes, newest_before, record_at
from replay.turns import Played, Replay, Run, run_of

SIGNAL_LOG = "signal"
LAST = "last"
SIGNAL_KINDS = ("edge", *INDICATORS)
_SAID = frozenset(KINDS) - kinds(ActorStarted, ActorStopped, RecordsLost, Turn)
"""Kinds that the rule says; the others are the shell's."""
_LAST = ((Signal, Decision), (FairValue, Indicators))


class Difference(NamedTuple):
    """One field that did not come out the same."""

    field: str
    recorded: Any
    recomputed: Any


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
    rule = _rule(run)
    recalled = recall(data_dir / "log" / run.log, RECALLED, run.first_seq)
    for message in recalled:
        rule.recall(message)
    replay = Replay(data_dir, run, rule, record.seq)
    again: Message | None = None
    compared = differing = first_differing = 0
    try:
        for played in replay.play(tell):
            again = played.said.get(record.seq)
            for seq in _numbers(played, record.seq, replay):
                same = _is(played.said.get(seq), played.recorded.get(seq))
                compared += 1
                differing += not same
                first_differing = first_differing or (0 if same else seq)
        missing = replay.missing
    finally:
        replay.close()
    same = again is not None and again.kind == record.kind and encode(again) == record.payload
    if not same:
        missing += _unrecalled(data_dir, run)
    differences = [] if same or again is None else _differences(record.message(), again)
    return Recomputed(
        again,
        same,
        differences,
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
    recalled = newest_before(data_dir, run.log, RECALLED, run.first_seq)
    return holes(data_dir, run.log, recalled.seq if recalled is not None else 1, run.first_seq - 1)


def _rule(run: Run) -> SignalRule:
    try:
        return build(run.settings)
    except (msgspec.ValidationError, ValueError, ActorsError) as error:
        message = (
            f"the signal actor of session {run.session}, version {run.version}, cannot be built again as it "
            f"was: {error}"
        )
        raise ForeignSettingsError(message) from None


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


def _numbers(played: Played, target_seq: int, replay: Replay) -> list[int]:
    """The words of a turn in front of the record that can be compared: all that were not lost since."""
    if not played.turn.caught_up:
        return []
    unheard = played.said.keys() - played.recorded.keys()
    lost = {seq for seq in unheard for hole in replay.missing_words if hole.first <= seq <= hole.last}
    return sorted(seq for seq in (played.recorded.keys() | played.said.keys()) - lost if seq < target_seq)


def _is(said: Message | None, recorded: Record | None) -> bool:
    return (
        said is not None
        and recorded is not None
        and said.kind == recorded.kind
        and encode(said) == recorded.payload
    )


def _differences(recorded: Message, recomputed: Message) -> list[Difference]:
    if type(recorded) is not type(recomputed):
        return [Difference("type", type(recorded).__name__, type(recomputed).__name__)]
    pairs = [
        (name, getattr(recorded, name), getattr(recomputed, name)) for name in recorded.__struct_fields__
    ]
    found = [
        Difference(name, before, after)
        for name, before, after in pairs
        if msgspec.msgpack.encode(before) != msgspec.msgpack.encode(after)
    ]
    # Of an older version: it says the same, and did not write down what has its default.
    return found or [Difference("bytes", encode(recorded).hex(), encode(recomputed).hex())]
