"""The seconds of the market's clock, on which the index is printed and the settlement rests."""

SECOND_NS = 1_000_000_000
STAMP_TOLERANCE_NS = 1_000_000
"""The official value's stamp comes in whole milliseconds."""


class MarketSeconds:
    """Numbers the market's seconds. Second k begins k / speed real seconds after the epoch.

    At speed 1 these are the plain seconds since the epoch; the simulator's clock runs faster. Exact:
    integers throughout.
    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._ticks, per = speed.as_integer_ratio()
        self._span_ns = per * SECOND_NS  # real time that `_ticks` market seconds last

    def begun(self, at_ns: int) -> int:
        """Number of the last second that has begun."""
        return at_ns * self._ticks // self._span_ns

    def nearest(self, at_ns: int) -> int:
        """Number of the second whose beginning is nearest, for stamps rounded by others."""
        return (2 * at_ns * self._ticks + self._span_ns) // (2 * self._span_ns)

    def of_print(self, stamp_ns: int) -> int | None:
        """The second at whose beginning an official value's stamp lies; None between two or without stamp."""
        second = self.nearest(stamp_ns)
        on = stamp_ns > 0 and abs(self.begin_ns(second) - stamp_ns) <= STAMP_TOLERANCE_NS
        return second if on else None

    def begin_ns(self, second: int) -> int:
        """The first whole nanosecond of a second."""
        return -(-second * self._span_ns // self._ticks)

    def market_s(self, real_ns: int) -> float:
        """A stretch of real time in market seconds."""
        return real_ns * self._ticks / self._span_ns
