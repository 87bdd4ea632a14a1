"""Made-up signals and markets of which the truth is known."""

import math
from collections.abc import Sequence

import numpy as np

from replay.score.bootstrap import Floats
from replay.score.bought import HORIZONS_S, TAKEN, Bought

S = 1_000_000_000
BEGIN = 1_795_392_000 * S
"""A whole quarter of an hour."""
QUARTER = 900 * S
STEP_S = 5
"""Market seconds between two prices of a made-up window."""
FEE = 0.0175
SPREAD_USD = 0.02

_phi = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2.0)))


def close_ns(window: int) -> int:
    return BEGIN + (window + 1) * QUARTER


def signals(
    windows: Sequence[int],
    gain_cents: Sequence[float],
    cost_usd: float = 0.5,
    mark_usd: float = 0.5,
    left_s: Sequence[float] | None = None,
) -> tuple[Bought, Floats]:
    """Signals for YES that cost the same and were filled; each with how it settled.

    gain_cents: what each brings by every mark, and 1 or 0 at settlement after its sign.
    """
    count = len(windows)
    close = np.array([close_ns(window) for window in windows], dtype=np.int64)
    left = np.full(count, 600.0) if left_s is None else np.array(left_s, dtype=np.float64)
    at_ns = close - (left * S).astype(np.int64)
    gain = np.array(gain_cents, dtype=np.float64) / 100
    marks = np.stack([cost_usd + gain for _ in HORIZONS_S])
    ones = np.ones(count)
    bought = Bought(
        market=np.array(windows, dtype=np.int64),
        kind=np.zeros(count, dtype=np.int64),
        at_ns=at_ns,
        close_ns=close,
        side=ones,
        price_usd=ones * cost_usd,
        cost_usd=ones * cost_usd,
        later_usd=ones * cost_usd,
        later=np.full(count, TAKEN, dtype=np.int64),
        probability=ones * 0.6,
        left_s=left,
        mid=ones * mark_usd,
        later_mid=ones * mark_usd,
        marks=marks,
        mark_ns=np.stack([at_ns + round(h * S) for h in HORIZONS_S]),
    )
    return bought, (gain > 0).astype(np.float64)


def market(
    seed: int, windows: int, slow_s: float = 0.0, least: float = 0.0, often: float = 0.2
) -> tuple[Bought, Floats]:
    """Windows in which the truth moves without drift, and a taker who buys what seems too cheap.

    The mid is the truth of slow_s ago: 0: the market is right, and whoever pays spread and fee loses by
    it. With a slow market the taker sees the truth and buys where it pays; without one he buys one of the
    two sides at random, `often` of the time. least: buys only what costs at least so much, like those who
    collect the last cents of what is almost certain.
    """
    rng = np.random.default_rng(seed)
    steps = 900 // STEP_S
    trail = round(slow_s / STEP_S)
    rows: list[tuple[int, float, float, float, float, list[float], float]] = []
    yes = np.zeros(windows)
    for window in range(windows):
        path = np.concatenate([[0.0], np.cumsum(rng.normal(size=steps))]) + rng.normal() * 5
        left = np.sqrt(np.maximum(steps - np.arange(steps), 1e-9))
        truth = np.asarray(_phi(path[:steps] / left), dtype=np.float64)
        yes[window] = float(path[steps] > 0)
        mid = np.concatenate([np.full(trail, truth[0]), truth[: steps - trail]])
        for at in range(trail, steps - 1):
            ask, bid = mid[at] + SPREAD_USD / 2, mid[at] - SPREAD_USD / 2
            for side, price in ((1.0, ask), (-1.0, 1.0 - bid)):
                cost = price + 4 * FEE * price * (1 - price)
                worth = truth[at] if side > 0 else 1.0 - truth[at]
                wanted = worth - cost > 0.02 if trail else rng.random() < often
                if not 0.01 < price < 0.99 or price < least or not wanted:
                    continue
                marks = [
                    mid[at + step] if (step := math.ceil(h / STEP_S)) + at < steps else math.nan
                    for h in HORIZONS_S
                ]
                rows.append((window, float(at), side, price, cost, marks, mid[at]))
    return _columns(rows), yes[[row[0] for row in rows]] if rows else np.empty(0)


def _columns(rows: list[tuple[int, float, float, float, float, list[float], float]]) -> Bought:
    window, at, side, price, cost, marks, mid = (list(column) for column in zip(*rows, strict=True))
    close = np.array([close_ns(one) for one in window], dtype=np.int64)
    at_ns = close - QUARTER + (np.array(at) * STEP_S * S).astype(np.int64)
    return Bought(
        market=np.array(window, dtype=np.int64),
        kind=np.zeros(len(rows), dtype=np.int64),
        at_ns=at_ns,
        close_ns=close,
        side=np.array(side),
        price_usd=np.array(price),
        cost_usd=np.array(cost),
        later_usd=np.array(cost),
        later=np.full(len(rows), TAKEN, dtype=np.int64),
        probability=np.full(len(rows), 0.5),
        left_s=np.asarray((close - at_ns) / S, dtype=np.float64),
        mid=np.array(mid),
        later_mid=np.array(mid),
        marks=np.array(marks).T.copy(),
        mark_ns=np.stack([at_ns + round(h * S) for h in HORIZONS_S]),
    )
