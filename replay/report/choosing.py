"""Which sessions a page is about: one by name, the newest, or those of a day."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from messages.errors import LogError
from messages.log import LogReader
from replay.errors import UnknownSessionError
from replay.recording import recording
from replay.sessions import Session
from replay.sessions import choose as by_name

LAST: Final = "last"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Chosen(NamedTuple):
    """name: for a file. sessions: what is shown, of a day each cut to it; whole: the same sessions uncut."""

    name: str
    title: str
    sessions: list[Session]
    whole: list[Session]


def choose(found: Sequence[Session], which: str, data_dir: Path) -> Chosen:
    """Choose by a session's name, by `last`, or by a day in UTC (2026-11-23). Raises UnknownSessionError."""
    if _DAY.fullmatch(which):
        return _of_day(found, which, data_dir)
    sessions = [found[-1]] if which == LAST and found else by_name(found, [which], data_dir)
    return Chosen(sessions[0].name, f"Session {sessions[0].name}", sessions, sessions)


def _of_day(found: Sequence[Session], which: str, data_dir: Path) -> Chosen:
    try:
        begin = datetime.strptime(which, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        message = f"there is no day {which}"
        raise UnknownSessionError(message) from None
    from_ns, to_ns = (round(at.timestamp()) * 10**9 for at in (begin, begin + timedelta(days=1)))
    parts = [
        (session, session._replace(from_ns=max(from_ns, session.from_ns), to_ns=min(to_ns, session.to_ns)))
        for session in found
        if session.from_ns < to_ns and session.to_ns > from_ns
    ]
    # One that began before the day may have ended before it, too.
    parts = [(whole, cut) for whole, cut in parts if cut.from_ns == whole.from_ns or _spoke(data_dir, cut)]
    if not parts:
        names = f"; the newest session there is {found[-1].name}" if found else ""
        message = f"nothing was recorded on {which} (UTC) in {data_dir}{names}"
        raise UnknownSessionError(message)
    return Chosen(which, f"{which} (UTC)", [cut for _, cut in parts], [whole for whole, _ in parts])


def _spoke(data_dir: Path, session: Session) -> bool:
    """Whether any log holds a record of this span."""
    with recording(data_dir, session.from_ns, session.to_ns) as folder:
        for log in (folder / "log").glob("*/"):
            with suppress(LogError), LogReader(log) as reader:
                reader.seek_time(session.from_ns)
                first = reader.next_seq
                reader.seek_time(session.to_ns)
                if reader.next_seq > first:
                    return True
    return False
