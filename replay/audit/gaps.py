"""Whose a gap is, by what the record says of its cause."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from messages import ActorStateChanged
from replay.audit.certificate import MAINTENANCE, OURS, OUTAGE, ROLLOVER, UNEXPLAINED, VENUE, Gap

STILL_NS: Final = 5_000_000_000
"""A feed that says nothing of its own health for so long, once a second otherwise, stood still."""
NEAR_NS: Final = 1_000_000_000
"""By so much the supervisor's word of an end may lie outside of the gap that it explains."""

_PAUSE: Final = re.compile(r"maintenance|weekly pause|has paused|the market is (?!settled)\w+", re.IGNORECASE)
_ROLLOVER: Final = re.compile(r"settled or no longer watched|the quarter hour is over")
_REFRESH: Final = re.compile(
    r"middle of the kept band|nears the end of the snapshot|read in the wrong prices"
)
_PATH: Final = re.compile(r"could not be read again in time")
_OF_FAULT: Final = {
    "none": OURS,
    "venue": VENUE,
    "network": OUTAGE,
    "machine": OURS,
    "configuration": OURS,
    "internal": OURS,
}


class Ended(NamedTuple):
    """How a connection or a run ended, in its own words. fault: as in ActorStopped."""

    at_ns: int
    reason: str
    fault: str


def cause_of_end(ended: Ended) -> str:
    """Whose it was that a connection or a run ended."""
    if _PAUSE.search(ended.reason):
        return MAINTENANCE
    return _OF_FAULT.get(ended.fault, UNEXPLAINED)


def cause_of_withdrawal(reason: str) -> str:
    """Whose it was that a book was taken back."""
    if not reason:
        return UNEXPLAINED
    for pattern, cause in ((_ROLLOVER, ROLLOVER), (_PAUSE, MAINTENANCE), (_REFRESH, OURS), (_PATH, OUTAGE)):
        if pattern.search(reason):
            return cause
    return VENUE


def is_pause(reason: str) -> bool:
    """Whether a feed says that the venue itself has announced a pause."""
    return bool(_PAUSE.search(reason))


class Ends:
    """What the supervisor noted of its children's ends."""

    def __init__(self) -> None:
        self._changes: dict[str, list[ActorStateChanged]] = {}
        self.ran: set[str] = set()
        """Children that have been seen at work."""

    def note(self, change: ActorStateChanged) -> None:
        self._changes.setdefault(change.name, []).append(change)
        if change.now == "running":
            self.ran.add(change.name)

    def of(self, name: str, from_ns: int, to_ns: int) -> Ended | None:
        """The newest end of a child that fell between two times, if the supervisor saw one."""
        for change in reversed(self._changes.get(name, ())):
            is_end = change.now in ("stopped", "backoff", "failed", "stopping")
            if is_end and from_ns - NEAR_NS <= change.at_ns <= to_ns + NEAR_NS:
                return Ended(change.at_ns, change.reason, "none")
        return None


def gap(
    log: str, what: str, name: str, cause: str, from_ns: int, to_ns: int, until_ns: int, reason: str
) -> Gap:
    """Make a gap. to_ns: 0 while it lasts, and then it is as long as until until_ns."""
    length_s = max(0, (to_ns or until_ns) - from_ns) / 1e9
    return Gap(log, what, name, cause, from_ns, to_ns, round(length_s, 6), reason)


def by_cause(gaps: Sequence[Gap]) -> dict[str, tuple[int, float, float]]:
    """Count, total and longest length in seconds of the gaps of each cause."""
    found: dict[str, tuple[int, float, float]] = {}
    for one in gaps:
        count, total_s, longest_s = found.get(one.cause, (0, 0.0, 0.0))
        found[one.cause] = (count + 1, total_s + one.length_s, max(longest_s, one.length_s))
    return found
