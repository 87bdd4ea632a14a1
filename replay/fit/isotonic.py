"""The isotonic calibration: how often it really came true, as a rising function of the probability."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from sklearn.isotonic import IsotonicRegression

from actors.signal.calibration_file import Isotonic
from replay.fit.dataset import Market
from replay.fit.table import table

BIN_WINDOWS: Final = 10.0
"""So many windows' weight is in each bin at least: without bins the line would follow single windows, each of
which brings a hundred samples that ended alike."""
MOST_BINS: Final = 50
END: Final = 1e-3
"""What the line makes of a probability next to 0, and leaves of one next to 1."""


def fit_isotonic(train: Sequence[Market]) -> Isotonic:
    """Fit on these markets.

    Samples are put in bins of equal weight by their probability, the bins' shares of YES are made to rise
    (pooling neighbours that do not), and the line goes on from the outer bins to almost 0 and 1.
    *Source*: Ayer et al. 1955 (pool adjacent violators).
    """
    rows = table(train, ())
    order = np.argsort(rows.probability, kind="stable")
    weight = rows.weight[order]
    total = float(weight.sum())
    bins = int(min(MOST_BINS, max(2.0, total / BIN_WINDOWS)))
    number = np.minimum((np.cumsum(weight) - 0.5 * weight) * bins / total, bins - 1).astype(np.int64)
    weights = np.bincount(number, weight)
    kept = weights > 0.0
    at = np.bincount(number, weight * rows.probability[order])[kept] / weights[kept]
    share = np.bincount(number, weight * rows.outcome[order])[kept] / weights[kept]
    least = 0.5 / (total + 1.0)
    line = IsotonicRegression(y_min=least, y_max=1.0 - least).fit_transform(
        at, share, sample_weight=weights[kept]
    )
    end = min(least, END)
    knots = [(0.0, end)]
    knots += [(_short(x), _short(y)) for x, y in zip(at.tolist(), line.tolist(), strict=True)]
    knots.append((1.0, 1.0 - end))
    return Isotonic([knot for place, knot in enumerate(knots) if not place or knot[0] > knots[place - 1][0]])


def _short(value: float) -> float:
    return float(f"{value:.10g}")
