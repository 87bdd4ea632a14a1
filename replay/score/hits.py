"""How often what was bought came true."""

import math

import msgspec
import numpy as np

from replay.score.bootstrap import Floats, Ints

_Z = 1.959963984540054


class HitRate(msgspec.Struct, frozen=True):
    """hits of count: settled on the side that was bought; share, with Wilson's interval of 95 %.

    The interval counts windows, not signals: what is bought in one window wins or loses together.
    needed: the share that only just pays price and fee, on average. None where nothing has settled, or no
    price is known.
    """

    count: int
    windows: int
    hits: int
    share: float | None
    low: float | None
    high: float | None
    needed: float | None


def wilson(share: float, count: float) -> tuple[float, float]:
    """The interval of 95 % of a share seen in `count` independent trials; within 0 and 1 for any count.

    *Source*: Wilson 1927.
    """
    spread = _Z * math.sqrt(share * (1.0 - share) / count + _Z * _Z / (4.0 * count * count))
    middle = share + _Z * _Z / (2.0 * count)
    scale = 1.0 + _Z * _Z / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def hit_rate(won: Floats, cost_usd: Floats, close_ns: Ints) -> HitRate:
    """Count what came true. won: 1 or 0, NaN where not settled. cost_usd: price and fee of one contract."""
    known = ~np.isnan(won)
    count = int(known.sum())
    windows = len(np.unique(close_ns[known]))
    hits = int(won[known].sum())
    if not count:
        return HitRate(0, 0, 0, None, None, None, None)
    low, high = wilson(hits / count, windows)
    cost = cost_usd[known & ~np.isnan(cost_usd)]
    needed = float(cost.mean()) if len(cost) else None
    return HitRate(count, windows, hits, hits / count, low, high, needed)
