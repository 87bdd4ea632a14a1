"""Whether a method moves before the official index or after it, and how late the official value comes."""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from actors.brti.accuracy.errors_table import rank_95
from actors.brti.accuracy.seconds import Floats
from actors.brti.minute import STAMP_TOLERANCE_NS
from actors.market_seconds import SECOND_NS, MarketSeconds
from messages import OfficialIndexPublished

GRIDS_MS = (200, 1000)
"""The 200 ms of the five-a-second values, or the second where that is all there is."""
SPANS = {200: 25, 1000: 10}
"""How many steps of the grid are tried either way."""
LEAST_COUNT = 100
CLEAR_SD = 4.0
"""A peak must stand so many standard deviations of a correlation of noise above 0: dozens are tried."""


class LeadLag(msgspec.Struct, frozen=True):
    """Where the cross-correlation of one method's returns with the official index's has its peak.

    Both by their stamps: when a value is *of*, not when it was received. grid_ms: step of the returns, in
    market time. lead_ms: by how much the method is ahead of the official index (negative: behind), the peak
    interpolated by a parabola through its neighbours; None where no peak is clear: fewer than 100 pairs
    of returns, none above the noise, or at the end of the lags tried (span_ms either way). correlation:
    at the peak's grid point. correlation_at_zero: without any lag. count: pairs of returns at the peak.
    """

    method: str
    grid_ms: int
    lead_ms: float | None
    correlation: float
    correlation_at_zero: float
    count: int
    span_ms: int


class Delay(msgspec.Struct, frozen=True):
    """How long after its own stamp the official value was received, on one channel (hz 1 or 5).

    By our clock against the source's: an error of our clock is in it. Values received more than once
    count by their first receipt. In real time, also in a simulator that runs faster.
    """

    hz: int
    count: int
    median_ms: float
    p95_ms: float
    max_ms: float


class Correlation(NamedTuple):
    """value: 0.0 where one side never moved. pairs: of returns, that it is made from."""

    value: float
    pairs: int


def lead_lag(
    method: str, ours: Sequence[tuple[int, float]], official: Sequence[tuple[int, float]], speed: float
) -> LeadLag:
    """Compare two series of (stamp_ns, value_usd); 0.0 is no value. Of the finest grid that both know.

    Returns are taken over single steps only: none spans a hole.
    """
    for grid_ms in GRIDS_MS:
        x, y = _returns(ours, official, grid_ms, speed)
        at = correlations(x, y, SPANS[grid_ms])
        if at[SPANS[grid_ms]].pairs >= LEAST_COUNT:
            break
    span = SPANS[grid_ms]
    peak = max(range(len(at)), key=lambda step: at[step].value)
    best = at[peak]
    clear = best.pairs >= LEAST_COUNT and best.value * math.sqrt(best.pairs) >= CLEAR_SD
    lead_ms = None
    if clear and 0 < peak < 2 * span:
        beside = _summit(at[peak - 1].value, best.value, at[peak + 1].value)
        lead_ms = (peak - span + beside) * grid_ms
    return LeadLag(method, grid_ms, lead_ms, best.value, at[span].value, best.pairs, span * grid_ms)


def correlations(x: Floats, y: Floats, span: int) -> list[Correlation]:
    """Correlate x at t with y at t + k, for k from -span to span; what is nan on either side is left out."""
    known_x, known_y = (~np.isnan(x)).astype(np.float64), (~np.isnan(y)).astype(np.float64)
    x, y = np.nan_to_num(x), np.nan_to_num(y)
    square_x, square_y = x * x, y * y
    found = []
    for k in range(-span, span + 1):
        a = slice(max(0, -k), max(0, len(x) - max(0, k)))
        b = slice(max(0, k), max(0, len(y) - max(0, -k)))
        count = float(known_x[a] @ known_y[b])
        sum_x, sum_y = float(x[a] @ known_y[b]), float(known_x[a] @ y[b])
        of_x = count * float(square_x[a] @ known_y[b]) - sum_x * sum_x
        of_y = count * float(known_x[a] @ square_y[b]) - sum_y * sum_y
        both = count * float(x[a] @ y[b]) - sum_x * sum_y
        value = both / math.sqrt(of_x * of_y) if of_x > 0.0 and of_y > 0.0 else 0.0
        found.append(Correlation(value, round(count)))
    return found


def delays(official: Sequence[OfficialIndexPublished]) -> list[Delay]:
    """Sum up the delay of receipt, channel by channel; a channel without values is left out."""
    first: dict[tuple[int, int], int] = {}
    for published in official:
        first.setdefault((published.hz, published.source_ns), published.recv_ns)
    late_ns: dict[int, list[int]] = {}
    for (hz, source_ns), recv_ns in first.items():
        late_ns.setdefault(hz, []).append(recv_ns - source_ns)
    return [_delay(hz, late_ns[hz]) for hz in sorted(late_ns)]


def _returns(
    ours: Sequence[tuple[int, float]], official: Sequence[tuple[int, float]], grid_ms: int, speed: float
) -> tuple[Floats, Floats]:
    grid = MarketSeconds(speed * 1000 / grid_ms)  # a clock whose seconds are the steps
    (first, x), (first_official, y) = _on_grid(ours, grid), _on_grid(official, grid)
    begin = max(first, first_official)
    end = min(first + len(x), first_official + len(y))
    if end - begin < 2:
        return np.empty(0), np.empty(0)
    x, y = x[begin - first : end - first], y[begin - first_official : end - first_official]
    return np.diff(np.log(x)), np.diff(np.log(y))


def _on_grid(series: Sequence[tuple[int, float]], grid: MarketSeconds) -> tuple[int, Floats]:
    """The number of the first step, and one value a step; nan where there is none."""
    if not series:
        return 0, np.empty(0)
    stamps = np.array([stamp_ns for stamp_ns, _ in series], dtype=np.int64)
    first = grid.nearest(int(stamps.min()))
    step_ns = SECOND_NS / grid.speed
    away_ns = (stamps - grid.begin_ns(first)).astype(np.float64)
    step = np.rint(away_ns / step_ns)
    on = np.abs(away_ns - step * step_ns) <= STAMP_TOLERANCE_NS
    values = np.full(int(step.max()) + 1, np.nan)
    values[step[on].astype(np.int64)] = np.array([usd if usd > 0.0 else np.nan for _, usd in series])[on]
    return first, values


def _summit(before: float, peak: float, after: float) -> float:
    bend = before - 2.0 * peak + after
    return 0.5 * (before - after) / bend if bend < 0.0 else 0.0


def _delay(hz: int, late_ns: list[int]) -> Delay:
    late_ns.sort()
    return Delay(
        hz=hz,
        count=len(late_ns),
        median_ms=statistics.median(late_ns) / 1e6,
        p95_ms=late_ns[rank_95(len(late_ns))] / 1e6,
        max_ms=late_ns[-1] / 1e6,
    )
