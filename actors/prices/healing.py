"""Keeping count of attempts to mend a book on the connection that it broke on."""

from collections import deque

from actors.errors import GapError

LIMIT_NS = 3_000_000_000
PERIOD_NS = 60_000_000_000
MOST_A_PERIOD = 3


class Healing:
    """One attempt at a time, each with a deadline, and no more of them than can be luck.

    reason: what is being mended; empty when all is well.
    """

    def __init__(self, venue: str) -> None:
        self.reason = ""
        self._venue = venue
        self._due_ns = 0
        self._begun: deque[int] = deque()

    def begin(self, reason: str, now_ns: int) -> None:
        """Count one attempt. Raises GapError for one too many."""
        self._begun.append(now_ns)
        while self._begun[0] < now_ns - PERIOD_NS:
            self._begun.popleft()
        if len(self._begun) > MOST_A_PERIOD:
            raise GapError(f"{self._venue}: {reason}, and {MOST_A_PERIOD} fresh snapshots did not mend it")
        self.reason = reason
        self._due_ns = now_ns + LIMIT_NS

    def done(self) -> None:
        """The fresh snapshot is there."""
        self.reason = ""

    def check(self, now_ns: int) -> None:
        """Raise GapError if the fresh snapshot does not come."""
        if self.reason and now_ns > self._due_ns:
            raise GapError(f"{self._venue} sent no fresh snapshot in {LIMIT_NS // 10**9} s: {self.reason}")
