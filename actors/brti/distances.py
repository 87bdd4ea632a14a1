"""How far the official value lay from ours, second by second, and the median of what was known of it."""

from bisect import bisect_left, insort
from typing import NamedTuple


class _Distance(NamedTuple):
    """known_ns: when both sides of it were known."""

    known_ns: int
    bps: float


class Distances:
    """Distances by second, the newest so many. Moments asked of mostly rise; then each costs little."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._all: dict[int, _Distance] = {}
        self._within: set[int] = set()
        """Seconds that the median of the moment asked of last is over."""
        self._sorted: list[float] = []
        self._later: list[int] = []
        """Seconds that were not known yet at that moment."""
        self._at_ns = 0
        self._oldest = -1

    def __contains__(self, second: int) -> bool:
        return second in self._all

    def put(self, second: int, known_ns: int, bps: float) -> None:
        """Take a second's distance; what was put in first is forgotten, whatever its second."""
        self._all[second] = _Distance(known_ns, bps)
        self._later.append(second)
        if len(self._all) > self._most:
            first = next(iter(self._all))
            self._leave(first)
            if first in self._later:
                self._later.remove(first)
            del self._all[first]

    def median(self, at_ns: int, oldest: int, least: int) -> float | None:
        """The median of what was known by a moment of seconds after `oldest`; None for fewer than least."""
        if at_ns < self._at_ns or not 0 <= oldest - self._oldest <= len(self._within):
            self._within.clear()
            self._sorted.clear()
            self._later = list(self._all)
        else:
            for second in range(self._oldest + 1, oldest + 1):
                self._leave(second)
        self._at_ns, self._oldest = at_ns, oldest
        later = []
        for second in self._later:
            known_ns, bps = self._all[second]
            if known_ns >= at_ns:
                later.append(second)
            elif second > oldest:
                self._within.add(second)
                insort(self._sorted, bps)
        self._later = later
        known, half = self._sorted, len(self._sorted) // 2
        if len(known) < least:
            return None
        return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2

    def next_ns(self) -> int | None:
        """When, after the moment asked of last, the next distance will be known; None where none will."""
        return min((self._all[second].known_ns + 1 for second in self._later), default=None)

    def _leave(self, second: int) -> None:
        if second in self._within:
            self._within.remove(second)
            del self._sorted[bisect_left(self._sorted, self._all[second].bps)]
