"""Which sessions a data folder holds, from when to when, and how fast the market's clock ran."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson

from actors.store import manifest
from actors.store.errors import StoreError
from actors.store.manifest import Start
from messages import ActorStarted, kinds
from messages.log import LogReader
from replay.errors import UnknownSessionError, UnreadableRecordingError
from replay.records import read_between, read_on

SUPERVISOR = "supervisor"
EVER_NS = 2**63 - 1
LAST = "last"
CLOCKED = ("signal", "brti", "paper")
"""Actors whose settings say how fast the market's clock runs."""


class Session(NamedTuple):
    """One run of the system.

    name: as its supervisor gave it. mode: `live` or `sim`, empty where the supervisor's log does not say.
    Every record of the session was appended at or after from_ns and before to_ns, when the next session
    begins. speed: of the market's clock, market seconds per real second.
    """

    name: str
    mode: str
    from_ns: int
    to_ns: int
    speed: float


def sessions(data_dir: Path) -> list[Session]:
    """Find all recorded sessions, oldest first, those that are only in the store too.

    Raises UnreadableRecordingError where the store's own record is damaged.
    """
    begun: dict[str, tuple[int, str]] = {}
    for log in _logs(data_dir):
        for at_ns, started in _starts(data_dir, log):
            mode = str(settings_of(started).get("mode", "")) if log == SUPERVISOR else ""
            begun.setdefault(started.session, (at_ns, mode))
    ordered = sorted((at_ns, name, mode) for name, (at_ns, mode) in begun.items())
    ends = [at_ns for at_ns, *_ in [*ordered[1:], (EVER_NS, "", "")]][: len(ordered)]
    return [
        Session(name, mode, from_ns, to_ns, _speed(data_dir, name, from_ns))
        for (from_ns, name, mode), to_ns in zip(ordered, ends, strict=True)
    ]


def choose(found: Sequence[Session], names: Sequence[str], data_dir: Path) -> list[Session]:
    """The sessions named, oldest first; all of them where none is named.

    `last` is the newest. Raises UnknownSessionError.
    """
    known = [session.name for session in found]
    names = [known[-1] if name == LAST and known else name for name in names]
    for name in names:
        if name not in known:
            there = f"there are: {', '.join(known)}" if known else "nothing was recorded there yet"
            message = f"there is no session {name!r} in {data_dir}; {there}"
            raise UnknownSessionError(message)
    return [session for session in found if not names or session.name in names]


def span(chosen: Sequence[Session]) -> tuple[int, int]:
    """From when to when these sessions, oldest first, go; nothing where there are none."""
    return (chosen[0].from_ns, chosen[-1].to_ns) if chosen else (0, 0)


def session_at(data_dir: Path, at_ns: int) -> tuple[int, int]:
    """From the beginning of the session that a time lies in up to that time, included."""
    begun = [session.from_ns for session in sessions(data_dir) if session.from_ns <= at_ns]
    return max(begun, default=at_ns), at_ns + 1


def settings_of(started: ActorStarted) -> dict[str, Any]:
    """The settings that an actor said it ran with; empty where they cannot be read."""
    try:
        settings = orjson.loads(started.settings)
    except orjson.JSONDecodeError:
        return {}
    return settings if isinstance(settings, dict) else {}


def _logs(data_dir: Path) -> list[str]:
    """The supervisor's log tells it all; where that is missing, every actor's own."""
    if any((data_dir / "log" / SUPERVISOR).glob("*.seg")) or manifest.paths(data_dir, SUPERVISOR):
        return [SUPERVISOR]
    standing = {folder.name for folder in (data_dir / "log").glob("*/")}
    return sorted(standing | set(manifest.logs(data_dir)))


def _starts(data_dir: Path, log: str) -> Iterator[tuple[int, ActorStarted]]:
    """Every ActorStarted of a log with its append time, those that are only in the store first."""
    for start in _stored_starts(data_dir, log):
        yield start.at_ns, start.message()
    for record in read_between(data_dir, log, 0, EVER_NS, kinds(ActorStarted)):
        started = record.message()
        if isinstance(started, ActorStarted):
            yield record.at_ns, started


def _stored_starts(data_dir: Path, log: str) -> list[Start]:
    try:
        return [start for stored in manifest.stored_only(data_dir, log) for start in stored.starts]
    except StoreError as error:
        raise UnreadableRecordingError(str(error)) from None


def start_of(data_dir: Path, log: str, session: str, from_ns: int) -> ActorStarted | None:
    """How an actor began in a session; None where it did not run in it. from_ns: when the session began."""
    for start in _stored_starts(data_dir, log):
        if start.session == session:
            return start.message()
    with LogReader(data_dir / "log" / log) as reader:
        reader.seek_time(from_ns)
        # Whoever ran in this session began with this record; whoever did not begins a later one.
        for record in read_on(log, reader, None)[0]:
            if record.kind != ActorStarted.kind:
                continue
            started = record.message()
            if isinstance(started, ActorStarted) and started.session == session:
                return started
    return None


def _speed(data_dir: Path, session: str, from_ns: int) -> float:
    for log in CLOCKED:
        started = start_of(data_dir, log, session, from_ns)
        if started is not None:
            return msgspec.convert(settings_of(started).get("speed", 1.0), float, strict=False)
    return 1.0
