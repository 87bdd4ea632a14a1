"""One fair value: the closing minute summed up, the volatility of the stretch, probability and greeks."""

import gc
import time
from typing import Final

from actors.market_seconds import MarketSeconds
from actors.settlement import SecondValues, look
from actors.signal.blend import Blend
from actors.signal.estimate import Spot, estimate
from actors.signal.model import Model, model_named
from actors.signal.volatility import Prior, Volatility
from benchmarks.figures import Figure, percentile

NAME: Final = "fair_value"
CLOSE: Final = 1_800_000_000
STRIKE_USD: Final = 84_000.0
LIMIT_US: Final = 10.0


def measure(quick: bool) -> list[Figure]:
    """Time each model ten minutes before the close and in the middle of the closing minute."""
    count = 5_000 if quick else 50_000
    figures: list[Figure] = []
    for name in ("normal", "log-normal", "student-t"):
        model = model_named(name, 4.5)
        for when, left_s in (("10 min before the close", 600.4), ("30 s before the close", 30.4)):
            spent_us = _spent_us(model, left_s, count)
            late = f"p99 {percentile(spent_us, 0.99):.1f} us"
            middle = percentile(spent_us, 0.5)
            figures.append(Figure(NAME, f"{name}, {when}, median", middle, "us", LIMIT_US, late))
    return figures


def _spent_us(model: Model, left_s: float, count: int) -> list[float]:
    values = SecondValues(MarketSeconds(1.0), 0)
    volatility = Volatility(Blend(), Prior(5e-5, 60.0, 1e-5), 5)
    begun = CLOSE - int(left_s)
    for second in range(begun - 250, begun):
        usd = STRIKE_USD + 7 * second % 11
        values.put(second, round(100 * usd))
        volatility.take(second, usd)
    spent_us: list[float] = []
    gc.disable()
    for number in range(count):
        spot_usd = STRIKE_USD + number % 20 - 10.0
        begin_ns = time.perf_counter_ns()
        spot = Spot(spot_usd, volatility.sigma_for(left_s, begun), 1e-4, True)
        estimate(look(values, CLOSE), values, left_s, spot, STRIKE_USD, model)
        spent_us.append((time.perf_counter_ns() - begin_ns) / 1e3)
    gc.enable()
    return spent_us
