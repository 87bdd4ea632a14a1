"""Whether everything that the listeners of a session said comes out again, bit for bit."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from messages import KINDS, Message, Read
from messages.log import Record
from replay.comparing import Difference, comparable, differences, is_same
from replay.errors import ReplayError
from replay.lineage import Source, read, sources
from replay.listeners import build
from replay.playing import Totals, play, unbegun
from replay.records import Tell
from replay.sessions import Session
from replay.tape import Tape
from replay.turns import Played, Run

MOST_TAKEN = 20
"""Records of a differing turn that are shown, the newest."""


class Tally(msgspec.Struct):
    """Words of one type: in the record, in the replay, and how many of them are the same byte by byte."""

    recorded: int = 0
    said: int = 0
    same: int = 0


class Taken(NamedTuple):
    """A record that a turn took in. message: None where it cannot be read."""

    log: str
    record: Record
    message: Message | None


class FirstDifference(NamedTuple):
    """The first word that did not come out the same, and what it was made from.

    turn_seq, at_ns, reads: of the Turn that it was said in. recorded: None where nothing stands in its place,
    or nothing that can be read; recomputed: None where nothing is said there. sources: the records that it
    names. taken: the records that its turn took in, the newest of them; taken_count: of how many.
    """

    run: Run
    seq: int
    at_ns: int
    turn_seq: int
    now_ns: int
    reads: list[Read]
    recorded: Message | None
    recomputed: Message | None
    differences: list[Difference]
    sources: list[Source]
    taken: list[Taken]
    taken_count: int


class Verified(NamedTuple):
    """One listener's part in a session, compared.

    tallies: by type, in order of name. differing: words. first: of these. totals: what was played. unbegun:
    words whose run began before what is kept, so that they cannot be played. trouble: why playing stopped,
    empty if it did not.
    """

    log: str
    totals: Totals
    tallies: dict[str, Tally]
    differing: int
    first: FirstDifference | None
    unbegun: int
    trouble: str

    @property
    def holds(self) -> bool:
        """All of it came out bit for bit the same, from records that are all there."""
        return not (self.differing or self.totals.missing or self.unbegun or self.trouble)


def verify(
    data_dir: Path, session: Session, logs: Sequence[str], tell: Tell = lambda share: None
) -> list[Verified]:
    """Play every run of these listeners in a session, and compare all that they say. Reads the logs alone."""
    return [
        _verify(data_dir, session, log, lambda share, done=done: tell((done + share) / len(logs)))  # type: ignore[misc]
        for done, log in enumerate(logs)
    ]


def _verify(data_dir: Path, session: Session, log: str, tell: Tell) -> Verified:
    totals = Totals()
    tallies: dict[int, Tally] = {}
    differing = 0
    first: FirstDifference | None = None
    trouble = ""
    try:
        for replay, played in play(data_dir, session, log, totals, tell=tell):
            recorded, said = played.recorded, played.said
            if not recorded and not said:
                continue
            for seq in comparable(played, replay.missing_words):
                before, now = recorded.get(seq), said.get(seq)
                same = is_same(now, before)
                if before is not None:
                    tally = tallies.setdefault(before.kind, Tally())
                    tally.recorded += 1
                    tally.same += same
                if now is not None:
                    tallies.setdefault(now.kind, Tally()).said += 1
                differing += not same
                if not same and first is None:
                    first = _first(data_dir, totals.runs[-1], played, seq)
    except ReplayError as error:
        trouble = str(error)
    named = {_name(kind): tally for kind, tally in tallies.items()}
    return Verified(
        log, totals, dict(sorted(named.items())), differing, first, unbegun(data_dir, session, log), trouble
    )


def _first(data_dir: Path, run: Run, played: Played, seq: int) -> FirstDifference:
    record = played.recorded.get(seq)
    recorded = read(record)[0] if record is not None else None
    recomputed = played.said.get(seq)
    told = recorded or recomputed
    taken, count = _taken(data_dir, run, played.turn.reads)
    return FirstDifference(
        run,
        seq,
        played.at_ns,
        played.seq,
        played.turn.now_ns,
        played.turn.reads,
        recorded,
        recomputed,
        differences(recorded, recomputed) if recorded is not None and recomputed is not None else [],
        sources(data_dir, run.log, told, played.at_ns) if told is not None else [],
        taken,
        count,
    )


def _taken(data_dir: Path, run: Run, reads: Sequence[Read]) -> tuple[list[Taken], int]:
    """The newest records that these reads took in, in their order, and how many there are in all."""
    wanted = build(run.log, run.settings).wanted
    taken: list[Taken] = []
    count = 0
    for one in reads:
        tape = Tape(data_dir, one.log, wanted.get(one.log, frozenset()))
        found = tape.take(one.first, one.last)
        tape.close()
        count += len(found)
        taken += [Taken(one.log, record, read(record)[0]) for record in found[-MOST_TAKEN:]]
    return taken[-MOST_TAKEN:], count


def _name(kind: int) -> str:
    known = KINDS.get(kind)
    return known.__name__ if known else f"kind {kind}"
