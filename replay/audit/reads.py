"""What listeners say they read: it must be there, and nothing of it may have been passed over."""

from messages import RecordsLost, Turn


class Reads:
    """The reads of one listener's log.

    turns: looked at. furthest: of each log that it read, the last number and the record that says so.
    """

    def __init__(self) -> None:
        self.turns = 0
        self.furthest: dict[str, tuple[int, int]] = {}
        self._next: dict[str, int] = {}

    def forget(self) -> None:
        """A run begins, or turns are missing: what comes next need not follow."""
        self._next.clear()

    def lost(self, told: RecordsLost) -> None:
        """It met damage and went on behind it."""
        if told.log in self._next:
            self._next[told.log] = told.last + 1

    def turn(self, told: Turn, seq: int) -> str:
        """Take one turn; say what it passed over, or read twice."""
        self.turns += 1
        wrong = ""
        following = self._next
        for log, first, last in ((read.log, read.first, read.last) for read in told.reads):
            expected = following.get(log)
            if expected is not None and first != expected:
                wrong = f"it read {log} on from record {first}, not from {expected}"
            # While it catches up, what it does not want stands between its reads.
            if told.caught_up:
                following[log] = last + 1
            if last > self.furthest.get(log, (0, 0))[0]:
                self.furthest[log] = (last, seq)
        return wrong
