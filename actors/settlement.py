"""The settlement rule: which sixty values count, which of them are known, and what they make.

*Source*: the mean of the 60 one-second values stamped close-60 to close-1, rounded half-up to cents;
YES at or above the strike, by the rule text of KXBTC15M. That the value stamped close does not count
is not in the text: published recomputations from the raw values fit this window and no other.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from actors.market_seconds import MarketSeconds

WINDOW = 60
AT_LEAST: Final = frozenset({"", "greater_or_equal"})
"""Strike types of this rule. Empty: the strike is known from the market before, its type not yet."""
KEPT = 300
"""Seconds remembered: a window, and room for a market that is named late."""
CLOCK_JUMP = 5
"""Seconds by which time may run backwards before everything remembered belongs to another time."""


class SecondValues:
    """The index at the beginning of each market second, in cents. What nobody saw is not there."""

    def __init__(self, seconds: MarketSeconds, limit_ns: int) -> None:
        self._seconds = seconds
        self._limit_ns = limit_ns
        self._last_ns = 0
        self._last_cents = 0
        self.cents: dict[int, int] = {}
        self.newest = -1
        """The last second that is decided, known or not."""

    def take(self, at_ns: int, value_usd: float) -> list[int]:
        """Take a value of a running series; return the seconds that it made known.

        A second's value is the newest one at or before its beginning, if not older than the limit.
        value_usd 0.0: from here on there is none.
        """
        begun = self._seconds.begun(at_ns)
        if begun < self.newest - CLOCK_JUMP:
            self.cents.clear()
            self.newest = -1
        known: list[int] = []
        cents = round(value_usd * 100)
        if begun > self.newest:
            for second in range(max(self.newest + 1, begun - KEPT), begun + 1):
                begin_ns = self._seconds.begin_ns(second)
                if begin_ns == at_ns:
                    held = cents
                else:
                    held = self._last_cents if 0 <= begin_ns - self._last_ns <= self._limit_ns else 0
                if held:
                    self._put(second, held)
                    known.append(second)
            self.newest = begun
        self._last_ns = at_ns
        self._last_cents = cents
        return known

    def put(self, second: int, cents: int) -> None:
        """Take a value that bears its second, such as the official index; earlier ones may be missing."""
        if second < self.newest - CLOCK_JUMP:
            self.cents.clear()
            self.newest = -1
        self._put(second, cents)
        self.newest = max(self.newest, second)

    def between(self, second: int, otherwise_cents: float) -> float:
        """Estimate a second that nobody saw: on the line between its neighbours; with one neighbour, it."""
        before = next((s for s in range(second - 1, second - WINDOW, -1) if s in self.cents), None)
        after = next((s for s in range(second + 1, self.newest + 1) if s in self.cents), None)
        if before is None or after is None:
            one = after if before is None else before
            return otherwise_cents if one is None else self.cents[one]
        share = (second - before) / (after - before)
        return self.cents[before] + share * (self.cents[after] - self.cents[before])

    def _put(self, second: int, cents: int) -> None:
        self.cents[second] = cents
        if len(self.cents) > 2 * KEPT:
            self.cents = {s: value for s, value in self.cents.items() if s > second - KEPT}


class Window(NamedTuple):
    """A closing minute as far as it is decided.

    known, sum_cents: values seen, and their sum. missing: seconds before the close whose value nobody
    saw. settled_to: the last second that is decided either way.
    """

    close: int
    settled_to: int
    known: int
    sum_cents: int
    missing: list[int]


def look(values: SecondValues, close: int) -> Window:
    """Sum up the window that ends before second `close`."""
    if values.newest < close - WINDOW:
        return Window(close, values.newest, 0, 0, [])
    return sum_up(values.cents, values.newest, close)


def sum_up(cents: Mapping[int, int], settled_to: int, close: int) -> Window:
    """Sum up the window that ends before second `close`; what is not there up to `settled_to` is missing."""
    known = sum_cents = 0
    missing: list[int] = []
    for second in range(close - WINDOW, close):
        value = cents.get(second)
        if value is not None:
            known += 1
            sum_cents += value
        elif second <= settled_to:
            missing.append(close - second)
    return Window(close, settled_to, known, sum_cents, missing)


def settlement_cents(sum_cents: int) -> int:
    """Mean of the sixty, rounded half-up, by integers alone."""
    return mean_cents(sum_cents, WINDOW)


def mean_cents(sum_cents: int, count: int) -> int:
    """Mean of so many values, rounded half-up, by integers alone."""
    return (2 * sum_cents + count) // (2 * count)


def least_sum_cents(strike_cents: int) -> int:
    """The least sum of the sixty whose mean, rounded half-up, reaches the strike."""
    return WINDOW * strike_cents - WINDOW // 2
