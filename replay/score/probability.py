"""Scores of probabilities against what happened, with the market's own mid as the reference."""

from typing import NamedTuple

import msgspec
import numpy as np

from replay.score.bootstrap import NOTHING, Floats, Interval, Ints, mean_interval
from replay.score.hits import wilson

CLIP = 1e-6
BINS = 10


class Bin(msgspec.Struct, frozen=True):
    """Probabilities from `from_p` to below `to_p` (the last one closed): how many, in how many windows,
    their mean, and the share that came true with Wilson's interval by windows. None in an empty bin."""

    from_p: float
    to_p: float
    count: int
    windows: int
    mean_p: float | None
    share: float | None
    low: float | None
    high: float | None


class ProbabilityScore(msgspec.Struct, frozen=True):
    """One source of probabilities beside the reference, on the same moments of the same markets.

    brier, log_loss: smaller is better; `_reference`: the market's mid. skill = 1 - brier / brier_reference,
    positive where it beats the market. better: brier_reference - brier with its interval by windows.
    Murphy: brier = reliability - resolution + uncertainty + within, by ten bins; within is what the bins'
    width leaves. calibration_error: mean distance of bin mean and share. None where nothing has settled.
    """

    count: int
    windows: int
    brier: float | None
    brier_reference: float | None
    skill: float | None
    better: Interval
    log_loss: float | None
    log_loss_reference: float | None
    reliability: float | None
    resolution: float | None
    uncertainty: float | None
    within: float | None
    calibration_error: float | None
    bins: list[Bin]


class Murphy(NamedTuple):
    """The parts of a Brier score: reliability - resolution + uncertainty + within."""

    reliability: float
    resolution: float
    uncertainty: float
    within: float
    calibration_error: float


def brier(p: Floats, y: Floats) -> float:
    """Mean of (p - y)^2."""
    return float(((p - y) ** 2).mean())


def log_loss(p: Floats, y: Floats) -> float:
    """Mean of -ln of the probability given to what happened; p is kept 1e-6 away from 0 and 1."""
    kept = np.clip(p, CLIP, 1.0 - CLIP)
    return float(-(y * np.log(kept) + (1.0 - y) * np.log1p(-kept)).mean())


def skill(p: Floats, y: Floats, reference: Floats) -> float | None:
    """1 - brier / brier of the reference; None where the reference made no error."""
    against = brier(reference, y)
    return 1.0 - brier(p, y) / against if against > 0.0 else None


def murphy(p: Floats, y: Floats) -> Murphy:
    """Split the Brier score by ten bins. *Source*: Murphy 1973; the part within bins: Stephenson 2008."""
    number = _bin(p)
    base = float(y.mean())
    reliability = resolution = error = 0.0
    for at in np.unique(number):
        inside = number == at
        share, mean, weight = float(y[inside].mean()), float(p[inside].mean()), float(inside.mean())
        reliability += weight * (mean - share) ** 2
        resolution += weight * (share - base) ** 2
        error += weight * abs(mean - share)
    uncertainty = base * (1.0 - base)
    within = brier(p, y) - (reliability - resolution + uncertainty)
    return Murphy(reliability, resolution, uncertainty, within, error)


def bins(p: Floats, y: Floats, close_ns: Ints) -> list[Bin]:
    """The reliability table, ten bins of equal width."""
    number = _bin(p)
    table = []
    for at in range(BINS):
        inside = number == at
        count, windows = int(inside.sum()), len(np.unique(close_ns[inside]))
        if not count:
            table.append(Bin(at / BINS, (at + 1) / BINS, 0, 0, None, None, None, None))
            continue
        share = float(y[inside].mean())
        low, high = wilson(share, windows)
        mean = float(p[inside].mean())
        table.append(Bin(at / BINS, (at + 1) / BINS, count, windows, mean, share, low, high))
    return table


def probability_score(p: Floats, reference: Floats, y: Floats, close_ns: Ints) -> ProbabilityScore:
    """Score probabilities of YES. NaN in any of the three: left out of all."""
    known = ~(np.isnan(p) | np.isnan(reference) | np.isnan(y))
    p, reference, y, close_ns = p[known], reference[known], y[known], close_ns[known]
    if not len(p):
        nothing = None
        return ProbabilityScore(
            0, 0, nothing, nothing, nothing, NOTHING, nothing, nothing, nothing, nothing, nothing,
            nothing, nothing, [],
        )  # fmt: skip
    parts = murphy(p, y)
    return ProbabilityScore(
        count=len(p),
        windows=len(np.unique(close_ns)),
        brier=brier(p, y),
        brier_reference=brier(reference, y),
        skill=skill(p, y, reference),
        better=mean_interval((reference - y) ** 2 - (p - y) ** 2, close_ns, 1.0),
        log_loss=log_loss(p, y),
        log_loss_reference=log_loss(reference, y),
        reliability=parts.reliability,
        resolution=parts.resolution,
        uncertainty=parts.uncertainty,
        within=parts.within,
        calibration_error=parts.calibration_error,
        bins=bins(p, y, close_ns),
    )


def _bin(p: Floats) -> Ints:
    return np.minimum((p * BINS).astype(np.int64), BINS - 1)
