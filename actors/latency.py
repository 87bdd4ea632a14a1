"""How late data is, when two clocks that do not agree did the stamping."""

from collections import deque

from actors.adapter import LatencySummary

WINDOW_S = 60


class LatencyMeter:
    """Latency of messages, venue stamp to receipt, with the clock offset estimated and taken off.

    The difference of two stamps is latency plus the offset of our clock against the venue's. The
    smallest difference of the last minute is the fastest message's, whose one-way time is taken to be
    half of the smallest round trip seen; what is left is the offset. So latency is exact up to the
    asymmetry of the path. With no round trip known yet, the fastest message counts as zero.
    """

    def __init__(self) -> None:
        self._samples: list[int] = []
        self._minima: deque[tuple[int, int]] = deque()
        self._rtts: deque[tuple[int, int]] = deque(maxlen=16)

    def stamped(self, venue_ns: int, recv_ns: int) -> None:
        """Take one message's stamps. Cheap; call it for every message."""
        self._samples.append(recv_ns - venue_ns)

    def round_trip(self, rtt_ns: int, now_ns: int) -> None:
        """Take one measured round trip of the stream's own ping."""
        self._rtts.append((now_ns, rtt_ns))

    def summary(self, now_ns: int) -> LatencySummary:
        """Percentiles since the last call, milliseconds; forgets the samples, keeps the offset."""
        samples = sorted(self._samples)
        self._samples = []
        if samples:
            self._minima.append((now_ns, samples[0]))
        while self._minima and self._minima[0][0] < now_ns - WINDOW_S * 1_000_000_000:
            self._minima.popleft()
        if not self._minima:
            return LatencySummary()
        one_way = min((rtt for _, rtt in self._rtts), default=0) // 2
        offset = min(value for _, value in self._minima) - one_way
        if not samples:
            return LatencySummary(offset_ms=offset / 1e6)
        return LatencySummary(
            p50_ms=(samples[len(samples) // 2] - offset) / 1e6,
            p99_ms=(samples[min(len(samples) - 1, len(samples) * 99 // 100)] - offset) / 1e6,
            offset_ms=offset / 1e6,
        )
