"""Fair probability of a contract on an average, in closed form.

Notation: S index now, sigma its relative volatility per square root of a second, m values still to come,
the first in t1 seconds and then every h; R their mean; K' the strike less half a cent; A the average.
*Source*: own derivation, held against 40 million simulated paths a case.
"""

import math

import msgspec

from actors.settlement import WINDOW
from actors.signal.greeks import log_greeks, normal_greeks
from actors.signal.model import Model

HALF_CENT_USD = 0.005
"""Rounding half-up to cents makes `strike - half a cent` the threshold of what is not rounded yet."""


class Minute(msgspec.Struct, frozen=True, gc=False):
    """The sixty settlement values. settled_usd: sum of those that no longer move. moving: how many follow
    the index, `ahead` of which have not begun. first_s: until the first of these; then one a second."""

    settled_usd: float
    moving: int
    ahead: int
    first_s: float


class Worth(msgspec.Struct, frozen=True, gc=False):
    """probability: of YES. sd_usd: standard deviation of the settlement average. delta, vega: as Greeks."""

    probability: float
    sd_usd: float
    delta: float
    vega: float


def averaged_time_s(first_s: float, step_s: float, count: int) -> float:
    """How long the mean of `count` future values diffuses: V in Var(mean) = (S sigma)^2 V.

    first_s: until the first of them; step_s: between them. Any first_s >= 0, so V runs on continuously
    between two values.

    V = t1 - h + h (m+1)(2m+1) / (6m), which is (1/m^2) sum_ij min(u_i, u_j) with u_j = t1 + (j-1) h.
    *Source*: own derivation: pairs whose smaller time is the r-th number 2(m-r)+1.
    """
    return first_s - step_s + step_s * (count + 1) * (2 * count + 1) / (6 * count)


def log_variance(sigma: float, first_s: float, step_s: float, count: int) -> float:
    """Variance of the logarithm that gives a log-normal mean of `count` future values its true variance.

    s2 = ln( (1/m^2) sum_ij exp(sigma^2 min(u_i, u_j)) ), by its first two cumulants in sigma^2:
    s2 = sigma^2 V + sigma^4 W / 2, where W = h^2 (e2 - e1^2) is the variance of min(u_i, u_j),
    e1 = (m-1)(2m-1) / (6m), e2 = (m-1)(m^2-m+1) / (6m). The third is below 1e-8 of it for any
    sigma up to 0.001 and a step of a second.
    """
    square = sigma * sigma
    e1 = (count - 1) * (2 * count - 1) / (6 * count)
    e2 = (count - 1) * (count * count - count + 1) / (6 * count)
    spread = step_s * step_s * (e2 - e1 * e1)
    return square * averaged_time_s(first_s, step_s, count) + square * square * spread / 2


def worth(
    minute: Minute, spot_usd: float, sigma: float, error_sd_usd: float, strike_usd: float, model: Model
) -> Worth:
    """P(settlement >= strike) of a driftless index, and how it moves.

    error_sd_usd: standard deviation of A that comes from the index's own error.

    normal, student-t:  z = (E[A] - K') / sd,  sd^2 = (S sigma)^2 V (m/60)^2 + error^2
    log-normal:  z = (ln(S / K_req) - s2/2) / sqrt(s2),  K_req = (60 K' - what is settled or due) / m;
    mean and variance of R are matched, and an error widens z by sd of the motion / sd of all.
    P is the part of the model's tail below z. Without variance it is 0 or 1; and 1 where nothing is
    required any more. Against 40 million simulated log-normal paths a case: log-normal off by at most
    0.0001, normal by at most 0.0004, at 15 minutes and at the money.
    """
    settled_usd, moving, ahead, first_s = minute.settled_usd, minute.moving, minute.ahead, minute.first_s
    threshold_usd = strike_usd - HALF_CENT_USD
    mean_usd = (settled_usd + moving * spot_usd) / WINDOW
    variance = 0.0
    spread = 0.0
    if ahead and model.logarithmic:
        variance = log_variance(sigma, first_s, 1.0, ahead)
        spread = math.sqrt(math.expm1(variance))
    elif ahead:
        spread = sigma * math.sqrt(averaged_time_s(first_s, 1.0, ahead))
    motion_sd_usd = spot_usd * spread * ahead / WINDOW
    sd_usd = math.hypot(motion_sd_usd, error_sd_usd)
    if sd_usd == 0.0:
        return Worth(float(mean_usd >= threshold_usd), 0.0, 0.0, 0.0)
    if variance > 0.0:
        due = moving - ahead
        required_usd = (WINDOW * threshold_usd - settled_usd - due * spot_usd) / ahead
        if required_usd <= 0.0:
            return Worth(1.0, sd_usd, 0.0, 0.0)
        share = motion_sd_usd / sd_usd
        own = (math.log(spot_usd / required_usd) - variance / 2) / math.sqrt(variance)
        density = model.tail.density(own * share)
        greeks = log_greeks(density, own, spot_usd, due / (ahead * required_usd), variance, share)
        return Worth(model.tail.below(own * share), sd_usd, greeks.delta, greeks.vega)
    distance = (mean_usd - threshold_usd) / sd_usd
    density = model.tail.density(distance)
    greeks = normal_greeks(density, distance, spot_usd, moving / WINDOW, sd_usd, motion_sd_usd)
    return Worth(model.tail.below(distance), sd_usd, greeks.delta, greeks.vega)
