"""Proxy gap: what our own index says that the official one has not said yet."""

import math
from bisect import bisect_left, insort
from collections import deque


class ProxyGap:
    """10^4 (proxy / official - 1) less its trailing median.

    proxy: the chosen method's value now; official: the newest value of the official index. Unit: basis
    points. Positive: the next official value is about to be higher. The median is over the newest
    `window` seconds of which both values with the same stamp are known, so it holds what always lies
    between the two methods; only what had been received by now is in it. NaN while fewer than `least`
    are known, while no official value came within the limit, and without an official index at all (it
    needs a Kalshi key). *Source*: common usage; brti.md 7.1.
    """

    def __init__(self, window: int, least: int, stale_ns: int) -> None:
        """stale_ns: since the official value was received, real time."""
        self._window = window
        self._least = least
        self._stale_ns = stale_ns
        self._method = ""
        self._errors: deque[tuple[int, float]] = deque()
        self._sorted: list[float] = []
        self._official_usd = 0.0
        self._source_ns = 0
        self.recv_ns = 0
        """When the newest official value was received."""

    def take_official(self, recv_ns: int, source_ns: int, value_usd: float) -> None:
        """Take an official value, of either stream; one that is older than the newest is passed over."""
        if source_ns > self._source_ns or recv_ns < self.recv_ns:
            self._official_usd = value_usd
            self._source_ns = source_ns
            self.recv_ns = recv_ns

    def take_error(self, method: str, stamp_ns: int, error_bps: float) -> None:
        """Take how far the chosen method was off in one second. Another method begins anew."""
        errors = self._errors
        if method != self._method or (errors and stamp_ns <= errors[-1][0] - self._window * 1_000_000_000):
            self._method = method
            errors.clear()
            self._sorted.clear()
        errors.append((stamp_ns, error_bps))
        insort(self._sorted, error_bps)
        if len(errors) > self._window:
            _, oldest = errors.popleft()
            del self._sorted[bisect_left(self._sorted, oldest)]

    def median_bps(self) -> float:
        """The usual distance; NaN while too few seconds are known."""
        count = len(self._sorted)
        if count < self._least:
            return math.nan
        middle = count // 2
        if count % 2:
            return self._sorted[middle]
        return (self._sorted[middle - 1] + self._sorted[middle]) / 2

    def value(self, now_ns: int, method: str, proxy_usd: float) -> float:
        """The gap now of the method that the errors are of."""
        if self._official_usd <= 0.0 or proxy_usd <= 0.0 or method != self._method:
            return math.nan
        if abs(now_ns - self.recv_ns) > self._stale_ns:
            return math.nan
        return 1e4 * (proxy_usd / self._official_usd - 1.0) - self.median_bps()
