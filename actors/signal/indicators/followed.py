"""The chosen index as the indicators follow it: its level, its momenta, and where a market began."""

import math
from typing import Final

from actors.signal.indicators.level import IndexLevel
from actors.signal.indicators.momentum import Momentum
from messages import IndexValue

HORIZONS_S: Final = (5.0, 15.0, 60.0)
"""Of the momenta, in market seconds; their names say so."""
INDEX_ID: Final = "BRTI"
_HOLE_S: Final = 1.0
_SHORTEST_HOLE_NS: Final = 250_000_000
"""Of real time, at any speed: the aggregator speaks at least every 200 ms."""


class FollowedIndex:
    """Takes every value of the chosen method; another method begins everything anew."""

    def __init__(self, speed: float) -> None:
        self._hole_ns = max(_SHORTEST_HOLE_NS, round(_HOLE_S * 1e9 / speed))
        self._momenta = [Momentum(horizon_s, speed, self._hole_ns) for horizon_s in HORIZONS_S]
        self._before_ns = 0
        self._before_usd = 0.0
        self._lost = 0
        self.line = IndexLevel()
        self.method = ""
        self.usd = 0.0
        """The newest value; 0.0: withheld."""

    def take(self, value: IndexValue) -> bool:
        """Take a value of the chosen method; say whether what was remembered in levels is void now."""
        if value.method != self.method:
            self.method = value.method
            self.line.restart()
        self._before_ns, self._before_usd = self.line.at_ns, self.usd
        self.usd = value.value_usd
        self.line.take(value.at_ns, value.value_usd, tuple([out.venue for out in value.left_out]))
        lost = self.line.era != self._lost
        if lost:
            self._lost = self.line.era
            for momentum in self._momenta:
                momentum.clear()
        level = self.line.level
        for momentum in self._momenta:
            momentum.take(value.at_ns, level)
        return lost

    def began(self, at_ns: int) -> float:
        """The index at a moment that has just passed; 0.0 unless the newest value is the first after it."""
        if self._before_ns <= at_ns < self.line.at_ns and at_ns - self._before_ns <= self._hole_ns:
            return self._before_usd
        return 0.0

    def momenta(self, now_ns: int, sigma: float) -> list[float]:
        """Of each horizon."""
        level = self.line.level
        return [momentum.value(now_ns, level, sigma) for momentum in self._momenta]


NO_MOMENTA: Final = [math.nan] * len(HORIZONS_S)
