"""The official index as Kalshi passes it on, and the settlement value made of it.

One value a market second, in whole cents as it was published (simulator/publisher.py), kept for a quarter
hour and a bit.
"""

from simulator.kalshi.clock import MarketClock

INDEX_ID = "BRTI"
WINDOW = 60  # values in a settlement
_KEPT = 1200


def dollars(cents: int) -> str:
    """`84000.05`."""
    return f"{cents // 100}.{cents % 100:02d}"


class OfficialIndex:
    """Second-by-second values, in cents, by the number of their market second."""

    def __init__(self, clock: MarketClock, first_cents: int, at_ns: int) -> None:
        self._clock = clock
        self.last_second = clock.second(at_ns)
        self._first = self.last_second
        self._cents: dict[int, int] = {self.last_second: first_cents}

    def advance(self, cents: int, now_ns: int) -> list[int]:
        """Record this value for every market second that has begun; return their numbers."""
        begun = []
        while self._clock.stamp_ns(self.last_second + 1) <= now_ns:
            self.last_second += 1
            self._cents[self.last_second] = cents
            self._cents.pop(self.last_second - _KEPT, None)
            begun.append(self.last_second)
        return begun

    def cents(self, second: int) -> int:
        """The value of this market second; before the first one, the first one's."""
        return self._cents[max(second, self._first, self.last_second - _KEPT + 1)]

    def known(self, close_ns: int) -> tuple[int, int]:
        """How many of a window's 60 values are known, and their sum in cents.

        *Source*: published recomputations of real settlements: the values stamped T-60 to T-1 count.
        """
        close = self._clock.second(close_ns)
        have = min(max(self.last_second - (close - WINDOW) + 1, 0), WINDOW)
        return have, sum(self.cents(close - WINDOW + n) for n in range(have))

    def settlement(self, close_ns: int) -> int:
        """The window's final value in cents: the plain mean of its 60 values, rounded half-up."""
        close = self._clock.second(close_ns)
        total = sum(self.cents(close - WINDOW + n) for n in range(WINDOW))
        return (2 * total + WINDOW) // (2 * WINDOW)

    def trailing_average(self, second: int) -> tuple[float, int]:
        """Mean in USD of the 60 values before this second, [t-60, t), and how many there are."""
        begin = max(second - WINDOW, self._first)
        values = [self.cents(n) for n in range(begin, second)] or [self.cents(second)]
        return sum(values) / len(values) / 100.0, second - begin

    def window_average(self, second: int, close_second: int) -> tuple[float, int]:
        """Mean in USD over (close-60, second] and the count; the venue's running settlement average."""
        values = [self.cents(n) for n in range(close_second - WINDOW + 1, second + 1)]
        return sum(values) / len(values) / 100.0, len(values)
