"""What a log lacks, from when to when: connections, books that were taken back, markets between two."""

from collections.abc import Callable

from messages import FeedHealth, MarketRoleChanged
from replay.audit.certificate import GAPS, MAINTENANCE, ROLLOVER, UNEXPLAINED, Finding, Gap
from replay.audit.gaps import cause_of_withdrawal, gap, is_pause


class Absences:
    """The gaps of one feed's log. gaps: those that are over; `last` adds those that last.

    found: is given every gap that nothing explains.
    """

    def __init__(self, log: str, found: Callable[[Finding], None]) -> None:
        self.gaps: list[Gap] = []
        self._log = log
        self._found = found
        self._taken: dict[str, tuple[int, str]] = {}
        self._pause: tuple[int, str] | None = None
        self._running: dict[str, str] = {}
        self._rolling: dict[str, tuple[int, str]] = {}

    def add(
        self, what: str, name: str, cause: str, from_ns: int, to_ns: int, until_ns: int, reason: str
    ) -> None:
        """Note a gap. to_ns: 0 while it lasts, and then it is as long as until until_ns."""
        made = gap(self._log, what, name, cause, from_ns, to_ns, until_ns, reason)
        self.gaps.append(made)
        if cause == UNEXPLAINED:
            message = (
                f"a {what} gap of {made.length_s:.1f} s that nothing in the record explains "
                f"({reason or 'no reason given'})"
            )
            self._found(Finding(GAPS, self._log, message, True, 0, 0, from_ns))

    def taken(self, name: str, reason: str, at_ns: int) -> None:
        """A book was taken back. That of a market that is over is not missed."""
        if cause_of_withdrawal(reason) != ROLLOVER:
            self._taken.setdefault(name, (at_ns, reason))

    def came(self, name: str, at_ns: int) -> None:
        """A book stands."""
        taken = self._taken.pop(name, None)
        if taken is not None:
            from_ns, reason = taken
            self.add("book", name, cause_of_withdrawal(reason), from_ns, at_ns, 0, reason)
        rolling = self._rolling.pop(name, None)
        if rolling is not None:
            from_ns, series = rolling
            self.add("book", name, ROLLOVER, from_ns, at_ns, 0, f"{series} had no book")

    def role(self, told: MarketRoleChanged, stands: bool, at_ns: int) -> None:
        """Another market of a series runs, or none. stands: its book does."""
        before = self._running.get(told.series)
        if told.running:
            self._running[told.series] = told.running
        if before is None or before == told.running:
            return
        from_ns = at_ns
        for name, (since_ns, series) in list(self._rolling.items()):
            if series == told.series:
                del self._rolling[name]
                from_ns = min(from_ns, since_ns)
        if not stands:
            self._rolling[told.running] = (from_ns, told.series)
        elif from_ns < at_ns:
            self.add("book", told.running, ROLLOVER, from_ns, at_ns, 0, f"{told.series} had no market")

    def paused(self, health: FeedHealth) -> None:
        """The feed told how it does, and whether the venue has announced a pause."""
        if not health.fresh and is_pause(health.reason):
            self._pause = self._pause or (health.at_ns, health.reason)
        elif self._pause is not None:
            (from_ns, why), self._pause = self._pause, None
            self.add("book", "", MAINTENANCE, from_ns, health.at_ns, 0, why)

    def forget(self) -> None:
        """Records are missing: what was taken back may stand again."""
        self._taken.clear()

    def ended(self, at_ns: int) -> None:
        """A run is over: from its last frame on, the connection tells what is missing."""
        self._close(at_ns, 0)
        self._running.clear()

    def last(self, until_ns: int) -> None:
        """The session is over: what is missing now lasts."""
        self._close(0, until_ns)

    def _close(self, to_ns: int, until_ns: int) -> None:
        still = [
            (name, cause_of_withdrawal(reason), from_ns, reason)
            for name, (from_ns, reason) in self._taken.items()
        ]
        still += [
            (name, ROLLOVER, from_ns, f"{series} had no {'book' if name else 'market'}")
            for name, (from_ns, series) in self._rolling.items()
        ]
        if self._pause is not None:
            still.append(("", MAINTENANCE, *self._pause))
        for name, cause, from_ns, reason in still:
            self.add("book", name, cause, from_ns, max(from_ns, to_ns) if to_ns else 0, until_ns, reason)
        self._taken.clear()
        self._rolling.clear()
        self._pause = None
