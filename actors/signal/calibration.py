"""What a calibration makes of a fair probability and the indicators. Pure.

Evaluated in plain Python, feature by feature in the file's order, so that the same file and the same inputs
give the same bits on every machine. docs/calibration.md says how it is fitted, and when it is worth using.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from actors.signal.calibration_file import MARKET, Isotonic, Logistic, read
from actors.signal.log_odds import from_log_odds, log_odds
from messages import DOLLAR_E6, INDICATORS, FairValue

MOST_DEVIATION: Final = 5.0
"""Standard deviations beyond which a feature speaks no louder."""
ONE_SIDED_E6: Final = 100_000
"""How near to 0 or 1 the side that is left must be, so that a book with one side has a mid."""

_PLACES: Final = {name: place for place, name in enumerate(INDICATORS)}
Evaluate = Callable[[float, int, int, Sequence[float]], float]


class Calibration:
    """A calibration ready to be used. version: named in every decision that rests on it."""

    def __init__(self, model: Logistic | Isotonic, version: str) -> None:
        self.version = version
        self._evaluate: Evaluate = (
            _LogisticCurve(model) if isinstance(model, Logistic) else _RisingLine(model)
        )

    def probability(self, fair: FairValue, values: Sequence[float]) -> float:
        """Calibrate the probability of YES. values: of the indicators made with it, as in Indicators.

        What is withheld (-1) or certain (0 or 1) stays what it is.
        """
        return self.evaluate(fair.probability, fair.bid_e6, fair.ask_e6, values)

    def evaluate(self, probability: float, bid_e6: int, ask_e6: int, values: Sequence[float]) -> float:
        """The same from plain numbers; -1 for an empty side, or for both where no book is trusted."""
        if not 0.0 < probability < 1.0:
            return probability
        return self._evaluate(probability, bid_e6, ask_e6, values)


def load(path: Path, now_ns: int) -> Calibration:
    """Read a calibration, as `calibration_file.read` does. Raises ConfigurationError."""
    file = read(path, now_ns)
    return Calibration(file.model, file.version)


class _LogisticCurve:
    def __init__(self, model: Logistic) -> None:
        self._model = model
        self._rows = list(zip(model.means, model.scales, model.weights, strict=True))

    def __call__(self, probability: float, bid_e6: int, ask_e6: int, values: Sequence[float]) -> float:
        total = self._model.intercept + self._model.slope * log_odds(probability)
        found = inputs(self._model.features, probability, bid_e6, ask_e6, values)
        for value, (mean, scale, weight) in zip(found, self._rows, strict=True):
            total += weight * standardised(value, mean, scale)
        return from_log_odds(total)


class _RisingLine:
    def __init__(self, model: Isotonic) -> None:
        self._at = [at for at, _ in model.knots]
        self._to = [to for _, to in model.knots]

    def __call__(self, probability: float, bid_e6: int, ask_e6: int, values: Sequence[float]) -> float:
        right = bisect_right(self._at, probability)
        if right == 0:
            return self._to[0]
        if right == len(self._at):
            return self._to[-1]
        low, high = self._at[right - 1], self._at[right]
        share = (probability - low) / (high - low)
        return self._to[right - 1] + share * (self._to[right] - self._to[right - 1])


# -- what goes in


def inputs(
    features: Sequence[str], probability: float, bid_e6: int, ask_e6: int, values: Sequence[float]
) -> list[float]:
    """The features' values, in their order; NaN where there is none. The fit takes them from here, too."""
    found = []
    for name in features:
        if name == MARKET:
            mid = mid_usd(bid_e6, ask_e6)
            found.append(log_odds(mid) - log_odds(probability) if mid == mid else math.nan)
        else:
            place = _PLACES[name]
            found.append(values[place] if place < len(values) else math.nan)
    return found


def standardised(value: float, mean: float, scale: float) -> float:
    """Standard deviations from the mean, held within +-5; 0 for NaN."""
    if value != value:
        return 0.0
    return max(-MOST_DEVIATION, min(MOST_DEVIATION, (value - mean) / scale))


def mid_usd(bid_e6: int, ask_e6: int) -> float:
    """The market's own probability: the middle of bid and ask; NaN where it gives none.

    With one side empty (-1): of the other and the end of the scale, where that is at most 10 c away.
    """
    if bid_e6 < 0 and not 0 <= ask_e6 <= ONE_SIDED_E6:
        return math.nan
    if ask_e6 < 0 and bid_e6 < DOLLAR_E6 - ONE_SIDED_E6:
        return math.nan
    low = max(0, bid_e6)
    high = DOLLAR_E6 if ask_e6 < 0 else ask_e6
    return (low + high) / (2 * DOLLAR_E6)
