"""From what is known of a closing minute to the probability of YES."""

import math
from typing import NamedTuple

from actors.settlement import WINDOW, SecondValues, Window, settlement_cents
from actors.signal.fairvalue import mean_sd_usd, probability


class Estimate(NamedTuple):
    """probability: of YES. known, known_mean_usd: settlement values seen, and their mean (0.0: none).
    missing: seconds before the close whose value nobody saw; they are drawn between their neighbours."""

    probability: float
    known: int
    known_mean_usd: float
    missing: list[int]


class Spot(NamedTuple):
    """The index now. error: its relative standard deviation against what settles. errs_on_known: whether
    the known settlement values bear that error as well."""

    usd: float
    sigma: float
    error: float
    errs_on_known: bool


def estimate(window: Window, values: SecondValues, left_s: float, spot: Spot, strike_usd: float) -> Estimate:
    """Weigh known, missing and future settlement values. left_s: market seconds to the close.

    A second that has begun and whose value is still on its way counts as the index now, without
    variance. The index's error is one for the whole minute: its mean bears all of it.
    """
    ahead = max(0, min(WINDOW, math.ceil(left_s) - 1, window.close - 1 - window.settled_to))
    first_s = left_s - ahead
    spot_cents = spot.usd * 100
    guessed_cents = sum(values.between(window.close - before, spot_cents) for before in window.missing)
    open_values = WINDOW - window.known - len(window.missing)
    mean_usd = (window.sum_cents + guessed_cents + open_values * spot_cents) / (100 * WINDOW)
    sd_usd = mean_sd_usd(spot.usd, spot.sigma, first_s, 1.0, ahead, WINDOW)
    uncertain = WINDOW if spot.errs_on_known else open_values
    sd_usd = math.hypot(sd_usd, spot.usd * spot.error * uncertain / WINDOW)
    if window.known == WINDOW and sd_usd == 0.0:
        mean_usd = settlement_cents(window.sum_cents) / 100
    return Estimate(
        probability(mean_usd, strike_usd, sd_usd),
        window.known,
        window.sum_cents / (100 * window.known) if window.known else 0.0,
        window.missing,
    )
