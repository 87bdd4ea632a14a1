"""Intervals that know how few windows there are: whole windows are drawn again, never single signals.

Everything in one window hangs on one settlement, so a thousand signals of one window are one observation.
The cluster is the close time: markets that close together, whatever their series or strike, are one.
"""

import math
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

RESAMPLES = 1000
SEED = 15
_T_975 = (
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
    2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
)  # fmt: skip
"""Student's t, 97.5 %, for 1 to 30 degrees of freedom."""
_Z = 1.959963984540054


class Interval(msgspec.Struct, frozen=True):
    """A mean over everything, with its interval of 95 % by windows.

    mean: None where nothing was counted. low, high: None with fewer than two windows, which say nothing
    about how much windows differ. sd: of one window's part, so that sd / sqrt(windows) is the standard
    error of the mean; None like low. count: what was averaged.
    """

    mean: float | None
    low: float | None
    high: float | None
    sd: float | None
    count: int
    windows: int


NOTHING = Interval(None, None, None, None, 0, 0)


def student_975(freedom: int) -> float:
    """97.5 % quantile of Student's t. Beyond 30 degrees by the Cornish-Fisher expansion, right to 1e-4."""
    if freedom <= len(_T_975):
        return _T_975[freedom - 1]
    z = _Z
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def mean_interval(values: Floats, close_ns: Ints, most: float = math.inf) -> Interval:
    """Average values, with the interval by windows. NaN is left out, and not counted.

    most: no value can be further from 0, whatever the windows to come; so the interval is not, either.
    """
    known = ~np.isnan(values)
    return ratio_interval(values[known], np.ones(int(known.sum())), close_ns[known], most)


def ratio_interval(above: Floats, below: Floats, close_ns: Ints, most: float = math.inf) -> Interval:
    """Sum of `above` over sum of `below`, with the interval by windows. below: at least 0; most: as above.

    The interval is the wider on either side of two: percentiles of 1000 bootstrap draws of whole windows
    (seed 15), and Student's t on the windows' linearised parts with windows - 1 degrees of freedom. The
    first knows that losses are rare and large; the second that few windows vary less than they should.
    """
    total = float(below.sum())
    if total <= 0.0:
        return NOTHING
    _, window = np.unique(close_ns, return_inverse=True)
    sums = np.bincount(window, above)
    weights = np.bincount(window, below)
    windows = len(sums)
    mean = float(sums.sum()) / total
    if windows < 2:
        return Interval(mean, None, None, None, len(above), windows)
    parts = sums - mean * weights
    error = math.sqrt(windows / (windows - 1) * float(parts @ parts)) / total
    reach = student_975(windows - 1) * error
    drawn = _draws(windows)
    totals = drawn @ weights
    drawn_means = np.divide(drawn @ sums, totals, out=np.full(len(totals), mean), where=totals > 0.0)
    drawn_low, drawn_high = np.quantile(drawn_means, (0.025, 0.975))
    low = max(-most, min(mean - reach, float(drawn_low)))
    high = min(most, max(mean + reach, float(drawn_high)))
    return Interval(mean, low, high, error * math.sqrt(windows), len(above), windows)


@lru_cache(maxsize=4)
def _draws(windows: int) -> Floats:
    """How often each window is in each draw."""
    chosen: npt.NDArray[Any] = np.random.default_rng(SEED).integers(0, windows, (RESAMPLES, windows))
    rows = np.arange(RESAMPLES)[:, None] * windows
    counts = np.bincount((chosen + rows).ravel(), minlength=RESAMPLES * windows)
    return counts.reshape(RESAMPLES, windows).astype(np.float64)
