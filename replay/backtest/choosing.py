"""Which point of a grid did best, by a stated objective."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from replay.score.bootstrap import Floats

PNL: Final = "pnl"
SHARPE: Final = "sharpe"
OBJECTIVES: Final = {
    PNL: "paper PnL per window",
    SHARPE: "paper PnL per window over its standard deviation",
}


class Course(NamedTuple):
    """A point's paper account window by window, by close time: dollars, and fills."""

    pnl_usd: Mapping[int, float]
    fills: Mapping[int, int]


def gains(of: Course, windows: Sequence[int]) -> Floats:
    """What these windows brought, in dollars."""
    return np.array([of.pnl_usd[close_ns] for close_ns in windows], dtype=np.float64)


def sharpe(gain: Floats) -> float:
    """Mean over standard deviation, per window; 0.0 where nothing varies."""
    if len(gain) < 2:
        return 0.0
    deviation = float(gain.std(ddof=1))
    return float(gain.mean()) / deviation if deviation > 0.0 else 0.0


def value(of: Course, windows: Sequence[int], objective: str) -> float:
    """What the objective is on these windows."""
    gain = gains(of, windows)
    if objective == SHARPE:
        return sharpe(gain)
    return float(gain.mean()) if len(gain) else 0.0


def best(courses: Sequence[Course], windows: Sequence[int], objective: str) -> int:
    """The place of the point with the highest objective; of equal ones that with fewer fills, then the first.

    To a ten-millionth of a dollar: what differs by less differs by the order of adding up.
    """

    def rank(place: int) -> tuple[float, int, int]:
        of = courses[place]
        fills = sum(of.fills[close_ns] for close_ns in windows)
        return (-round(value(of, windows, objective), 7), fills, place)

    return min(range(len(courses)), key=rank)
