"""Where the market's own mid went after a signal, by horizon."""

import msgspec
import numpy as np

from replay.score.bootstrap import Floats, Interval, mean_interval
from replay.score.bought import HORIZONS_S, Bought, own


class Markout(msgspec.Struct, frozen=True):
    """After one horizon (None: at settlement), per contract of the side bought.

    move_usd: how far the mid went to our side. net_usd: the mid then less price and fee. closed: of the
    signals, those for which the market closed before the horizon; missing: those for which there was no
    mid then, or none at the signal. Neither is counted in the means.
    """

    horizon_s: float | None
    move_usd: Interval
    net_usd: Interval
    closed: int
    missing: int


def markouts(bought: Bought, yes: Floats) -> list[Markout]:
    """Follow the market after each signal. yes: 1 or 0 as each market settled, NaN where not known."""
    found = []
    for place, horizon_s in enumerate(HORIZONS_S):
        mark = bought.marks[place]
        closed = bought.left_s <= horizon_s
        found.append(_markout(bought, horizon_s, mark, int(closed.sum())))
    found.append(_markout(bought, None, yes, 0))
    return found


def _markout(bought: Bought, horizon_s: float | None, mark: Floats, closed: int) -> Markout:
    moved = bought.side * (mark - bought.mid)
    net = own(mark, bought.side) - bought.cost_usd
    return Markout(
        horizon_s=horizon_s,
        move_usd=mean_interval(moved, bought.close_ns, 1.0),
        net_usd=mean_interval(net, bought.close_ns, 1.0),
        closed=closed,
        missing=int(np.isnan(moved).sum()) - closed,
    )
