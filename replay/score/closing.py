"""How much of the gap between fair value and market the market closed by itself, and how fast."""

import msgspec
import numpy as np

from replay.score.bootstrap import Bools, Floats, Interval, ratio_interval
from replay.score.bought import HORIZONS_S, Bought
from replay.score.samples import Sampled


class Closing(msgspec.Struct, frozen=True):
    """How much of the gap, fair value less mid to our side, was gone after a time.

    before_arrival: when an order sent at the signal could have arrived. by_horizon: (market seconds,
    share). Shares are sums of moves over sums of gaps: 1 is all of it, 0 nothing, below 0 it went the
    other way. not_ahead: signals without a gap to our side, or without a mid, which are not counted.
    """

    before_arrival: Interval
    by_horizon: list[tuple[float, Interval]]
    not_ahead: int


class GapCoefficient(msgspec.Struct, frozen=True):
    """How far the mid moves per dollar of distance between fair value and mid. horizon_s: None: to
    settlement. 1: the market comes all the way to fair value; 0: it takes no notice."""

    horizon_s: float | None
    coefficient: Interval


def closing(bought: Bought) -> Closing:
    """Follow the gap of each signal that saw one."""
    gap = bought.side * (bought.probability - bought.mid)
    ahead = gap > 0.0
    return Closing(
        before_arrival=_share(bought, bought.later_mid, gap, ahead),
        by_horizon=[
            (horizon_s, _share(bought, bought.marks[place], gap, ahead))
            for place, horizon_s in enumerate(HORIZONS_S)
        ],
        not_ahead=int((~ahead).sum()),
    )


def gap_coefficients(sampled: Sampled, yes: Floats) -> list[GapCoefficient]:
    """Regress the mid's move on the gap, through the origin, at every sample.

    *Source*: encompassing regression, y - mid = b (model - mid).
    """
    gap = sampled.probability - sampled.mid
    ends = [*zip(HORIZONS_S, sampled.marks, strict=True), (None, yes)]
    found = []
    for horizon_s, mark in ends:
        move = mark - sampled.mid
        known = ~np.isnan(move * gap)
        above, below = (move * gap)[known], (gap * gap)[known]
        found.append(GapCoefficient(horizon_s, ratio_interval(above, below, sampled.close_ns[known])))
    return found


def _share(bought: Bought, mark: Floats, gap: Floats, ahead: Bools) -> Interval:
    known = ahead & ~np.isnan(mark)
    moved = (bought.side * (mark - bought.mid))[known]
    return ratio_interval(moved, gap[known], bought.close_ns[known])
