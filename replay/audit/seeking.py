"""Finding a session by its name even where the record that says when it began is damaged."""

from pathlib import Path

import msgspec

from actors.logger.record import load_record
from messages import ActorStarted
from messages.errors import LogError
from messages.log import Record
from messages.log.segments import list_segments
from replay.audit.scanning import Piece, scan
from replay.errors import UnknownSessionError
from replay.sessions import EVER_NS, SUPERVISOR, Session, sessions, settings_of

LAST = "last"


def session_named(data_dir: Path, name: str) -> Session:
    """The session of this name; the newest where name is empty or `last`.

    As the supervisor's log has it; where that is damaged or missing, as any log or the session's own record
    has it. Raises UnknownSessionError.
    """
    name = "" if name == LAST else name
    try:
        found = sessions(data_dir)
    except LogError:
        found = []
    recorded = _recorded(data_dir)
    known = {session.name for session in found}
    # A name of a session rises with its time, so a later one that is missing here shows.
    newest = max([*known, *recorded], default="")
    if (name or newest) in known and newest in known:
        return next(session for session in found if session.name == (name or newest))
    return _sought(data_dir, name, recorded)


def _recorded(data_dir: Path) -> dict[str, int]:
    """Sessions that the logger kept a record of, and when each began."""
    found: dict[str, int] = {}
    for path in (data_dir / "sessions").glob("*/"):
        record = load_record(path)
        found[path.name] = record.started_ns if record is not None else 0
    return found


def _sought(data_dir: Path, name: str, recorded: dict[str, int]) -> Session:
    begun: dict[str, int] = {session: at_ns for session, at_ns in recorded.items() if at_ns}
    modes: dict[str, str] = {}
    for folder in sorted((data_dir / "log").glob("*/")):
        if not list_segments(folder):
            continue
        for part in scan(folder, 0):
            if isinstance(part, Piece):
                for record in part.records:
                    if record.kind == ActorStarted.kind:
                        _note(record, folder.name, begun, modes)
    wanted = name or max([*begun, *recorded], default="")
    if wanted not in begun:
        there = f"there are: {', '.join(sorted(begun))}" if begun else "nothing was recorded there yet"
        if wanted in recorded:
            there = "its record is damaged, and no log names it"
        message = f"there is no session {wanted!r} in {data_dir}; {there}"
        raise UnknownSessionError(message)
    from_ns = begun[wanted]
    to_ns = min([at_ns for at_ns in begun.values() if at_ns > from_ns], default=EVER_NS)
    return Session(wanted, modes.get(wanted, ""), from_ns, to_ns, 1.0)


def _note(record: Record, log: str, begun: dict[str, int], modes: dict[str, str]) -> None:
    try:
        started = record.message()
    except msgspec.DecodeError:
        return
    if isinstance(started, ActorStarted):
        begun[started.session] = min(begun.get(started.session, EVER_NS), record.at_ns)
        if log == SUPERVISOR:
            modes[started.session] = str(settings_of(started).get("mode", ""))
