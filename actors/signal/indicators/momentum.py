"""Momentum of the index: how unusual its move over a fixed time is."""

import math

from actors.signal.indicators.trailing import Lagged


class Momentum(Lagged):
    """z_h = ln(B_t / B_{t-h}) / (sigma sqrt(h)), of the chosen index B.

    Unit: standard deviations of a move over h. Positive: the index has risen. sigma: relative, per square
    root of a market second, as in the fair value. None while no index value of h ago is known (after a
    start, or within h of a hole) or there is none now. *Source*: common usage; brti.md 7.1.
    """

    __slots__ = ("_root",)

    def __init__(self, horizon_s: float, speed: float, stale_ns: int) -> None:
        """horizon_s: in market seconds. stale_ns: for how long a value of then still counts, real time."""
        self._root = math.sqrt(horizon_s)
        super().__init__(round(horizon_s * 1e9 / speed), stale_ns)

    def value(self, now_ns: int, level: float, sigma: float) -> float:
        """The momentum now."""
        then = self.read(now_ns)
        if then <= 0.0 or level <= 0.0 or sigma <= 0.0:
            return math.nan
        return math.log(level / then) / (sigma * self._root)
