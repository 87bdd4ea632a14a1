"""Clock and disk, as far as the record shows them."""

from array import array

import numpy as np
from numpy.typing import NDArray

from actors.logger.histogram import Histogram
from replay.audit.certificate import STALL_MS, Clock, Disk

Floats = NDArray[np.float64]

LEAST_SAMPLES = 30
LEAST_SPAN_S = 60.0
"""A drift over less than this is no drift but noise."""
PARTS = 60
"""Of the session; the median offset of each, and then of all slopes between them, is not moved by a few bad
seconds at a start or in a stall."""


class ClockMeter:
    """Our clock against a venue's, from the offsets that its feed estimated once a second."""

    def __init__(self) -> None:
        self._at_s = array("d")
        self._offset_ms = array("d")

    def take(self, at_ns: int, offset_ms: float) -> None:
        self._at_s.append(at_ns / 1e9)
        self._offset_ms.append(offset_ms)

    def clock(self) -> Clock:
        """Median, extremes and slope."""
        if not self._at_s:
            return Clock()
        at_s, offset_ms = np.asarray(self._at_s), np.asarray(self._offset_ms)
        drift_ppm = None
        if len(at_s) >= LEAST_SAMPLES and at_s[-1] - at_s[0] >= LEAST_SPAN_S:
            drift_ppm = round(_slope(at_s, offset_ms), 3)
        median, least, most = (
            round(float(value), 3) for value in (np.median(offset_ms), offset_ms.min(), offset_ms.max())
        )
        return Clock(len(at_s), median, least, most, drift_ppm)


def _slope(at_s: Floats, offset_ms: Floats) -> float:
    """Median slope between parts of the session, in parts per million: a thousand are 1 ms a second.

    Source: the estimator of Theil and Sen.
    """
    parts = np.array_split(np.arange(len(at_s)), min(PARTS, len(at_s)))
    middle_s = np.array([np.median(at_s[part]) for part in parts])
    middle_ms = np.array([np.median(offset_ms[part]) for part in parts])
    first, second = np.triu_indices(len(parts), 1)
    span_s = middle_s[second] - middle_s[first]
    known = span_s > 0
    slopes = (middle_ms[second] - middle_ms[first])[known] / span_s[known]
    return float(np.median(slopes)) * 1000 if len(slopes) else 0.0


class DiskMeter:
    """How long after its receipt a frame's first word was in the log, the frame itself before it."""

    def __init__(self) -> None:
        self._lags = Histogram()
        self._max_at_ns = 0
        self._stalls = 0
        self._stalled_ms = 0.0

    def take(self, recv_ns: int, at_ns: int) -> None:
        lag_ms = (at_ns - recv_ns) / 1e6
        if lag_ms > self._lags.greatest_ms:
            self._max_at_ns = at_ns
        self._lags.add(lag_ms)
        if lag_ms > STALL_MS:
            self._stalls += 1
            self._stalled_ms += lag_ms

    def disk(self) -> Disk:
        lags = self._lags
        if not lags.count:
            return Disk()
        return Disk(
            frames=lags.count,
            p50_ms=round(lags.quantile(0.5), 3),
            p99_ms=round(lags.quantile(0.99), 3),
            max_ms=round(lags.greatest_ms, 3),
            max_at_ns=self._max_at_ns,
            stalls=self._stalls,
            stalled_s=round(self._stalled_ms / 1000, 3),
        )
