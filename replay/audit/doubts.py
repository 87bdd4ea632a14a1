"""What looks wrong in a feed's log, until it is seen whether the feed itself noticed."""

from collections.abc import Callable

from msgspec.structs import replace

from replay.audit.certificate import Finding

PATIENCE: int = 2
"""Words about its own health, one a second, in which a feed may still show that it noticed."""


class Doubts:
    """A feed that notices takes its book back, closes, or counts a gap; then what it lacks is told and no
    secret, and the gap says the rest. One that says nothing of the kind passes off a hole as the market.

    found: is given every doubt once it is decided.
    """

    def __init__(self, found: Callable[[Finding], None]) -> None:
        self._found = found
        self._open: list[tuple[Finding, int, int]] = []
        self._gaps = 0

    def raise_(self, finding: Finding) -> None:
        """Something is wrong here, unless the feed says so itself."""
        self._open.append((finding, self._gaps, 0))

    def noticed(self) -> None:
        """The feed took its book back, or ended."""
        for finding, _, _ in self._open:
            self._found(replace(finding, what=f"{finding.what}; the feed noticed", fails=False))
        self._open.clear()

    def health(self, gaps: int) -> None:
        """The feed told how it does. gaps: that it counts since its start."""
        self._gaps = gaps
        if not self._open:
            return
        still: list[tuple[Finding, int, int]] = []
        for finding, gaps_before, seen in self._open:
            if gaps > gaps_before:
                self._found(replace(finding, what=f"{finding.what}; the feed noticed", fails=False))
            elif seen + 1 >= PATIENCE:
                self._found(finding)
            else:
                still.append((finding, gaps_before, seen + 1))
        self._open = still

    def began(self) -> None:
        """A new process: whatever stood there before ended with the one before."""
        self.noticed()
        self._gaps = 0
