"""What a venue does by the clock."""


class Every:
    """Tells once in each period of the clock that it has begun. A late call loses nothing."""

    def __init__(self, period_s: int) -> None:
        self._period_ns = period_s * 1_000_000_000
        self._last = 0

    def begun(self, now_ns: int) -> bool:
        period = now_ns // self._period_ns
        if period == self._last:
            return False
        self._last = period
        return True
