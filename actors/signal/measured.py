"""How far the index was off lately, as measured against the official one."""

import math
from collections import deque
from typing import Final

from messages import IndexCompared

LEAST_SECONDS: Final = 10
"""Of fewer, nothing is said."""


class MeasuredError:
    """Root mean square of one method's error over the last seconds."""

    def __init__(self, window_ns: int) -> None:
        self._window_ns = window_ns
        self._seconds: deque[tuple[int, float]] = deque()

    def take(self, compared: IndexCompared, method: str) -> None:
        """Take what one second brought; nothing where the method had no value in it."""
        if self._seconds and compared.stamp_ns < self._seconds[-1][0] - self._window_ns:
            self._seconds.clear()  # the clock was set back
        for error in compared.errors:
            if error.method == method:
                self._seconds.append((compared.stamp_ns, error.error_bps))

    def bps(self, now_ns: int) -> float:
        """The error over the window before now; NaN while fewer than ten seconds of it are known."""
        seconds = self._seconds
        while seconds and seconds[0][0] < now_ns - self._window_ns:
            seconds.popleft()
        if len(seconds) < LEAST_SECONDS:
            return math.nan
        return math.sqrt(sum(bps * bps for _, bps in seconds) / len(seconds))
