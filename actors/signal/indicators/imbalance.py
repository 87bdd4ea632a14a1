"""Imbalance of Kalshi's book, and where it draws the price."""

import math
from collections.abc import Sequence

from actors.signal.ladder import Touch
from messages import DOLLAR_E6


def decaying(levels: int, decay: float) -> list[float]:
    """Weights e^(-a l) of the levels l = 0, 1, … of a side."""
    return [math.exp(-decay * level) for level in range(levels)]


def imbalance(bids: Sequence[int], asks: Sequence[int], weights: Sequence[float]) -> float:
    """I = (Q_b - Q_a) / (Q_b + Q_a), Q = sum_l w_l q_l over the counts of a side's levels, best first.

    Unit: none, -1 to 1. Positive: more wants to buy YES than to sell it. Levels are counted, not
    distances: an empty price between two levels does not count as one. NaN when a side is empty.
    *Source*: Gould and Bonart 2015 (arXiv 1512.03492), there with one level.
    """
    if not bids or not asks:
        return math.nan
    bid = sum([weight * count for weight, count in zip(weights, bids, strict=False)])
    ask = sum([weight * count for weight, count in zip(weights, asks, strict=False)])
    return (bid - ask) / (bid + ask)


def weighted_mid(bid: float, bid_count: float, ask: float, ask_count: float) -> float:
    """(P_a q_b + P_b q_a) / (q_b + q_a): the mid, drawn towards the side where less stands.

    *Source*: Gatheral and Oomen 2010. Stoikov's micro-price (2018) of first order: what it adds to this
    must be learnt from many mid moves, and is not.
    """
    return (ask * bid_count + bid * ask_count) / (bid_count + ask_count)


def micro_price_usd(touch: Touch) -> float:
    """Weighted mid of the best levels less the plain mid.

    Unit: USD per contract, within half a spread. Positive: YES is about to become dearer. NaN when a side
    is empty or the two are crossed.
    """
    bid, bid_count, ask, ask_count = touch
    if bid_count == 0 or ask_count == 0 or bid >= ask:
        return math.nan
    return (weighted_mid(bid, bid_count, ask, ask_count) - (bid + ask) / 2) / DOLLAR_E6
