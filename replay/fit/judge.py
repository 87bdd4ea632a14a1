"""How a calibration did on markets that came later, evaluated as the signal actor evaluates it."""

from collections.abc import Sequence

import numpy as np

from actors.signal.calibration import Calibration
from actors.signal.calibration_file import Isotonic, Judged, Logistic
from replay.fit.dataset import Market
from replay.fit.spans import windows
from replay.fit.table import samples, table
from replay.score.bootstrap import mean_interval
from replay.score.probability import brier, log_loss


def judge(model: Logistic | Isotonic, test: Sequence[Market]) -> Judged:
    """Score it on these markets, of at least two windows, beside what it was made from and the market."""
    rows = table(test, ())
    outcome, close_ns, plain = rows.outcome, rows.close_ns, rows.probability
    calibration = Calibration(model, "")
    ours = np.array([calibration.evaluate(*row) for market in test for row in samples(market)])
    better = mean_interval((plain - outcome) ** 2 - (ours - outcome) ** 2, close_ns)
    mid, quoted = rows.mid, ~np.isnan(rows.mid)
    beside = mean_interval((mid - outcome) ** 2 - (ours - outcome) ** 2, close_ns)
    low = better.low or 0.0
    return Judged(
        sessions=list(dict.fromkeys(market.session for market in test)),
        from_ns=int(rows.at_ns.min()),
        to_ns=int(rows.known_ns.max()),
        markets=len(test),
        windows=windows(test),
        samples=len(outcome),
        brier=brier(ours, outcome),
        brier_uncalibrated=brier(plain, outcome),
        log_loss=log_loss(ours, outcome),
        log_loss_uncalibrated=log_loss(plain, outcome),
        better=better.mean or 0.0,
        better_low=low,
        better_high=better.high or 0.0,
        brier_beside_market=brier(ours[quoted], outcome[quoted]) if quoted.any() else None,
        brier_market=brier(mid[quoted], outcome[quoted]) if quoted.any() else None,
        better_than_market=beside.mean,
        better_than_market_low=beside.low,
        better_than_market_high=beside.high,
        improves=low > 0.0,
    )


def verdict(tested: Judged) -> str:
    """Say in two sentences what the later markets show: of the calibration, and of the market beside it."""
    figures = (
        f"Brier score {tested.brier:.4f} against {tested.brier_uncalibrated:.4f}, better by "
        f"{tested.better:+.4f} (95 % from {tested.better_low:+.4f} to {tested.better_high:+.4f})"
    )
    if tested.improves:
        found = "the calibration improves the probability"
    elif tested.better_high < 0.0:
        found = "the calibration makes the probability worse, leave it off"
    else:
        found = "nothing shows that the calibration improves the probability, leave it off"
    said = f"On {tested.windows} later windows, {found}: {figures}."
    low, high = tested.better_than_market_low, tested.better_than_market_high
    if low is None or high is None:
        return f"{said} There was no market's mid to hold it against."
    if low > 0.0:
        beside = "It is better than the market's own mid"
    elif high < 0.0:
        beside = "It is worse than the market's own mid"
    else:
        beside = "Nothing shows that it is better or worse than the market's own mid"
    return (
        f"{said} {beside}: Brier score {tested.brier_beside_market:.4f} against {tested.brier_market:.4f}, "
        f"better by {tested.better_than_market:+.4f} (95 % from {low:+.4f} to {high:+.4f})."
    )
