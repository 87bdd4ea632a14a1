"""How much of the best of many is luck: its Sharpe ratio against what the best of so many would show.

*Source*: Bailey and López de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (2014).
"""

import math
from statistics import NormalDist
from typing import Final

import msgspec

from replay.backtest.choosing import sharpe
from replay.score.bootstrap import Floats

EULER: Final = 0.5772156649015329
CONVINCING: Final = 0.95
"""Probability from which the best of many may be called more than luck."""
_NORMAL = NormalDist()


class Deflated(msgspec.Struct, frozen=True):
    """The best point's Sharpe ratio, per window, after having tried many.

    tried: configurations. expected: the Sharpe ratio that the best of so many shows where none has an edge,
    from how much the points' ratios differ. probability: that the best one's true ratio is above zero all
    the same; None where it did not vary, or windows are too few.
    """

    tried: int
    sharpe: float
    expected: float
    probability: float | None


def expected_best(spread: float, tried: int) -> float:
    """Expected maximum of `tried` normal numbers around 0 with this standard deviation."""
    if tried < 2:
        return 0.0
    high = _NORMAL.inv_cdf(1.0 - 1.0 / tried)
    higher = _NORMAL.inv_cdf(1.0 - 1.0 / (tried * math.e))
    return spread * ((1.0 - EULER) * high + EULER * higher)


def deflate(gain: Floats, ratios: Floats, tried: int) -> Deflated:
    """Judge the best point. gain: its own, by window; ratios: of every point; tried: at least as many."""
    spread = float(ratios.std(ddof=1)) if len(ratios) > 1 else 0.0
    expected = expected_best(spread, tried)
    ratio = sharpe(gain)
    deviation = float(gain.std()) if len(gain) > 2 else 0.0
    if deviation <= 0.0:
        return Deflated(tried, ratio, expected, None)
    scaled = (gain - gain.mean()) / deviation
    skewness, kurtosis = float((scaled**3).mean()), float((scaled**4).mean())
    variance = 1.0 - skewness * ratio + (kurtosis - 1.0) / 4.0 * ratio**2
    if variance <= 0.0:
        return Deflated(tried, ratio, expected, None)
    score = (ratio - expected) * math.sqrt((len(gain) - 1) / variance)
    return Deflated(tried, ratio, expected, _NORMAL.cdf(score))
