"""What a contract on the 60-value average is worth, in closed form.

*Source*: brti.md §4.1, the normal form; Monte Carlo there finds it within 4e-4.
"""

import math

N = 60


def probability(
    spot_usd: float, strike_usd: float, sigma: float, left_s: float, known: int, known_usd: float
) -> float:
    """Chance that the rounded mean of 60 values reaches the strike.

    sigma: relative, per square root of a second. left_s: market seconds to the close.
    known, known_usd: how many of the 60 values stand, and their sum.
    """
    effective = strike_usd - 0.005
    remaining = N - known
    if remaining <= 0:
        return 1.0 if known_usd / N >= effective else 0.0
    first_s = max(left_s - remaining, 1e-3)
    required = (N * effective - known_usd) / remaining
    variance = max(first_s - 1 + (remaining + 1) * (2 * remaining + 1) / (6 * remaining), 1e-6)
    deviation = spot_usd * sigma * math.sqrt(variance)
    return 0.5 * math.erfc(-(spot_usd - required) / (deviation * math.sqrt(2.0)))
