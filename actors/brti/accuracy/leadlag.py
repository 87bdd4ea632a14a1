"""Whether a method moves before the official index or after it, and how late the official value comes."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from actors.brti.accuracy.errors_table import rank_95
from actors.brti.accuracy.seconds import Floats, Official, Series, numbered, series_columns
from actors.market_seconds import STAMP_TOLERANCE_NS, MarketSeconds

GRIDS_MS = (200, 1000)
"""The 200 ms of the five-a-second values, or the second where that is all there is."""
SPANS = {200: 25, 1000: 10}
"""How many steps of the grid are tried either way."""
LEAST_COUNT = 100
CLEAR_SD = 4.0
"""A peak must stand so many standard deviations of a correlation of noise above 0: dozens are tried."""


class LeadLag(msgspec.Struct, frozen=True):
    """Where the cross-correlation of one method's returns with the official index's has its peak.

    Both by their stamps: what a value is *of*, not when it was received. grid_ms: step of the returns, in
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


def lead_lags(
    series: Mapping[str, Sequence[tuple[int, float]]], official: Official, speed: float
) -> list[LeadLag]:
    """Compare each method's series of (stamp_ns, value_usd) with the official one; 0.0 is no value.

    On the finest grid that both know. Returns are taken over single steps: none spans a hole.
    """
    reference = Series(official.source_ns, official.value_e6 / 1e6)
    grids = [(grid_ms, MarketSeconds(speed * 1000 / grid_ms)) for grid_ms in GRIDS_MS]
    on_grids = [(grid_ms, clock, _on_grid(reference, clock)) for grid_ms, clock in grids]
    return [_lead_lag(method, series_columns(series[method]), on_grids) for method in sorted(series)]


def correlations(x: Floats, y: Floats, span: int) -> list[Correlation]:
    """Correlate x at t with y at t + k, for k from -span to span; what is nan on either side is left out."""
    known_x, known_y = (~np.isnan(x)).astype(np.float64), (~np.isnan(y)).astype(np.float64)
    x, y = np.nan_to_num(x), np.nan_to_num(y)
    square_x, square_y = x * x, y * y
    found = []
    for k in range(-span, span + 1):
        a = slice(max(0, -k), max(0, len(x) - max(0, k)))
        b = slice(max(0, k), max(0, len(y) - max(0, -k)))
        count = _dot(known_x[a], known_y[b])
        sum_x, sum_y = _dot(x[a], known_y[b]), _dot(known_x[a], y[b])
        of_x = count * _dot(square_x[a], known_y[b]) - sum_x * sum_x
        of_y = count * _dot(known_x[a], square_y[b]) - sum_y * sum_y
        both = count * _dot(x[a], y[b]) - sum_x * sum_y
        value = both / math.sqrt(of_x * of_y) if of_x > 0.0 and of_y > 0.0 else 0.0
        found.append(Correlation(value, round(count)))
    return found


def delays(official: Official) -> list[Delay]:
    """Sum up the delay of receipt, channel by channel; a channel without values is left out."""
    found = []
    for hz in np.unique(official.hz).tolist():
        of = official.hz == hz
        _, first = np.unique(official.source_ns[of], return_index=True)
        late_ms = np.sort((official.recv_ns[of] - official.source_ns[of])[first]) / 1e6
        found.append(
            Delay(
                hz=hz,
                count=len(late_ms),
                median_ms=float(np.median(late_ms)),
                p95_ms=float(late_ms[rank_95(len(late_ms))]),
                max_ms=float(late_ms[-1]),
            )
        )
    return found


def _dot(x: Floats, y: Floats) -> float:
    # `@` spreads over threads and adds up in an order that depends on how many there are.
    return float(np.einsum("i,i", x, y))


def _on_grid(series: Series, clock: MarketSeconds) -> Series:
    """The series with steps of the clock as stamps; what lies between two is left."""
    number, on = numbered(series.stamps_ns, clock, STAMP_TOLERANCE_NS)
    return Series(number[on], series.usd[on])


def _lead_lag(method: str, ours: Series, official: Sequence[tuple[int, MarketSeconds, Series]]) -> LeadLag:
    for grid_ms, clock, reference in official:
        span = SPANS[grid_ms]
        at = correlations(*_returns(_on_grid(ours, clock), reference, span), span)
        if at[span].pairs >= LEAST_COUNT:
            break
    peak = max(range(len(at)), key=lambda step: at[step].value)
    best = at[peak]
    lead_ms = None
    clear = best.pairs >= LEAST_COUNT and best.value * math.sqrt(best.pairs) >= CLEAR_SD
    if clear and 0 < peak < 2 * span:
        lead_ms = (peak - span + _summit(at[peak - 1].value, best.value, at[peak + 1].value)) * grid_ms
    return LeadLag(method, grid_ms, lead_ms, best.value, at[span].value, best.pairs, span * grid_ms)


def _returns(ours: Series, official: Series, span: int) -> tuple[Floats, Floats]:
    """Both sides' returns, step by step; nan where one is not known.

    A hole in both is shortened to one that no lag of the span reaches across.
    """
    steps = np.union1d(ours.stamps_ns, official.stamps_ns)
    if len(steps) < 2:
        return np.empty(0), np.empty(0)
    place = np.concatenate([[0], np.cumsum(np.minimum(np.diff(steps), span + 2))])
    columns = []
    for side in (ours, official):
        usd = np.full(place[-1] + 1, np.nan)
        usd[place[np.searchsorted(steps, side.stamps_ns)]] = np.where(side.usd > 0.0, side.usd, np.nan)
        columns.append(np.diff(np.log(usd)))
    return columns[0], columns[1]


def _summit(before: float, peak: float, after: float) -> float:
    """Where the parabola through three points has its summit, in steps from the middle one."""
    bend = before - 2.0 * peak + after
    return 0.5 * (before - after) / bend if bend < 0.0 else 0.0
