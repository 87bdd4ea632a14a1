"""Delay arbitrage: the fair value has moved, Kalshi's quote has not, or not as far."""

import math
import operator

import msgspec

from actors.signal.indicators.trailing import CLOCK_JUMP_NS, Extreme


class Lateness(msgspec.Struct, frozen=True, gc=False):
    """rest_usd: what of the move is still missing in the quote, USD per contract, positive for a move up.
    age_s: market seconds for which something has been missing. absorbed: share of the move that the quote
    has made. NaN: none."""

    rest_usd: float
    age_s: float
    absorbed: float


NOTHING = Lateness(math.nan, math.nan, math.nan)


class Delay:
    """Compares the move of the fair probability p with that of Kalshi's mid m since the move began.

    A move began at t0, where p was least (a move up) or greatest (a move down) within the window,
    whichever is farther from p now. M = p(t) - p(t0), A = m(t) - m(t0).
    rest = sign(M) x max(0, |M| - sign(M) A); absorbed = A / M; age: how long |rest| has been at least
    `least_usd` on the same side, without a break.

    It is p and not the index whose move is compared: what a dollar of index is worth in the contract
    changes with the time left and the distance to the strike. A move smaller than least_usd is none: rest
    and age are 0, absorbed is NaN. A quote that went farther than p is not late: rest 0, absorbed above 1.
    All NaN until a whole window with fair value and both sides of the quote has been seen without a break.
    *Source*: own form of the quote lag that public bots regress (change of mid on earlier change of fair
    value).
    """

    __slots__ = (
        "_greatest", "_last_ns", "_late_ns", "_least", "_least_usd", "_second_ns", "_sign", "_since_ns",
        "_window_ns",
    )  # fmt: skip

    def __init__(self, window_s: float, least_usd: float, speed: float) -> None:
        """window_s: in market seconds."""
        self._window_ns = round(window_s * 1e9 / speed)
        self._second_ns = 1e9 / speed
        self._least_usd = least_usd
        self._least = Extreme(self._window_ns, operator.le)
        self._greatest = Extreme(self._window_ns, operator.ge)
        self._since_ns = -1
        self._last_ns = 0
        self._late_ns = 0
        self._sign = 0.0

    def clear(self) -> None:
        """Begin anew: fair value or quote was lost, or the fair value is measured otherwise from here."""
        self._least.clear()
        self._greatest.clear()
        self._since_ns = -1
        self._sign = 0.0

    def take(self, now_ns: int, fair: float, mid_usd: float) -> Lateness:
        """Take both as they stand now; return how late the quote is."""
        if now_ns < self._last_ns - CLOCK_JUMP_NS:
            self.clear()
        self._last_ns = now_ns
        _, low, mid_low = self._least.take(now_ns, fair, mid_usd)
        _, high, mid_high = self._greatest.take(now_ns, fair, mid_usd)
        if self._since_ns < 0:
            self._since_ns = now_ns
        if now_ns - self._since_ns < self._window_ns:
            return NOTHING
        if fair - low >= high - fair:
            sign, move, made = 1.0, fair - low, mid_usd - mid_low
        else:
            sign, move, made = -1.0, high - fair, mid_high - mid_usd
        if move < self._least_usd:
            self._sign = 0.0
            return Lateness(0.0, 0.0, math.nan)
        rest = max(0.0, move - made)
        if rest < self._least_usd:
            self._sign = 0.0
        elif sign != self._sign:
            self._sign = sign
            self._late_ns = now_ns
        age_s = (now_ns - self._late_ns) / self._second_ns if self._sign else 0.0
        return Lateness(sign * rest, age_s, made / move)
