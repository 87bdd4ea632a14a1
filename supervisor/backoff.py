"""How long to wait before the next start. Pure: the random number is an argument."""

import math
from typing import Final

JITTER: Final = 0.2
"""A delay is shortened by up to this share, so that children that fell together do not rise together."""
RETRY_AFTER_LIMIT_S: Final = 86_400.0
"""A venue that asks for more than a day is asked again after a day."""


def delay_s(step: int, base_s: float, limit_s: float, jitter: float) -> float:
    """Seconds before the restart number `step` since data was last good: 0, then 1, 2, 4, … times base_s.

    jitter: uniform in [0, 1). Never more than limit_s.
    """
    if step <= 0:
        return 0.0
    # The exponent is bounded: 2.0**1024 overflows, and a child may fail for years.
    nominal_s = min(limit_s, base_s * 2.0 ** min(step - 1, 60))
    return nominal_s * (1.0 - JITTER * jitter)


def obeyed_s(retry_after_s: float) -> float:
    """What of a venue's Retry-After is obeyed: 0 for nonsense, at most a day."""
    if not math.isfinite(retry_after_s) or retry_after_s < 0:
        return 0.0
    return min(retry_after_s, RETRY_AFTER_LIMIT_S)
