"""The logistic calibration: how far to trust the probability, and what the indicators add to it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from actors.signal.calibration import MOST_DEVIATION
from actors.signal.calibration_file import FEATURES, Logistic
from actors.signal.log_odds import log_odds
from replay.fit.dataset import Floats, Market
from replay.fit.table import Table, pick, table

WITHOUT_SIDE: Final = frozenset({"delay-age", "delay-absorbed"})
"""Indicators that say how long and how much, but not which way: nothing that could be added to log-odds."""
USED: Final = tuple(name for name in FEATURES if name not in WITHOUT_SIDE)
PENALTIES: Final = (None, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0)
"""What a weight of 1 for one standard deviation costs, in windows' log loss, twice over. None: there is
nothing but slope and intercept."""
BLOCKS: Final = 5
"""Into so many stretches the training span is cut to walk forward through."""
FREE: Final = 1000.0
"""By so much the columns of slope and intercept are enlarged, so that the penalty does not touch them."""


class _Scale(NamedTuple):
    features: list[str]
    columns: list[int]
    means: Floats
    scales: Floats


def fit_logistic(train: Sequence[Market]) -> tuple[Logistic, float | None]:
    """Fit on these markets; return the model, and the penalty that was chosen.

    Slope and intercept are free; the indicators' weights are held down by a penalty (ridge). The penalty
    is the greatest whose loss, walking forward through the windows (fit on all earlier stretches, look at
    the next), lies within one standard error of the least: an indicator must earn its weight.
    *Source*: ridge: Hoerl & Kennard 1970; one standard error: Breiman et al. 1984.
    """
    whole = table(train, USED)
    losses = _walk_forward(whole)
    penalty = None if losses is None else _choose(losses)
    scale = _scale(whole)
    weights = _fit(whole, scale, penalty)
    if penalty is None:
        return Logistic(_short(weights[1]), _short(weights[0]), [], [], [], []), None
    model = Logistic(
        intercept=_short(weights[1]),
        slope=_short(weights[0]),
        features=scale.features,
        means=[_short(mean) for mean in scale.means],
        scales=[_short(one) for one in scale.scales],
        weights=[_short(weight) for weight in weights[2:]],
    )
    return model, penalty


def _walk_forward(whole: Table) -> Floats | None:
    """Loss of each window (column) under each penalty (row); None where nothing could be fitted."""
    closes = np.unique(whole.close_ns)
    found = []
    for block in np.array_split(closes, BLOCKS)[1:]:
        if not len(block):
            continue
        ahead = pick(whole, (whole.close_ns >= block[0]) & (whole.close_ns <= block[-1]))
        before = pick(whole, (whole.close_ns < block[0]) & (whole.known_ns <= ahead.at_ns.min()))
        if len(np.unique(before.outcome)) < 2:
            continue
        scale = _scale(before)
        columns = _columns(ahead, scale)
        losses = [_losses(ahead, columns @ _fit(before, scale, penalty)) for penalty in PENALTIES]
        found.append(np.stack(losses))
    return np.concatenate(found, axis=1) if found else None


def _choose(losses: Floats) -> float | None:
    """The greatest penalty within one standard error of the best."""
    best = losses[int(np.argmin(losses.mean(axis=1)))]
    for penalty, row in zip(PENALTIES, losses, strict=True):
        worse = row - best
        error = float(worse.std()) / np.sqrt(len(worse))
        if float(worse.mean()) <= error:
            return penalty
    return None


def _losses(ahead: Table, odds: Floats) -> Floats:
    """Log loss of each window."""
    loss = np.logaddexp(0.0, np.where(ahead.outcome > 0.5, -odds, odds))
    _, window = np.unique(ahead.close_ns, return_inverse=True)
    return np.asarray(np.bincount(window, ahead.weight * loss), dtype=np.float64)


def _scale(train: Table) -> _Scale:
    """Mean and standard deviation of every feature that has values, and not always the same one."""
    chosen: list[int] = []
    means: list[float] = []
    scales: list[float] = []
    for place in range(len(USED)):
        column = train.features[:, place]
        known = np.isfinite(column)
        if not known.any():
            continue
        mean = float(np.average(column[known], weights=train.weight[known]))
        spread = float(np.sqrt(np.average((column[known] - mean) ** 2, weights=train.weight[known])))
        if spread > 1e-9 * max(1.0, abs(mean)):
            chosen.append(place)
            means.append(mean)
            scales.append(spread)
    return _Scale([USED[place] for place in chosen], chosen, np.array(means), np.array(scales))


def _columns(rows: Table, scale: _Scale) -> Floats:
    """Log-odds, ones, and the features as `calibration.standardised` makes them."""
    deviations = (rows.features[:, scale.columns] - scale.means) / scale.scales
    kept = np.where(np.isnan(deviations), 0.0, np.clip(deviations, -MOST_DEVIATION, MOST_DEVIATION))
    odds = np.array([log_odds(probability) for probability in rows.probability.tolist()])
    return np.column_stack([odds, np.ones(len(odds)), kept])


def _fit(train: Table, scale: _Scale, penalty: float | None) -> Floats:
    columns = _columns(train, scale)
    columns[:, :2] *= FREE
    if penalty is None:
        columns[:, 2:] = 0.0
    regression = LogisticRegression(
        C=1.0 / (penalty or 1.0), solver="newton-cholesky", fit_intercept=False, tol=1e-8, max_iter=200
    )
    with threadpool_limits(1):  # more of them wait for each other, and add up in an order of their own
        regression.fit(columns, train.outcome, sample_weight=train.weight)
    weights: Floats = regression.coef_[0].astype(np.float64)
    weights[:2] *= FREE
    return weights


def _short(value: float) -> float:
    """Ten places: what lies behind them differs from one run of the solver to the next."""
    return float(f"{value:.10g}")
