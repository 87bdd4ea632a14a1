"""Made markets of which the truth is known: a random walk that ends above or below its strike."""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from actors.signal.log_odds import from_log_odds, log_odds
from messages import INDICATORS
from replay.fit.dataset import Market

S = 1_000_000_000
BEGIN_NS = 1_795_392_000 * S
WINDOW_NS = 900 * S
STEPS = 45
HALF_SPREAD_E6 = 20_000
"""That the market puts round the truth."""

Thought = Callable[[float, float], float]
"""(true probability, true probability two steps ago) -> what the system thinks."""


def right(now: float, before: float) -> float:
    return now


def too_sure(now: float, before: float) -> float:
    """Twice the log-odds, and leaning to YES."""
    return from_log_odds(2.0 * log_odds(now) + 0.7)


def late(now: float, before: float) -> float:
    return before


def markets(count: int, thought: Thought, seed: int, informed: bool = False) -> list[Market]:
    """So many markets, one after the other. The indicators are noise. But where `informed`, momentum-15 is
    how far the walk went in the last two steps, in log-odds."""
    random = np.random.default_rng(seed)
    return [_market(number, thought, random, informed) for number in range(count)]


def cut_ns(windows: int) -> int:
    """When this many windows are over."""
    return BEGIN_NS + windows * WINDOW_NS


def _market(number: int, thought: Thought, random: np.random.Generator, informed: bool) -> Market:
    open_ns = cut_ns(number)
    walk = np.cumsum(random.standard_normal(STEPS + 1))
    truth = [NormalDist().cdf(walk[n] / math.sqrt(STEPS - n)) for n in range(STEPS)]
    truth = [min(1 - 1e-9, max(1e-9, p)) for p in truth]
    before = [truth[max(0, n - 2)] for n in range(STEPS)]
    values = random.standard_normal((STEPS, len(INDICATORS)))
    values[:, INDICATORS.index("polymarket-gap")] = np.nan
    if informed:
        moved = [log_odds(a) - log_odds(b) for a, b in zip(truth, before, strict=True)]
        values[:, INDICATORS.index("momentum-15")] = moved
    mid_e6 = [max(30_000, min(970_000, round(p * 1e6))) for p in truth]
    return Market(
        ticker=f"M{number}",
        session="made",
        open_ns=open_ns,
        close_ns=open_ns + WINDOW_NS,
        outcome=1.0 if walk[STEPS] >= 0.0 else 0.0,
        known_ns=open_ns + WINDOW_NS + 10 * S,
        at_ns=np.array([open_ns + n * WINDOW_NS // STEPS for n in range(STEPS)], dtype=np.int64),
        probability=np.array([thought(a, b) for a, b in zip(truth, before, strict=True)]),
        bid_e6=np.array(mid_e6, dtype=np.int64) - HALF_SPREAD_E6,
        ask_e6=np.array(mid_e6, dtype=np.int64) + HALF_SPREAD_E6,
        values=values,
    )
