"""What lies a fixed time back, and sums over the time since: bounded memory, no clock."""

from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

PARTS: Final = 200
"""A stretch is kept in so many parts: what is read is at most 1/200 of it off in time."""
CLOCK_JUMP_NS: Final = 5_000_000_000
"""By so much time may run backwards; more, and what is remembered belongs to another time."""

_T = TypeVar("_T")


class Lagged:
    """A positive series as it stood a fixed time ago.

    Of values closer together than 1/200 of that time only the newest is kept.
    """

    __slots__ = ("_back_ns", "_held", "_part_ns", "_stale_ns")

    def __init__(self, back_ns: int, stale_ns: int) -> None:
        """stale_ns: a value counts for so long after it was taken."""
        self._back_ns = back_ns
        self._stale_ns = stale_ns
        self._part_ns = back_ns // PARTS
        self._held: deque[tuple[int, float]] = deque()

    def take(self, at_ns: int, value: float) -> None:
        """Take the value that stands from this time on; 0.0: from here on there is none."""
        held = self._held
        if held and at_ns < held[-1][0]:
            if at_ns < held[-1][0] - CLOCK_JUMP_NS:
                held.clear()
            else:
                at_ns = held[-1][0]
        if len(held) > 1 and at_ns - held[-2][0] < self._part_ns and value and held[-1][1]:
            held[-1] = (at_ns, value)
        else:
            held.append((at_ns, value))
        self._drop(at_ns - self._back_ns)

    def read(self, now_ns: int) -> float:
        """The newest value at or before so long ago; 0.0 where there was none, or only a stale one."""
        then_ns = now_ns - self._back_ns
        self._drop(then_ns)
        if not self._held:
            return 0.0
        at_ns, value = self._held[0]
        return value if 0 <= then_ns - at_ns <= self._stale_ns else 0.0

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()

    def _drop(self, then_ns: int) -> None:
        held = self._held
        while len(held) > 1 and held[1][0] <= then_ns:
            held.popleft()


class WindowSums:
    """Sums of three integers over the last stretch of time, exact."""

    __slots__ = ("_held", "_part_ns", "_window_ns", "first", "second", "third")

    def __init__(self, window_ns: int) -> None:
        self._window_ns = window_ns
        self._part_ns = max(1, window_ns // PARTS)
        self._held: deque[list[int]] = deque()
        self.first = 0
        self.second = 0
        self.third = 0

    def add(self, at_ns: int, first: int, second: int, third: int) -> None:
        """Add to the sums at a time."""
        part = at_ns // self._part_ns
        held = self._held
        if held and part < held[-1][0]:
            if (held[-1][0] - part) * self._part_ns > CLOCK_JUMP_NS:
                self.clear()
            else:
                part = held[-1][0]
        if held and held[-1][0] == part:
            last = held[-1]
            last[1] += first
            last[2] += second
            last[3] += third
        else:
            held.append([part, first, second, third])
        self.first += first
        self.second += second
        self.third += third

    def expire(self, now_ns: int) -> None:
        """Take out what is older than the window."""
        held = self._held
        oldest = (now_ns - self._window_ns) // self._part_ns
        while held and held[0][0] < oldest:
            _, first, second, third = held.popleft()
            self.first -= first
            self.second -= second
            self.third -= third

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self.first = self.second = self.third = 0


class Extreme:
    """The least, or the greatest, of what was taken in the last stretch of time, and what stood beside it.

    Of each 1/200 of that time only the extreme is kept, so it may leave by so much too early.
    """

    __slots__ = ("_beats", "_held", "_part_ns", "_window_ns")

    def __init__(self, window_ns: int, beats: Callable[[float, float], bool]) -> None:
        """beats(new, old): whether the new one makes the old one needless."""
        self._window_ns = window_ns
        self._part_ns = max(1, window_ns // PARTS)
        self._beats = beats
        self._held: deque[tuple[int, float, float]] = deque()

    def take(self, at_ns: int, value: float, beside: float) -> tuple[int, float, float]:
        """Take a value; return the extreme of the window as (at_ns, value, beside)."""
        held = self._held
        while held and self._beats(value, held[-1][1]):
            held.pop()
        if not held or at_ns // self._part_ns != held[-1][0] // self._part_ns:
            held.append((at_ns, value, beside))
        oldest_ns = at_ns - self._window_ns
        while held[0][0] < oldest_ns:
            held.popleft()
        return held[0]

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
