"""The price that Polymarket settles on: another source than Kalshi's, with a mind of its own."""

import math
import random

_PREMIUM = 4e-5  # standing distance from the path, relative
_NOISE = 2e-5  # standard deviation of the rest
_MEMORY_S = 5.0  # of market time


class StreamPrice:
    """A Chainlink-like price: the path, with a distance that wanders. turn_s: market seconds a turn."""

    def __init__(self, turn_s: float, rng: random.Random) -> None:
        self._rng = rng
        self._decay = math.exp(-turn_s / _MEMORY_S)
        self._kick = _NOISE * math.sqrt(1 - self._decay**2)
        self._noise = 0.0

    def turn(self, spot_usd: float) -> float:
        """Move on by one turn; the price in USD."""
        self._noise = self._noise * self._decay + self._rng.gauss(0.0, 1.0) * self._kick
        return spot_usd * (1.0 + _PREMIUM + self._noise)
