"""Flow of orders and of trades on Kalshi over the last stretch of time."""

import math

from actors.signal.indicators.trailing import WindowSums
from actors.signal.ladder import Touch
from messages import DOLLAR_E6


def flow_event(before: Touch, after: Touch) -> int:
    """What one change of the touch adds to the order flow, in contracts x 100.

    e = 1{P_b >= P_b'} q_b - 1{P_b <= P_b'} q_b' - 1{P_a <= P_a'} q_a + 1{P_a >= P_a'} q_a', primed before
    the change. An empty bid stands below every price, an empty ask above, both with count 0. *Source*:
    Cont, Kukanov and Stoikov 2014.
    """
    bid0, bid_count0, ask0, ask_count0 = before
    bid, bid_count, ask, ask_count = after
    if ask0 < 0:
        ask0 = DOLLAR_E6
    if ask < 0:
        ask = DOLLAR_E6
    event = 0
    if bid >= bid0:
        event += bid_count
    if bid <= bid0:
        event -= bid_count0
    if ask <= ask0:
        event -= ask_count
    if ask >= ask0:
        event += ask_count0
    return event


class OrderFlow:
    """Sum of the order-flow events of the window over the mean count at the touch.

    OFI / D, D = mean over the events of (q_b + q_a) / 2. Unit: touches, that is how many times the usual
    count of one side came in. Positive: bids were added and asks taken away. 0.0 when nothing happened.
    """

    __slots__ = ("_sums",)

    def __init__(self, window_ns: int) -> None:
        self._sums = WindowSums(window_ns)

    def take(self, at_ns: int, before: Touch, after: Touch) -> None:
        """Take a change of the touch."""
        self._sums.add(at_ns, flow_event(before, after), after[1] + after[3], 1)

    def clear(self) -> None:
        """Forget everything: the book was lost."""
        self._sums.clear()

    def value(self, now_ns: int) -> float:
        """The order flow now."""
        sums = self._sums
        sums.expire(now_ns)
        return 2.0 * sums.first * sums.third / sums.second if sums.second else 0.0


class TradeFlow:
    """Sum of sign x count over sum of count, of the window's trades; +: the taker bought YES.

    Unit: none, -1 to 1. NaN without a trade. Block trades are agreed elsewhere and are not counted.
    *Source*: common usage; brti.md 7.1.
    """

    __slots__ = ("_sums",)

    def __init__(self, window_ns: int) -> None:
        self._sums = WindowSums(window_ns)

    def take(self, at_ns: int, count_e2: int, *, buys_yes: bool) -> None:
        """Take a trade."""
        self._sums.add(at_ns, count_e2 if buys_yes else -count_e2, count_e2, 1)

    def clear(self) -> None:
        """Forget everything: trades were missed."""
        self._sums.clear()

    def value(self, now_ns: int) -> float:
        """The trade flow now."""
        sums = self._sums
        sums.expire(now_ns)
        return sums.first / sums.second if sums.second else math.nan
