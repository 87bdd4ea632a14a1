"""Whether more of an indicator goes with more of what follows: rank correlation."""

import math

import numpy as np

from replay.score.bootstrap import NOTHING, Floats, Interval, Ints, mean_interval


def ranks(values: Floats) -> Floats:
    """Rank values from 1; equal ones share the mean of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2.0)[place], dtype=np.float64)


def information_coefficient(indicator: Floats, move: Floats, close_ns: Ints) -> Interval:
    """Spearman's correlation of an indicator with the move that followed; NaN in either is left out.

    The interval is by windows, on the ranks as they stand over all of them.
    """
    known = ~(np.isnan(indicator) | np.isnan(move))
    if known.sum() < 3:
        return NOTHING
    x, y = ranks(indicator[known]), ranks(move[known])
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float((x * x).mean()) * float((y * y).mean()))
    if scale == 0.0:
        return NOTHING  # one of them never changed: there is nothing to go with
    return mean_interval(x * y / scale, close_ns[known], 1.0)
