"""Price-volume curves of a consolidated book, how deep they are used, and how they are weighted.

*Source*: CME CF RTI methodology, Eq. 1a to 3, as its readers give it. Prices are integers (USD x 10^8),
sizes and volumes integers (BTC x 10^8), so that where a curve steps is exact.
"""

import math
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
        within = 2 * whole * self.ask <= (whole + part) * (self.ask + self.bid)
        return max(1, int(within.argmin()) if not within.all() else len(within))


def curves(
    ask_prices: Integers, ask_sizes: Integers, bid_prices: Integers, bid_sizes: Integers, crossed_e8: int = 0
) -> Curves:
    """Read both curves at every multiple of the spacing that both sides reach.

    Prices and sizes best first, equal prices in any order. crossed_e8: what bids and asks would take of each
    other at the touch and is therefore not there (see `crossing`).
    """
    ask_sums = ask_sizes.cumsum()
    bid_sums = bid_sizes.cumsum()
    least = min(_last(ask_sums), _last(bid_sums)) - crossed_e8
    volumes = np.arange(1, least // SPACING_E8 + 1) * SPACING_E8 + crossed_e8
    ask_order = ask_sums.searchsorted(volumes)
    bid_order = bid_sums.searchsorted(volumes)
    return Curves(ask_prices[ask_order], bid_prices[bid_order], ask_order, bid_order)


def crossing(ask_prices: Integers, ask_sizes: Integers, bid_prices: Integers, bid_sizes: Integers) -> int:
    """How much bids and asks of a crossed book would trade with each other, in BTC x 10^8.

    Best against best, until the best bid is below the best ask.
    """
    asks = len(ask_prices)
    bids = len(bid_prices)
    traded = 0
    ask = bid = 0
    ask_left = bid_left = 0
    while ask < asks and bid < bids and bid_prices[bid] >= ask_prices[ask]:
        ask_left = ask_left or int(ask_sizes[ask])
        bid_left = bid_left or int(bid_sizes[bid])
        amount = min(ask_left, bid_left)
        traded += amount
        ask_left -= amount
        bid_left -= amount
        ask += not ask_left
        bid += not bid_left
    return traded


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


def _last(sums: Integers) -> int:
    return int(sums[-1]) if len(sums) else 0
