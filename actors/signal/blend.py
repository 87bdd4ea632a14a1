"""Which memory of the volatility speaks for which horizon."""

import math
from collections.abc import Sequence

SHORT_HORIZON_S = 120.0
LONG_HORIZON_S = 3600.0
_LOG_SPAN = math.log(LONG_HORIZON_S / SHORT_HORIZON_S)


class Blend:
    """Half-lives and their weights at two horizons; between the two, weights go with the horizon's
    logarithm; beyond them they stay. Each row of weights sums to 1.

    *Source* of the default: a published fit of these half-lives to bitcoin's minutes, which gave at 2
    minutes .50 to 10 min, .03 to 2 h, .16 to 1 d, and at 60 minutes .27, .45 to 2 h, .08 to 6 h, .29 to
    1 d. Its rows do not sum to 1: they are scaled so that they do, for the level is learnt here and not
    there, and a part of what 10 min had is given to 30 min, the best single half-life of the same study.
    """

    __slots__ = ("_rows", "half_lives_s", "long_weights", "short_weights")

    def __init__(
        self,
        half_lives_s: tuple[float, ...] = (600.0, 1800.0, 7200.0, 21_600.0, 86_400.0),
        short_weights: tuple[float, ...] = (0.52, 0.20, 0.05, 0.00, 0.23),
        long_weights: tuple[float, ...] = (0.15, 0.10, 0.41, 0.07, 0.27),
    ) -> None:
        self.half_lives_s = half_lives_s
        self.short_weights = short_weights
        self.long_weights = long_weights
        self._rows = [(short, long - short) for short, long in zip(short_weights, long_weights, strict=True)]

    def mean(self, horizon_s: float, known: Sequence[float]) -> float:
        """What the half-lives know, weighed for a stretch of this length that begins now."""
        total = 0.0
        if SHORT_HORIZON_S < horizon_s < LONG_HORIZON_S:
            part = math.log(horizon_s / SHORT_HORIZON_S) / _LOG_SPAN
            for (short, rise), one in zip(self._rows, known, strict=True):
                total += (short + part * rise) * one
            return total
        weights = self.short_weights if horizon_s <= SHORT_HORIZON_S else self.long_weights
        for weight, one in zip(weights, known, strict=True):
            total += weight * one
        return total
