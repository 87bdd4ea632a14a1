"""The times at which a value is due whatever happens."""

SECOND_NS = 1_000_000_000


class Grid:
    """Whole multiples of a period of real time, and every whole second of the market's clock.

    The market's clock runs `speed` times faster than real time; its second k is at k / speed seconds.
    """

    def __init__(self, period_ns: int, speed: float) -> None:
        self._period_ns = period_ns
        self._ticks, per = speed.as_integer_ratio()
        self._span_ns = per * SECOND_NS  # real time that `_ticks` market seconds last

    def after(self, now_ns: int) -> int:
        """The first grid time after this one."""
        tick = now_ns * self._ticks // self._span_ns + 1
        market_ns = -(-tick * self._span_ns // self._ticks)
        if market_ns <= now_ns:
            market_ns = -(-(tick + 1) * self._span_ns // self._ticks)
        return min((now_ns // self._period_ns + 1) * self._period_ns, market_ns)
