"""The hush before every whole market second: no book moves, and nothing is held back.

Whoever computes the index of a second from what the public was shown needs to have been shown it. So every
stream is flushed, and then nothing moves until the second is over.
"""

from simulator.kalshi.clock import MarketClock
from simulator.world import STEP_NS

_LONGEST_S = 0.1  # of market time


class Hush:
    """Decides, at every step, whether the books may move and whether it is time to flush.

    length_ms: of real time, at most a tenth of a market second. It begins with the last step before that,
    so up to 2 ms earlier, and there is one before every market second at any speed.
    """

    def __init__(self, clock: MarketClock, length_ms: float) -> None:
        self._clock = clock
        self._length_ns = min(round(length_ms * 1e6), clock.seconds_ns(_LONGEST_S))
        self._second = 0  # the one that what was flushed last waits for

    def holds(self, now_ns: int) -> bool:
        """Say whether the books stand still now."""
        return self._clock.second(now_ns) < self._second

    def begins(self, now_ns: int) -> bool:
        """Say once a market second, after a step's moves, that the next step's would come too late."""
        return self._awaits(self._clock.second(now_ns + STEP_NS + self._length_ns))

    def missed(self, now_ns: int) -> bool:
        """Say once a market second, before a late step's moves, that the hush should have begun by now."""
        return self._awaits(self._clock.second(now_ns + self._length_ns))

    def _awaits(self, second: int) -> bool:
        if second <= self._second:
            return False
        self._second = second
        return True
