"""How fast a venue lets a caller ask."""


class TokenBucket:
    """A budget that fills at a rate and holds a burst. Time comes as an argument, in ns."""

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._per_ns = rate_per_s / 1e9
        self._burst = burst
        self._tokens = burst
        self._at_ns = 0

    def take(self, now_ns: int, cost: float = 1.0) -> bool:
        """Pay for one request; False: there is not enough left, and nothing was paid."""
        self._tokens = min(self._burst, self._tokens + max(0, now_ns - self._at_ns) * self._per_ns)
        self._at_ns = max(self._at_ns, now_ns)
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True
