"""The sessions of a span of time, and from which actor on a point must be run anew."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from messages.log import LogReader, Record
from messages.version import VERSION
from replay.backtest.points import CHAIN, FILE, Point
from replay.records import record_at
from replay.sessions import EVER_NS, Session, sessions, settings_of, start_of


class Part(NamedTuple):
    """A session, and as much of it as lies in the span."""

    whole: Session
    cut: Session


def sessions_between(data_dir: Path, from_ns: int, to_ns: int) -> list[Part]:
    """The sessions that lie in the span at least in part, oldest first.

    The newest one ends with the newest record that there is now, also where it is still being written.
    """
    newest_ns = _newest_ns(data_dir)
    found = []
    for session in sessions(data_dir):
        end_ns = newest_ns + 1 if session.to_ns == EVER_NS else session.to_ns
        cut = session._replace(from_ns=max(session.from_ns, from_ns), to_ns=min(end_ns, to_ns))
        if cut.from_ns < cut.to_ns:
            found.append(Part(session, cut))
    return found


def anew(data_dir: Path, session: Session, points: Sequence[Point]) -> list[str]:
    """The actors whose words cannot be taken from the record: the first whose settings any point changes,
    and all that hear it. The paper account is always run."""
    for place, actor in enumerate(CHAIN[:-1]):
        recorded = _recorded(data_dir, session, actor)
        if any(_differs(point.settings[actor], recorded) for point in points):
            return list(CHAIN[place:])
    return [CHAIN[-1]]


def _recorded(data_dir: Path, session: Session, actor: str) -> dict[str, Any] | None:
    """The settings that it ran with; None where it did not run, or was of another version."""
    started = start_of(data_dir, actor, session.name, session.from_ns)
    return settings_of(started) if started is not None and started.version == VERSION else None


def _differs(settings: Mapping[str, Any], recorded: Mapping[str, Any] | None) -> bool:
    if recorded is None or any(said for key, said in settings.items() if key.endswith(FILE)):
        return True  # nobody knows what the file held then
    return {**settings, "speed": 0} != {**recorded, "speed": 0}


def _newest_ns(data_dir: Path) -> int:
    newest_ns = 0
    for folder in (data_dir / "log").glob("*/"):
        with LogReader(folder) as reader:
            reader.seek_end()
            last = record_at(data_dir, folder.name, reader.next_seq - 1)
        if isinstance(last, Record):
            newest_ns = max(newest_ns, last.at_ns)
    return newest_ns
