"""Percentiles of a stream in bounded memory."""

import math

import msgspec

STEP = 1.03
"""Two values in one bucket differ by at most 3 %."""
LEAST_MS = 0.001
_LOG_STEP = math.log(STEP)


class Histogram(msgspec.Struct):
    """Counts milliseconds in buckets of equal ratio. Survives being saved: buckets by their number."""

    buckets: dict[int, int] = {}
    count: int = 0
    greatest_ms: float = -1.0

    def add(self, value_ms: float) -> None:
        """Count one value; anything below a microsecond counts as a microsecond."""
        bucket = int(math.log(max(value_ms, LEAST_MS) / LEAST_MS) / _LOG_STEP)
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.count += 1
        self.greatest_ms = max(self.greatest_ms, value_ms)

    def quantile(self, share: float) -> float:
        """The value below which this share of all lies, to 3 %; -1 where nothing was counted."""
        wanted = share * self.count
        seen = 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= wanted:
                return min(LEAST_MS * STEP ** (bucket + 1), self.greatest_ms)
        return -1.0
