"""A quarter hour that stays put while a test looks at it."""

import time

from simulator.kalshi.clock import MarketClock

QUARTER_S = 900
HOUR_S = 3600


def steady_speed() -> float:
    """The speed next above 1 at which the windows that run now began minutes ago and last minutes more.

    At speed 1 they are the true quarter hours, whose roll, strike and nearly decided end would come upon
    a test by the time of day.
    """
    now_ns = time.time_ns()
    for part in range(1000, 10, -1):
        speed = 1 + 1 / part
        second = MarketClock(speed).second(now_ns)
        if 120 <= second % QUARTER_S <= 300 and second % HOUR_S < HOUR_S - QUARTER_S:
            return speed
    raise AssertionError("no speed puts this moment into the first half of a quarter hour")
