"""Percentiles of a stream over time, in bounded memory."""

from typing import NamedTuple

from actors.logger.histogram import Histogram

LEAST_WIDTH_NS = 1_000_000_000


class Delayed(NamedTuple):
    """One stretch of time: where its middle lies, and what was measured in it, to 3 %."""

    at_ns: int
    samples: int
    p50_ms: float
    p99_ms: float


class Delays:
    """Counts milliseconds in stretches of time, at most `most` of them; they double as time goes on."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._stretches: dict[int, Histogram] = {}
        self.width_ns = LEAST_WIDTH_NS
        self.all = Histogram()
        """Over all time."""

    def add(self, at_ns: int, value_ms: float) -> None:
        """Count one value."""
        stretch = at_ns // self.width_ns
        histogram = self._stretches.get(stretch)
        if histogram is None:
            if len(self._stretches) >= self._most:
                self._double()
                stretch = at_ns // self.width_ns
                histogram = self._stretches.get(stretch)
            if histogram is None:
                histogram = self._stretches[stretch] = Histogram()
        histogram.add(value_ms)
        self.all.add(value_ms)

    def over_time(self) -> list[Delayed]:
        """Each stretch in which anything was counted, oldest first."""
        return [
            Delayed(
                at_ns=stretch * self.width_ns + self.width_ns // 2,
                samples=histogram.count,
                p50_ms=histogram.quantile(0.5),
                p99_ms=histogram.quantile(0.99),
            )
            for stretch, histogram in sorted(self._stretches.items())
        ]

    def _double(self) -> None:
        while len(self._stretches) >= self._most:
            self.width_ns *= 2
            wider: dict[int, Histogram] = {}
            for stretch, histogram in self._stretches.items():
                into = wider.setdefault(stretch // 2, Histogram())
                for bucket, count in histogram.buckets.items():
                    into.buckets[bucket] = into.buckets.get(bucket, 0) + count
                into.count += histogram.count
                into.greatest_ms = max(into.greatest_ms, histogram.greatest_ms)
            self._stretches = wider
