"""Where a recording stands: recorded times turned into the present, and back."""

from simulator.kalshi.clock import MarketClock

_HELD_NS = 250_000_000
"""Not moved for longer than this: paused, or a computer that slept. The recording then waited."""
_STAMP_NS = 999_999  # what a stamp in whole milliseconds may have lost


class Playhead:
    """The mapping of recorded time on real time, moved on by `move` alone.

    from_ns: recorded time to begin with. speed: recorded seconds per real second. market_speed: market
    seconds per recorded second. The shift is such that whole market seconds fall on whole market seconds,
    so playing begins up to one of them later, and with the second that from_ns lies in.
    """

    def __init__(self, from_ns: int, speed: float, market_speed: float, now_ns: int) -> None:
        self.speed = speed
        self.clock = MarketClock(market_speed * speed)
        """The market's clock as it is served."""
        self._recorded = MarketClock(market_speed)
        self._first = self._recorded.second(from_ns)
        self._next = self.clock.second(now_ns) + 1
        self._from_ns = self._recorded.stamp_ns(self._first)
        self._begin_ns = self.clock.stamp_ns(self._next)
        self._moved_ns = now_ns
        self.delays = 0
        """How often the recording had to wait, so that `served_ns` says other times than before."""
        self.recorded_ns = min(from_ns, self._at(now_ns))
        """Everything recorded up to here has happened."""

    def move(self, now_ns: int) -> None:
        """Move on. What was not moved for a quarter second is left out, in whole market seconds."""
        away_ns = now_ns - self._moved_ns
        if away_ns > _HELD_NS:
            self._next += -(-away_ns // self.clock.seconds_ns(1.0))
            self._begin_ns = self.clock.stamp_ns(self._next)
            self.delays += 1
        self._moved_ns = now_ns
        self.recorded_ns = max(self.recorded_ns, self._at(now_ns))

    def served_ns(self, recorded_ns: int) -> int:
        """When something recorded at this time happens here."""
        return self._begin_ns + round((recorded_ns - self._from_ns) / self.speed)

    def second(self, stamp_ns: int) -> int:
        """The number, as it is served, of the whole market second that was stamped so when recorded."""
        return self._next + self._recorded.second(stamp_ns + _STAMP_NS) - self._first

    def _at(self, now_ns: int) -> int:
        return self._from_ns + round((now_ns - self._begin_ns) * self.speed)
