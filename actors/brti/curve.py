"""Price-volume curves of a consolidated book, how deep they are used, and how they are weighted.

*Source*: CME CF RTI methodology, Eq. 1a to 3, as its readers give it. Prices are integers (USD x 10^8),
sizes and volumes integers (BTC x 10^8), so that where a curve steps is exact.
"""

import math
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actors.brti.ladder import Integers

Floats = NDArray[np.float64]

SPACING_E8 = 100_000_000
"""s: the curves are read at 1 BTC, 2 BTC, 3 BTC, …"""
DEPTH_LIMIT = (5, 1000)
"""D: a point is used while half its relative spread is at most 0.5 %; as a fraction, to stay exact."""
DECAY = 0.3
"""The weight falls by e over 0.3 of the utilised depth: lambda = 1 / (0.3 v_T)."""
E8 = 100_000_000


class Curves(NamedTuple):
    """Marginal prices at v = 1, 2, 3, … BTC, in USD x 10^8, and which order of its side sets each.

    ask[i] is the price of the last unit when i + 1 BTC are bought, bid[i] when they are sold.
    """

    ask: Integers
    bid: Integers
    ask_order: Integers
    bid_order: Integers

    def mid(self) -> Floats:
        """midPV(v) in USD."""
        mid: Floats = (self.ask + self.bid) / (2 * E8)
        return mid

    def spread(self) -> Floats:
        """midSV(v): ask over mid, less 1."""
        spread: Floats = 2 * self.ask / (self.ask + self.bid) - 1
        return spread

    def utilised(self) -> int:
        """v_T in BTC: the last point with midSV(v) <= D before the first that exceeds it, at least 1."""
        part, whole = DEPTH_LIMIT
        # ask / mid - 1 <= part / whole, without a fraction.
        nearer, further = whole - part, whole + part
        ask, bid = self.ask, self.bid
        low, high = 0, len(ask)
        while low < high:  # a wider point never comes before a narrower one
            middle = (low + high) // 2
            if ask.item(middle) * nearer <= bid.item(middle) * further:
                low = middle + 1
            else:
                high = middle
        return max(1, low)


def curves(
    ask_prices: Integers,
    ask_sizes: Integers,
    bid_prices: Integers,
    bid_sizes: Integers,
    *,
    uncross: bool = False,
) -> Curves:
    """Read both curves at every multiple of the spacing that both sides reach.

    Prices and sizes best first, equal prices in any order. uncross: without what bids and asks would take of
    each other at the touch (see `crossing`).
    """
    ask_sums = ask_sizes.cumsum()
    bid_sums = bid_sizes.cumsum()
    crossed_e8 = crossing(ask_prices, ask_sums, bid_prices, bid_sums) if uncross else 0
    least = min(_last(ask_sums), _last(bid_sums)) - crossed_e8
    volumes = _multiples(max(0, least // SPACING_E8))
    if crossed_e8:
        volumes = volumes + crossed_e8
    ask_order = ask_sums.searchsorted(volumes)
    bid_order = bid_sums.searchsorted(volumes)
    return Curves(ask_prices[ask_order], bid_prices[bid_order], ask_order, bid_order)


def crossing(ask_prices: Integers, ask_sums: Integers, bid_prices: Integers, bid_sums: Integers) -> int:
    """How much bids and asks of a crossed book would trade with each other, in BTC x 10^8.

    Best against best, until the best bid is below the best ask. Prices best first, and what rests up to each.
    """
    # Only what stands on the other side of the other's touch can trade at all.
    bids = len(bid_prices) - int(bid_prices[::-1].searchsorted(ask_prices[:1])[0])
    asks = int(ask_prices.searchsorted(bid_prices[:1], "right")[0])
    rising = bid_prices[:bids][::-1].tolist()

    def bid_at(ask: int) -> int:
        """How much is bid at an ask's price or above."""
        better = bids - bisect_left(rising, ask_prices.item(ask))
        return bid_sums.item(better - 1)

    # Up to the first ask that finds less than it and those before it want.
    low, high = 0, asks
    while low < high:
        middle = (low + high) // 2
        if ask_sums.item(middle) < bid_at(middle):
            low = middle + 1
        else:
            high = middle
    before = ask_sums.item(low - 1) if low else 0
    return max(before, bid_at(low)) if low < asks else before


@lru_cache(maxsize=4096)
def weights(utilised: int) -> Floats:
    """The curve's weights at v = 1 … v_T: lambda exp(-lambda v), divided by their sum. Do not change it."""
    raw = raw_weights(utilised)
    normal: Floats = raw / raw.sum()
    normal.flags.writeable = False
    return normal


def raw_weights(utilised: int) -> Floats:
    """lambda exp(-lambda v) at v = 1 … v_T; their sum is the factor NF."""
    rate = decay_rate(utilised)
    raw: Floats = rate * np.exp(-rate * np.arange(1, utilised + 1))
    return raw


def decay_rate(utilised: int) -> float:
    """Lambda = 1 / (0.3 v_T), per BTC."""
    return 1.0 / (DECAY * utilised)


def to_cents(value_usd: float) -> int:
    """Round a value half-up to whole cents, as the index is published."""
    return math.floor(value_usd * 100 + 0.5)


_MULTIPLES: Integers = np.arange(1, 2001) * SPACING_E8


def _multiples(count: int) -> Integers:
    """1, 2, 3, … times the spacing."""
    return _MULTIPLES[:count] if count <= len(_MULTIPLES) else np.arange(1, count + 1) * SPACING_E8


def _last(sums: Integers) -> int:
    return int(sums[-1]) if len(sums) else 0
