"""Tell jumps from the steady motion: realised variance against bipower variation."""

import math
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

WINDOW_STEPS = 120
"""Ten minutes of 5 s."""
LEAST_STEPS = 20
"""Fewer say nothing of what is usual."""
JUMP_SIGMAS = 4.0
"""A move beyond so many standard deviations of the steady motion is a jump in this part of it. Own
choice: of a normal distribution one step in 16,000 lies there, one in eleven hours of 5 s."""


class Bipower:
    """The newest returns, each per square root of a second.

    RV = sum r^2;  BV = (pi/2) (n / (n-1)) sum |r_i| |r_(i-1)|;  jump share = max(0, 1 - BV/RV)
    A jump stands in one return; next to a usual one it is nearly lost in BV, and whole in RV.
    *Source*: Barndorff-Nielsen and Shephard 2004.
    """

    def __init__(self, steps: int = WINDOW_STEPS) -> None:
        self._returns: deque[float] = deque(maxlen=steps)

    @property
    def returns(self) -> Sequence[float]:
        """What it holds, oldest first."""
        return self._returns

    def take(self, move: float) -> None:
        """Take the next return."""
        self._returns.append(move)

    @property
    def realised(self) -> float:
        """RV, the sum of squares."""
        return math.fsum(move * move for move in self._returns)

    @property
    def bipower(self) -> float:
        """BV, comparable with RV; 0 of fewer than two returns."""
        count = len(self._returns)
        if count < 2:
            return 0.0
        sizes = [abs(move) for move in self._returns]
        products = math.fsum(one * next_ for one, next_ in pairwise(sizes))
        return math.pi / 2 * count / (count - 1) * products

    @property
    def jump_share(self) -> float:
        """Part of the variance that came in jumps, 0 to 1."""
        realised = self.realised
        return max(0.0, 1.0 - self.bipower / realised) if realised > 0.0 else 0.0

    def steady(self, square: float) -> float:
        """The part of a squared return that is no jump: at most 16 BV/n. All while too few are known."""
        count = len(self._returns)
        if count < LEAST_STEPS:
            return square
        return min(square, JUMP_SIGMAS * JUMP_SIGMAS * self.bipower / count)
