"""How much more or less the index moves at this time of the week: one factor for each half hour.

The variance of bitcoin follows New York's week: about four times its mean at 09:30, half of it on weekends.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

HALF_HOUR_S = 1800
SLOTS = 336
"""Half hours of a week; the first begins on Monday at 00:00 in New York."""
LEAST_SEEN = 0.8
"""Part of a half hour that must have been seen before it teaches anything."""
GAIN = 0.2
"""What one week's half hour weighs against what is known of it. Own choice: a half hour's variance is
uncertain by a factor of two, and five weeks halve that."""
LEAST_RATIO, MOST_RATIO = 0.1, 10.0
_CYCLE_S = 146_097 * 86_400
"""The calendar repeats, weekdays and all, after 400 years: a simulated clock runs far ahead."""


def new_york_offset_s(at_s: float) -> int:
    """What New York's clock is ahead of UTC, in seconds; negative.

    *Source*: Energy Policy Act of 2005: daylight saving from the second Sunday of March, 07:00 UTC, to
    the first Sunday of November, 06:00 UTC. Written out, so that no machine's time zone files enter a
    recomputed value.
    """
    now = datetime.fromtimestamp(at_s % _CYCLE_S, UTC)
    begins = _sunday(now.year, 3, 8) + timedelta(hours=7)
    ends = _sunday(now.year, 11, 1) + timedelta(hours=6)
    return -4 * 3600 if begins <= now < ends else -5 * 3600


def _sunday(year: int, month: int, day: int) -> datetime:
    """The first Sunday on or after a day."""
    from_ = datetime(year, month, day, tzinfo=UTC)
    return from_ + timedelta(days=6 - from_.weekday())


def slot_of(half_hour: int) -> int:
    """Which half hour of New York's week this one since the epoch is."""
    at_s = half_hour * HALF_HOUR_S
    local = (at_s + new_york_offset_s(at_s)) // HALF_HOUR_S
    return (local + 3 * 48) % SLOTS  # the epoch began on a Thursday


class Daytime:
    """Learns the factors, slowly; a half hour's is 1.0 until its first is over.

    Of each half hour seen for the most part: f <- f + 0.2 (q - f), q its variance over the long-run level,
    both without jumps; q within 0.1 and 10.
    """

    def __init__(self) -> None:
        self._factors = [1.0] * SLOTS
        self._known = False
        self._half_hour = 0
        self._slot = slot_of(0)
        self._sum = 0.0
        self._seen_s = 0.0

    @property
    def factors(self) -> list[float]:
        """Of every half hour of the week; empty while nothing is known."""
        return list(self._factors) if self._known else []

    @property
    def half_hour_so_far(self) -> tuple[float, float, float]:
        """Number of the half hour since the epoch, its sum of squared returns, seconds seen."""
        return float(self._half_hour), self._sum, self._seen_s

    def at(self, at_s: float) -> float:
        """The factor of the variance at a time."""
        if not self._known:
            return 1.0
        half_hour = int(at_s // HALF_HOUR_S)
        return self._factors[self._slot if half_hour == self._half_hour else slot_of(half_hour)]

    def mean(self, at_s: float, horizon_s: float) -> float:
        """The mean factor of the stretch that begins at a time."""
        if not self._known or horizon_s <= 0.0:
            return self.at(at_s)
        end_s = at_s + horizon_s
        begin_s = at_s
        weighed = 0.0
        while begin_s < end_s:
            until_s = min(end_s, (begin_s // HALF_HOUR_S + 1) * HALF_HOUR_S)
            weighed += self.at(begin_s) * (until_s - begin_s)
            begin_s = until_s
        return weighed / horizon_s

    def take(self, at_s: float, square: float, step_s: float, level: float) -> None:
        """Take a squared return over the seconds that end at a time. level: the long-run variance per
        second, by which the half hour before is judged when a new one begins; 0.0: not known yet."""
        half_hour = int((at_s - step_s) // HALF_HOUR_S)
        if half_hour != self._half_hour:
            self._learn(level)
            self._half_hour = half_hour
            self._slot = slot_of(half_hour)
            self._sum = self._seen_s = 0.0
        self._sum += square
        self._seen_s += step_s

    def restore(self, factors: Sequence[float], half_hour_so_far: Sequence[float]) -> None:
        """Go on from what `factors` and `half_hour_so_far` said."""
        if len(factors) == SLOTS:
            self._factors = list(factors)
            self._known = True
        half_hour, self._sum, self._seen_s = half_hour_so_far
        self._half_hour = int(half_hour)
        self._slot = slot_of(self._half_hour)

    def _learn(self, level: float) -> None:
        if level <= 0.0 or self._seen_s < LEAST_SEEN * HALF_HOUR_S:
            return
        ratio = min(max(self._sum / self._seen_s / level, LEAST_RATIO), MOST_RATIO)
        self._factors[self._slot] += GAIN * (ratio - self._factors[self._slot])
        self._known = True
