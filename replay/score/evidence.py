"""How strongly gains speak against a market that is fair: a betting test, exact for any number of bets.

Few windows without a loss look like an edge to every test that learns the spread of results from the
results themselves: who buys at 95 c wins nineteen times in a row and then loses it all. This test knows
what was at stake. Somebody who begins with one dollar and puts a fixed share of it on each bet, one bet at
a time, cannot be expected to have more than one dollar as long as no bet is worth more than it costs,
however often one looks. So to have more than 1/a dollars has probability a at most.
*Source*: Ville's inequality; Shafer, "Testing by betting"; Waudby-Smith & Ramdas, betting for bounded means.
"""

import math
from typing import NamedTuple

import numpy as np

from replay.score.bootstrap import Floats, Ints

SHARES = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 0.9)
"""Of the wealth that is put at stake; the dollar begins divided evenly among these."""


class Evidence(NamedTuple):
    """log: natural logarithm of what one dollar became. bets: how many were counted, windows: in how many."""

    log: float
    bets: int
    windows: int


def one_at_a_time(at_ns: Ints, until_ns: Ints) -> Ints:
    """Choose bets that do not overlap: the first, then the first one that begins when it is decided, ….

    at_ns: when each is made, until_ns: when it is decided. Which are chosen depends on nothing that lies
    ahead of them. Returns their places.
    """
    chosen: list[int] = []
    free_ns = -1
    for place in np.argsort(at_ns, kind="stable").tolist():
        if int(at_ns[place]) >= free_ns:
            chosen.append(place)
            free_ns = int(until_ns[place])
    return np.array(chosen, dtype=np.int64)


def evidence(at_ns: Ints, until_ns: Ints, gain: Floats, risk: Floats, close_ns: Ints) -> Evidence:
    """Weigh gains against what was at stake. gain: per contract, at least -risk; NaN is left out.

    risk: what one contract costs, its fee included, > 0.
    """
    known = ~np.isnan(gain) & (risk > 0.0)
    places = np.flatnonzero(known)[one_at_a_time(at_ns[known], until_ns[known])]
    if not len(places):
        return Evidence(0.0, 0, 0)
    ratio = np.maximum(gain[places] / risk[places], -1.0)
    logs = np.array([float(np.log1p(share * ratio).sum()) for share in SHARES])
    most = float(logs.max())
    log = most + math.log(float(np.exp(logs - most).mean()))
    return Evidence(log, len(places), len(np.unique(close_ns[places])))
