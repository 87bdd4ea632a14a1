"""How often a method moved the same way as the official index."""

import math

import msgspec
import numpy as np

from actors.brti.accuracy.seconds import Columns, Floats

HORIZONS_S = (1, 5, 60, 900)
_Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""


class Agreement(msgspec.Struct, frozen=True):
    """Direction of one method against the official index, over steps of `horizon_s` market seconds.

    Steps follow each other without overlap, on whole multiples of the horizon: 900 is the quarter hour
    of a market. count: steps in which the official index moved and the method was known at both ends.
    agreed: of these, the method moved the same way. ours_unchanged: of these, the method did not move;
    that is a disagreement. unchanged: steps in which the official index did not move, which say nothing
    and are not counted. missing: steps that lack the method's value at an end; official_missing: that
    lack the official one. share = agreed / count, low and high its Wilson interval of 95 %; None where
    count is 0.
    """

    method: str
    horizon_s: int
    count: int
    agreed: int
    ours_unchanged: int
    unchanged: int
    missing: int
    official_missing: int
    share: float | None
    low: float | None
    high: float | None


def agreements(columns: Columns) -> list[Agreement]:
    """Judge each method over each horizon; methods in order, horizons rising."""
    return [
        _over(columns, method, value_usd, horizon_s)
        for method, value_usd in columns.value_usd.items()
        for horizon_s in HORIZONS_S
    ]


def judged(method: str, horizon_s: int, official: Floats, ours: Floats, official_missing: int) -> Agreement:
    """Judge moves of the official index and of one method, step by step; nan in ours where not known."""
    moved = official != 0.0
    known = ~np.isnan(ours)
    count = int((moved & known).sum())
    agreed = int((np.sign(official[moved & known]) == np.sign(ours[moved & known])).sum())
    share, low, high = wilson(agreed, count)
    return Agreement(
        method=method,
        horizon_s=horizon_s,
        count=count,
        agreed=agreed,
        ours_unchanged=int((ours[moved & known] == 0.0).sum()),
        unchanged=int((~moved & known).sum()),
        missing=int((~known).sum()),
        official_missing=official_missing,
        share=share,
        low=low,
        high=high,
    )


def wilson(agreed: int, count: int) -> tuple[float | None, float | None, float | None]:
    """A share and its interval of 95 %, which stays within 0 and 1 for any count. *Source*: Wilson 1927."""
    if not count:
        return None, None, None
    share = agreed / count
    spread = _Z * math.sqrt(share * (1.0 - share) / count + _Z * _Z / (4.0 * count * count))
    middle = share + _Z * _Z / (2.0 * count)
    scale = 1.0 + _Z * _Z / count
    return share, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def _over(columns: Columns, method: str, value_usd: Floats, horizon_s: int) -> Agreement:
    on = columns.second % horizon_s == 0
    steps = columns.second[on] // horizon_s
    if len(steps) < 2:
        return judged(method, horizon_s, np.empty(0), np.empty(0), 0)
    whole = np.diff(steps) == 1
    official = np.diff(columns.official_usd[on])[whole]
    ours = np.diff(value_usd[on])[whole]
    span = int(steps[-1] - steps[0])
    return judged(method, horizon_s, official, ours, span - len(official))
