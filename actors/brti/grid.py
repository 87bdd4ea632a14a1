"""The times at which a value is due whatever happens."""

from actors.market_seconds import MarketSeconds


class Grid:
    """Whole multiples of a period of real time, and the beginning of every market second."""

    def __init__(self, period_ns: int, speed: float) -> None:
        self._period_ns = period_ns
        self._seconds = MarketSeconds(speed)

    def after(self, now_ns: int) -> int:
        """The first grid time after this one."""
        second_ns = self._seconds.begin_ns(self._seconds.begun(now_ns) + 1)
        return min((now_ns // self._period_ns + 1) * self._period_ns, second_ns)
