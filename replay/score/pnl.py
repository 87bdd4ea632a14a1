"""What one contract of each signal would have brought after fees."""

from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from replay.score.bootstrap import Floats, Interval, Ints, mean_interval
from replay.score.bought import HORIZONS_S, LATER, TAKEN, Bought, own, pick
from replay.score.hits import HitRate, hit_rate

MARK_S = 60.0
"""Market seconds after which what was filled is valued by the market's own mid: long enough for a slow quote
to have followed, short enough that a window holds some fifteen of them that do not overlap."""
LEFT_S = (0.0, 60.0, 120.0, 300.0, 600.0, float("inf"))
"""Market seconds to the close that part the table; the last minute is the one that settles."""


class Pnl(msgspec.Struct, frozen=True):
    """One contract a signal, held to settlement. In dollars, fees paid.

    per_contract: with its interval by windows. total_usd: of all that have settled. unsettled: bought, and
    not settled as far as the record goes.
    """

    per_contract: Interval
    total_usd: float
    unsettled: int


class Arrival(msgspec.Struct, frozen=True):
    """What orders met that arrived after the latency, and what those that were filled brought.

    met: how many of each, by the names of LATER. marked: net of price and fee at the market's own mid 60 s
    after the signal; where there was none, at settlement. settled: held to settlement.
    """

    met: dict[str, int]
    marked: Interval
    settled: Pnl


class ByTimeLeft(msgspec.Struct, frozen=True):
    """Signals made with from_s to below to_s market seconds left (None: no end)."""

    from_s: float
    to_s: float | None
    count: int
    hits: HitRate
    marked: Interval
    settled: Pnl


class Gains(NamedTuple):
    """What each filled order brought per contract, NaN where that is not known, and when it was known."""

    gain: Floats
    until_ns: Ints


def pnl(gain: Floats, close_ns: Ints) -> Pnl:
    """Sum up gains; NaN: not settled."""
    known = ~np.isnan(gain)
    return Pnl(mean_interval(gain, close_ns, 1.0), float(gain[known].sum()), int((~known).sum()))


def at_once(bought: Bought, yes: Floats) -> Pnl:
    """As if taken at the price of the signal in the moment of the signal, which nobody can."""
    priced = ~np.isnan(bought.cost_usd)
    of = pick(bought, priced)
    return pnl(own(yes[priced], of.side) - of.cost_usd, of.close_ns)


def arrival(bought: Bought, yes: Floats) -> Arrival:
    """As an order that arrives after the latency and takes what stands there then, within its limit."""
    taken = bought.later == TAKEN
    of = pick(bought, taken)
    met = {name: int((bought.later == state).sum()) for state, name in enumerate(LATER)}
    return Arrival(
        met=met,
        marked=mean_interval(marked(of, yes[taken], MARK_S).gain, of.close_ns, 1.0),
        settled=pnl(settled(of, yes[taken]).gain, of.close_ns),
    )


def marked(bought: Bought, yes: Floats, horizon_s: float) -> Gains:
    """Value what was filled at the market's mid a time after the signal, or at settlement if there is none.

    horizon_s: one of HORIZONS_S.
    """
    place = HORIZONS_S.index(horizon_s)
    mark = bought.marks[place]
    none = np.isnan(mark)
    gain = own(np.where(none, yes, mark), bought.side) - bought.later_usd
    return Gains(gain, np.where(none, bought.close_ns, bought.mark_ns[place]))


def settled(bought: Bought, yes: Floats) -> Gains:
    """Value what was filled as the market settled."""
    return Gains(own(yes, bought.side) - bought.later_usd, bought.close_ns)


def by_time_left(bought: Bought, yes: Floats) -> list[ByTimeLeft]:
    """The same in parts, from the close backwards. Orders as in `arrival`; hits of all signals."""
    rows = []
    for from_s, to_s in pairwise(LEFT_S):
        inside = (bought.left_s >= from_s) & (bought.left_s < to_s)
        part = pick(bought, inside)
        came = arrival(part, yes[inside])
        rows.append(
            ByTimeLeft(
                from_s=from_s,
                to_s=to_s if to_s < LEFT_S[-1] else None,
                count=int(inside.sum()),
                hits=hit_rate(own(yes[inside], part.side), part.cost_usd, part.close_ns),
                marked=came.marked,
                settled=came.settled,
            )
        )
    return rows
