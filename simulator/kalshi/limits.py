"""REST's token bucket, one per caller.

*Source*: docs.kalshi.com/getting_started/rate_limits: most calls cost 10 tokens; Basic reads refill 200
a second and hold 3 seconds.
"""

COST = 10.0


class TokenBucket:
    """Says whether one more call is within the budget."""

    def __init__(self, per_s: float, capacity: float) -> None:
        self._per_s = per_s
        self._capacity = capacity
        self._tokens = capacity
        self._at_ns = 0

    def take(self, now_ns: int) -> bool:
        """Pay for one call; False: there is not enough, and nothing was taken."""
        if self._at_ns:
            gained = (now_ns - self._at_ns) / 1e9 * self._per_s
            self._tokens = min(self._capacity, self._tokens + max(gained, 0.0))
        self._at_ns = now_ns
        if self._tokens < COST:
            return False
        self._tokens -= COST
        return True
