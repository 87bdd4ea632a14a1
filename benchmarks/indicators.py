"""All indicators on one update: one record in, every value out.

A made market: index values, changes of Kalshi's book, venue quotes, trades and hourly quotes come in turn.
Each is taken and followed by all twenty values, as in the signal process; the fair value that they are of
is made outside of the clock.
"""

import gc
import math
import random
import time
from collections.abc import Iterator
from typing import Final

from actors.fees import Rounding
from actors.market_seconds import MarketSeconds
from actors.signal.indicators.all import IndicatorSet
from actors.signal.indicators.settings import IndicatorSettings
from benchmarks.figures import Figure, percentile
from messages import (
    FairValue,
    IndexCompared,
    IndexValue,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketDefined,
    MarketQuoteChanged,
    MarketTraded,
    Message,
    MethodError,
    OfficialIndexPublished,
    PolymarketQuote,
    QuoteChanged,
)

NAME: Final = "indicators"
SECOND_NS: Final = 1_000_000_000
STEP_NS: Final = 5_000_000
"""Two hundred updates a second."""
OPEN_NS: Final = 1_800_000_000 * SECOND_NS
CLOSE_NS: Final = OPEN_NS + 900 * SECOND_NS
TICKER: Final = "KXBTC15M-A"
STRIKE_USD: Final = 84_000
HOURLY: Final = range(82_000, 86_001, 250)
VENUES: Final = ("binance", "coinbase")


def measure(quick: bool) -> list[Figure]:
    """Time each update after everything has warmed up: 120 s of made market."""
    indicators = IndicatorSet(IndicatorSettings(), MarketSeconds(1.0), Rounding.DIRECT)
    for log, message in _beginning():
        indicators.take(log, message)
    spent_us: list[float] = []
    missing = 0
    updates = 30_000 if quick else 150_000
    warm_up = 24_000
    gc.disable()
    for turn, (log, message, fair) in enumerate(_updates(updates)):
        if turn % 200 == 0:
            indicators.take_polymarket(
                PolymarketQuote(
                    "s", 0, fair.at_ns, 0, CLOSE_NS, 490_000, 10**6, 510_000, 10**6, STRIKE_USD * 10**8
                )
            )
        begun = time.perf_counter_ns()
        indicators.take(log, message)
        values, _ = indicators.values(fair.at_ns, fair)
        spent = time.perf_counter_ns() - begun
        if turn >= warm_up:
            spent_us.append(spent / 1e3)
            missing += sum(map(math.isnan, values))
    gc.enable()
    note = f"{len(spent_us)} updates, {missing / len(spent_us):.2f} of 20 without a value"
    return [
        Figure(NAME, "all indicators on one update, median", percentile(spent_us, 0.5), "µs", 50.0, note),
        Figure(NAME, "all indicators on one update, p99", percentile(spent_us, 0.99), "µs"),
    ]


def _beginning() -> Iterator[tuple[str, Message]]:
    yield "brti", _index(OPEN_NS - SECOND_NS, float(STRIKE_USD))
    yield "kalshi", _defined(TICKER, "KXBTC15M", STRIKE_USD, "greater_or_equal")
    bids = [(500_000 - place * 10_000, 10_000 + place * 1_700) for place in range(1, 40)]
    asks = [(500_000 + place * 10_000, 12_000 + place * 1_300) for place in range(1, 40)]
    yield "kalshi", MarketBookSnapshot(TICKER, 0, OPEN_NS, 0, 1, 1, bids, asks, checkpoint=False)
    for strike in HOURLY:
        yield "kalshi", _defined(f"KXBTCD-{strike}", "KXBTCD", strike, "greater")
    for second in range(600):
        errors = [MethodError("cme-cf", 84_000.0, math.sin(second))]
        stamp_ns = OPEN_NS - (600 - second) * SECOND_NS
        yield "brti", IndexCompared("BRTI", stamp_ns, stamp_ns, stamp_ns, 84_000_000_000, errors, 0.3, [])


def _updates(count: int) -> Iterator[tuple[str, Message, FairValue]]:
    rng = random.Random(5)
    index_usd = float(STRIKE_USD)
    place = 0
    for turn in range(count):
        now_ns = OPEN_NS + turn * STEP_NS
        index_usd += rng.gauss(0, 0.2)
        probability = 0.5 * math.erfc((STRIKE_USD - index_usd) / 60 / math.sqrt(2))
        fair = _fair(now_ns, index_usd, probability)
        log = "kalshi"
        message: Message = _change(rng, now_ns)
        kind = turn % 12
        if kind < 5:
            log, message = "brti", _index(now_ns, index_usd)
        elif kind == 5:
            place = (place + 1) % len(VENUES)
            log, message = VENUES[place], _quote(rng, VENUES[place], now_ns, index_usd)
        elif kind == 6:
            message = _trade(rng, now_ns)
        elif kind == 7:
            strike = rng.choice(HOURLY)
            message = _hourly(now_ns, strike, index_usd)
        elif kind == 8:
            message = OfficialIndexPublished("BRTI", 0, now_ns, now_ns, 5, round(index_usd * 1e6), -1, -1, 0)
        yield log, message, fair


def _defined(ticker: str, series: str, strike: int, strike_type: str) -> MarketDefined:
    return MarketDefined(
        ticker, ticker, series, OPEN_NS, OPEN_NS, CLOSE_NS, "active", strike_type, strike * 1_000_000,
        "rest", "", -1, [], "quadratic", "1",
    )  # fmt: skip


def _index(now_ns: int, index_usd: float) -> IndexValue:
    return IndexValue("BRTI", "cme-cf", now_ns, now_ns, index_usd, [], [], on_grid=False, withheld="")


def _change(rng: random.Random, now_ns: int) -> MarketBookChanged:
    is_bid = rng.random() < 0.5
    away = 1 + int(rng.expovariate(0.5))
    price_e6 = 500_000 - away * 10_000 if is_bid else 500_000 + away * 10_000
    return MarketBookChanged(TICKER, 0, now_ns, 0, 1, 1, is_bid, price_e6, rng.randrange(1, 30_000), 0)


def _trade(rng: random.Random, now_ns: int) -> MarketTraded:
    price_e6 = rng.randrange(40, 60) * 10_000
    return MarketTraded(TICKER, 0, now_ns, 0, "", price_e6, 500, rng.random() < 0.5, is_block=False)


def _quote(rng: random.Random, venue: str, now_ns: int, index_usd: float) -> QuoteChanged:
    mid_e8 = round((index_usd + rng.gauss(5, 1)) * 1e8)
    return QuoteChanged(venue, "BTC-USD", 0, now_ns, 0, mid_e8 - 50_000_000, 1, mid_e8 + 50_000_000, 1)


def _hourly(now_ns: int, strike: int, index_usd: float) -> MarketQuoteChanged:
    mid = 0.5 * math.erfc((strike - index_usd) / 300 / math.sqrt(2))
    cents = min(98, max(1, round(mid * 100)))
    ticker = f"KXBTCD-{strike}"
    return MarketQuoteChanged(ticker, 0, now_ns, 0, cents * 10_000, 900, (cents + 1) * 10_000, 900)


def _fair(now_ns: int, index_usd: float, probability: float) -> FairValue:
    return FairValue(
        TICKER, now_ns, now_ns, probability, index_usd, STRIKE_USD * 1_000_000, (CLOSE_NS - now_ns) / 1e9,
        0, 0.0, 5e-5, 490_000, 100, 510_000, 100, 0.0, 0.0, [], [], "", sd_usd=60.0,
    )  # fmt: skip
