"""From what is known of a closing minute to the probability of YES."""

import math
from typing import NamedTuple

from actors.settlement import WINDOW, SecondValues, Window, settlement_cents
from actors.signal.fairvalue import HALF_CENT_USD, averaged_time_s, log_distance, log_variance
from actors.signal.greeks import FLAT, Greeks, log_greeks, normal_greeks
from actors.signal.model import NORMAL, Model


class Estimate(NamedTuple):
    """probability: of YES. known, known_mean_usd: settlement values seen, and their mean (0.0: none).
    missing: seconds before the close whose value nobody saw; they are drawn between their neighbours.
    sd_usd: standard deviation of the settlement average. delta: dP per dollar of index. vega: dP per unit
    of relative change of sigma."""

    probability: float
    known: int
    known_mean_usd: float
    missing: list[int]
    sd_usd: float = 0.0
    delta: float = 0.0
    vega: float = 0.0


class Spot(NamedTuple):
    """The index now. error: its relative standard deviation against what settles. errs_on_known: whether
    the known settlement values bear that error as well."""

    usd: float
    sigma: float
    error: float
    errs_on_known: bool


def estimate(
    window: Window,
    values: SecondValues,
    left_s: float,
    spot: Spot,
    strike_usd: float,
    model: Model = NORMAL,
) -> Estimate:
    """Weigh known, missing and future settlement values. left_s: market seconds to the close.

    A second that has begun and whose value is still on its way counts as the index now, without
    variance. The index's error is one for the whole minute: its mean bears all of it. Once all sixty
    are known and bear no error, the rule itself decides: one second before the close.
    """
    ahead = max(0, min(WINDOW, math.ceil(left_s) - 1, window.close - 1 - window.settled_to))
    moving = WINDOW - window.known - len(window.missing)
    settled_usd = window.sum_cents / 100
    if window.missing:
        spot_cents = spot.usd * 100
        settled_usd += (
            sum(values.between(window.close - before, spot_cents) for before in window.missing) / 100
        )
    uncertain = WINDOW if spot.errs_on_known else moving
    error_sd_usd = spot.usd * spot.error * uncertain / WINDOW
    if window.known == WINDOW and error_sd_usd == 0.0:
        settled_usd = settlement_cents(window.sum_cents) * WINDOW / 100
    chance, sd_usd, greeks = _weigh(
        spot, model, settled_usd, moving, ahead, left_s - ahead, error_sd_usd, strike_usd - HALF_CENT_USD
    )
    return Estimate(
        chance,
        window.known,
        window.sum_cents / (100 * window.known) if window.known else 0.0,
        window.missing,
        sd_usd,
        greeks.delta,
        greeks.vega,
    )


def _weigh(
    spot: Spot,
    model: Model,
    settled_usd: float,
    moving: int,
    ahead: int,
    first_s: float,
    error_sd_usd: float,
    threshold_usd: float,
) -> tuple[float, float, Greeks]:
    """Probability, standard deviation and greeks.

    settled_usd: sum of the values that no longer move. moving: values that follow the index, of which
    `ahead` have not begun.
    """
    variance = 0.0
    spread = 0.0
    if ahead and model.logarithmic:
        variance = log_variance(spot.sigma, first_s, 1.0, ahead)
        spread = math.sqrt(math.expm1(variance))
    elif ahead:
        spread = spot.sigma * math.sqrt(averaged_time_s(first_s, 1.0, ahead))
    motion_sd_usd = spot.usd * spread * ahead / WINDOW
    sd_usd = math.hypot(motion_sd_usd, error_sd_usd)
    mean_usd = (settled_usd + moving * spot.usd) / WINDOW
    if sd_usd == 0.0:
        return float(mean_usd >= threshold_usd), 0.0, FLAT
    if variance > 0.0:
        due = moving - ahead
        required_usd = (WINDOW * threshold_usd - settled_usd - due * spot.usd) / ahead
        if required_usd <= 0.0:
            return 1.0, sd_usd, FLAT
        share = motion_sd_usd / sd_usd
        own = log_distance(spot.usd, required_usd, variance)
        density = model.tail.density(own * share)
        greeks = log_greeks(density, own, spot.usd, due / (ahead * required_usd), variance, share)
        return model.tail.below(own * share), sd_usd, greeks
    distance = (mean_usd - threshold_usd) / sd_usd
    density = model.tail.density(distance)
    greeks = normal_greeks(density, distance, spot.usd, moving / WINDOW, sd_usd, motion_sd_usd)
    return model.tail.below(distance), sd_usd, greeks
