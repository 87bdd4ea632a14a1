"""What a contract on the 60-value average is worth, in closed form.

*Source*: own derivation, the normal form: a mean of the remaining values that is normal with the variance
below. Monte Carlo with rounding finds it within 4e-4.
"""

import math
from functools import lru_cache

from simulator.world import JUMP_SIZE, JUMPS_PER_S, LOG_VOL_MEMORY_S, LOG_VOL_SD, VOLATILITY

N = 60
_GRID = 8  # points at which the coming volatility is looked at
_NODES = ((0.0, 2 / 3), (math.sqrt(3.0), 1 / 6), (-math.sqrt(3.0), 1 / 6))  # Gauss and Hermite, three points


def probability(
    spot_usd: float, strike_cents: int, sigma: float, left_s: float, known: int, known_cents: int
) -> float:
    """Chance that the mean of 60 values, rounded half-up to cents, reaches the strike.

    sigma: relative, per square root of a second. left_s: market seconds to the close.
    known, known_cents: how many of the 60 values stand, and their sum.
    """
    if known >= N:
        return _settled(strike_cents, known_cents)
    distance = spot_usd - _required_usd(strike_cents, known, known_cents)
    return _normal(distance, spot_usd, sigma * sigma * _effective_s(left_s, N - known))


def expected_probability(
    spot_usd: float, strike_cents: int, log_vol: float, left_s: float, known: int, known_cents: int
) -> float:
    """The same on the path that `World` makes, whose volatility will change and which may jump.

    log_vol: World.log_volatility. The normal form, averaged over the variances that may come: three of the
    volatility's, matched in mean and spread, each with no jump, one, or two.
    """
    if known >= N:
        return _settled(strike_cents, known_cents)
    distance = spot_usd - _required_usd(strike_cents, known, known_cents)
    effective_s = _effective_s(left_s, N - known)
    mean, spread = _coming_variance(round(log_vol * 50), max(round(effective_s), 1))
    jumps = JUMPS_PER_S * effective_s
    none = math.exp(-jumps)
    chance = 0.0
    for place, weight in _NODES:
        variance = mean * math.exp(spread * place - spread * spread / 2) * effective_s
        for count, share in ((0, none), (1, none * jumps), (2, 1 - none - none * jumps)):
            chance += weight * share * _normal(distance, spot_usd, variance + count * JUMP_SIZE**2)
    return chance


def mean_fade(left_s: float, known: int, lag_s: float) -> float:
    """Which part of the index's present distance from its target is in the mean of the values to come.

    The distance fades with e^(-t / lag_s), and the values come one a second up to the close.
    """
    remaining = N - known
    if remaining <= 0 or lag_s <= 0.0:
        return 0.0
    first_s = max(left_s - remaining, 0.0)
    fade = math.exp(-1.0 / lag_s)
    return math.exp(-first_s / lag_s) * (1.0 - fade**remaining) / (1.0 - fade) / remaining


def _settled(strike_cents: int, known_cents: int) -> float:
    return 1.0 if (2 * known_cents + N) // (2 * N) >= strike_cents else 0.0


def _required_usd(strike_cents: int, known: int, known_cents: int) -> float:
    """What the remaining values must average. Rounding half-up makes half a cent below the strike enough."""
    return (N * (strike_cents - 0.5) - known_cents) / ((N - known) * 100.0)


def _effective_s(left_s: float, remaining: int) -> float:
    """Seconds of the path whose variance the mean of the remaining values has."""
    first_s = max(left_s - remaining, 1e-3)
    return max(first_s - 1 + (remaining + 1) * (2 * remaining + 1) / (6 * remaining), 1e-6)


def _normal(distance_usd: float, spot_usd: float, variance: float) -> float:
    return 0.5 * math.erfc(-distance_usd / (spot_usd * math.sqrt(2.0 * variance)))


@lru_cache(maxsize=8192)
def _coming_variance(log_vol_50: int, seconds: int) -> tuple[float, float]:
    """Mean variance a second over so many seconds, and the standard deviation of its logarithm.

    The logarithm of the volatility returns to 0 as an Ornstein-Uhlenbeck process does, so that the
    volatilities at several times are jointly log-normal; their mean is taken as log-normal too.
    """
    log_vol = log_vol_50 / 50
    fades = [math.exp(-seconds * (n + 0.5) / _GRID / LOG_VOL_MEMORY_S) for n in range(_GRID)]
    means = [math.exp(2 * log_vol * fade + 2 * LOG_VOL_SD**2 * (1 - fade * fade)) for fade in fades]
    square = sum(
        mean * other * math.exp(4 * LOG_VOL_SD**2 * (min(f, g) / max(f, g) - f * g))
        for mean, f in zip(means, fades, strict=True)
        for other, g in zip(means, fades, strict=True)
    )
    total = sum(means)
    spread = math.sqrt(math.log(max(square / total**2, 1.0)))
    return VOLATILITY**2 * total / _GRID, spread
