"""The errors of each method in bps: overall, by volatility, by missing venues, by settlement minute."""

from collections import Counter

import msgspec
import numpy as np

from actors.brti.accuracy.seconds import Columns, Floats, Mask
from actors.market_seconds import MarketSeconds
from actors.settlement import WINDOW

VOLATILITY_EDGES_BPS = (0.1, 0.3, 1.0)
"""Fixed, so that two days compare. The index moves by 0.3 bps a second on a usual day."""
MOST_COMBINATIONS = 12
QUARTER_S = 900


class MethodErrors(msgspec.Struct, frozen=True):
    """One method's error against the official value, (ours / official - 1) x 10^4.

    count: values compared. missing: official values for which the method had none. The *_bps are None
    where count is 0. median_bps, mean_bps: signed. median_abs_bps, p95_abs_bps, max_abs_bps: of the error
    without its sign. A median of an even count is the mean of the middle two; p95 is the smallest of
    the errors that 95 % of them do not exceed (nearest rank).
    """

    method: str
    count: int
    missing: int
    median_bps: float | None
    mean_bps: float | None
    median_abs_bps: float | None
    p95_abs_bps: float | None
    max_abs_bps: float | None


class Stratum(msgspec.Struct, frozen=True):
    """The errors in one part of the seconds. name: says which; seconds: how many it holds."""

    name: str
    seconds: int
    methods: list[MethodErrors]


class MinuteErrors(msgspec.Struct, frozen=True):
    """The errors in the sixty seconds before one quarter of an hour (`close_ns`). seconds: compared."""

    close_ns: int
    seconds: int
    methods: list[MethodErrors]


def method_errors(method: str, error_bps: Floats) -> MethodErrors:
    """Sum up one method's errors. error_bps: one per official value, nan where the method had none."""
    known = error_bps[~np.isnan(error_bps)]
    count = len(known)
    missing = len(error_bps) - count
    if not count:
        return MethodErrors(method, 0, missing, None, None, None, None, None)
    size = np.sort(np.abs(known))
    return MethodErrors(
        method=method,
        count=count,
        missing=missing,
        median_bps=float(np.median(known)),
        mean_bps=float(np.mean(known)),
        median_abs_bps=float(np.median(size)),
        p95_abs_bps=float(size[rank_95(count)]),
        max_abs_bps=float(size[-1]),
    )


def rank_95(count: int) -> int:
    """Index, from 0, of the nearest rank of 95 % in so many sorted values."""
    return -(-95 * count // 100) - 1


def overall(columns: Columns) -> list[MethodErrors]:
    """Sum up all seconds, one row a method."""
    return _of(columns, slice(None))


def by_volatility(columns: Columns) -> list[Stratum]:
    """Sum up by how much the official value moved in the minute before; quietest first.

    Strata without a second are left out. Seconds whose volatility is 0 stand apart: it was not known,
    or nothing moved at all.
    """
    sigma = columns.sigma_bps
    low, *others = VOLATILITY_EDGES_BPS
    parts: list[tuple[str, Mask]] = [
        ("not known", sigma <= 0.0),
        (f"below {low:g} bps/s", (sigma > 0.0) & (sigma < low)),
    ]
    for high in others:
        parts.append((f"{low:g} to {high:g} bps/s", (sigma >= low) & (sigma < high)))
        low = high
    parts.append((f"{low:g} bps/s and above", sigma >= low))
    return [_stratum(name, columns, mask) for name, mask in parts if mask.any()]


def by_left_out(columns: Columns) -> list[Stratum]:
    """Sum up by which venues were not in the cme-cf value, the most frequent combination first.

    name: as in Columns.left_out; `other combinations` for all rare ones.
    """
    if not columns.left_out:
        return []
    left_out = np.array(columns.left_out, dtype=np.str_)
    counted = Counter(columns.left_out).most_common()
    strata = [_stratum(name, columns, left_out == name) for name, _ in counted[:MOST_COMBINATIONS]]
    rest = [name for name, _ in counted[MOST_COMBINATIONS:]]
    if rest:
        strata.append(_stratum("other combinations", columns, np.isin(left_out, rest)))
    return strata


def by_minute(columns: Columns, seconds: MarketSeconds) -> list[MinuteErrors]:
    """Sum up each settlement minute of which a second was compared, in order of time."""
    close = (columns.second // QUARTER_S + 1) * QUARTER_S
    closes = np.unique(close[columns.second >= close - WINDOW])
    begin = np.searchsorted(columns.second, closes - WINDOW)
    end = np.searchsorted(columns.second, closes)
    return [
        MinuteErrors(seconds.begin_ns(at), last - first, _of(columns, slice(first, last)))
        for at, first, last in zip(closes.tolist(), begin.tolist(), end.tolist(), strict=True)
    ]


def _stratum(name: str, columns: Columns, mask: Mask) -> Stratum:
    return Stratum(name, int(mask.sum()), _of(columns, mask))


def _of(columns: Columns, part: Mask | slice) -> list[MethodErrors]:
    return [method_errors(method, error_bps[part]) for method, error_bps in columns.error_bps.items()]
