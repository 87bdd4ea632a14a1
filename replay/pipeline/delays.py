"""How long a listener takes to wake up and to speak, as a recorded session shows it."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median_low
from typing import Final, NamedTuple

from messages import KINDS, Turn
from replay.records import read_between
from replay.sessions import Session
from replay.tape import Tape

MOST_TURNS: Final = 500
"""From the beginning of a session on, that are measured."""


class Delays(NamedTuple):
    """Two times of a listener, in real nanoseconds.

    wake_ns: from the append of what it listens to until the turn that takes it in. work_ns: from that turn
    until its own words stand in its log.
    """

    wake_ns: int
    work_ns: int


AT_ONCE: Final = Delays(0, 0)


def measure(data_dir: Path, session: Session, actor: str, unrung: Sequence[str] = ()) -> Delays:
    """Measure a listener's delays in a session: medians over its first turns that took something in.

    unrung: logs that it reads and that do not wake it. AT_ONCE where the session has no turns of it.
    """
    tapes: dict[str, Tape] = {}
    wakes: list[int] = []
    works: list[int] = []
    kinds = frozenset({Turn.kind})
    for record in read_between(data_dir, actor, session.from_ns, session.to_ns, kinds):
        turn = record.message()
        if not isinstance(turn, Turn) or not turn.caught_up:
            continue
        came_ns = []
        for read in turn.reads:
            if read.log not in unrung:
                tape = tapes.get(read.log) or tapes.setdefault(
                    read.log, Tape(data_dir, read.log, frozenset(KINDS))
                )
                came_ns += [found.at_ns for found in tape.take(read.last, read.last)]
        if came_ns:
            wakes.append(max(0, turn.now_ns - max(came_ns)))
            works.append(max(0, record.at_ns - turn.now_ns))
        if len(wakes) >= MOST_TURNS:
            break
    for tape in tapes.values():
        tape.close()
    return Delays(median_low(wakes), median_low(works)) if wakes else AT_ONCE
