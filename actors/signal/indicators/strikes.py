"""A quoted probability as a number of standard deviations, and back."""

import math
from statistics import NormalDist
from typing import Final

from messages import DOLLAR_E6

WIDEST_E6: Final = 100_000
"""A spread above ten cents leaves the mid a guess."""
_NORMAL = NormalDist()
_ROOT_HALF = math.sqrt(0.5)


def mid_of(bid_e6: int, ask_e6: int) -> float:
    """Mid of a quote as a probability; NaN for a crossed or a wide one.

    -1 for an empty side: nobody pays more than nothing, or asks less than a dollar, so near the ends of the
    range one side is enough.
    """
    bid_e6 = max(bid_e6, 0)
    if ask_e6 < 0:
        ask_e6 = DOLLAR_E6
    return (bid_e6 + ask_e6) / (2 * DOLLAR_E6) if 0 < ask_e6 - bid_e6 <= WIDEST_E6 else math.nan


def deviations(probability: float) -> float:
    """z with Phi(z) = probability; NaN unless it lies between 0 and 1."""
    return _NORMAL.inv_cdf(probability) if 0.0 < probability < 1.0 else math.nan


def likelihood(z: float) -> float:
    """Phi(z)."""
    return 0.5 * math.erfc(-z * _ROOT_HALF)
