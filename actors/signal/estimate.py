"""From what is known of a closing minute to the probability of YES."""

import math

import msgspec

from actors.settlement import WINDOW, SecondValues, Window, settlement_cents
from actors.signal.fairvalue import Minute, worth
from actors.signal.model import NORMAL, Model


class Estimate(msgspec.Struct, frozen=True, gc=False):
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


class Spot(msgspec.Struct, frozen=True, gc=False):
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
    minute = Minute(settled_usd, moving, ahead, left_s - ahead)
    made = worth(minute, spot.usd, spot.sigma, error_sd_usd, strike_usd, model)
    known_mean_usd = window.sum_cents / (100 * window.known) if window.known else 0.0
    return Estimate(
        made.probability,
        window.known,
        known_mean_usd,
        window.missing,
        made.sd_usd,
        made.delta,
        made.vega,
    )
