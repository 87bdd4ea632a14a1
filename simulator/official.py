"""The official index by the published method, over the books that the public can see.

Prices are USD x 10^8 and sizes BTC x 10^8, integers, so that comparisons and sums are exact.

*Source*: CME CF Real Time Index methodology for BTC, Eq. 1a to 5, as its readers give it. Screens are left
out: the books of the simulated exchanges are never late, crossed or far off. Nothing is shared with actors/,
so that both cannot share a mistake.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.book import Integers
from simulator.settings import CapSample

_BTC = 10**8  # also the spacing of the curves
_USD = 10**8
_SAMPLE = 50  # orders a side: the least or the most, whatever the reading
_DECAY = 0.3  # of the utilised depth: 1 / lambda


class Side(NamedTuple):
    """One side of a book, best first."""

    prices: Integers
    sizes: Integers


class Book(NamedTuple):
    bids: Side
    asks: Side


def index_usd(books: Sequence[Book], cap_sample: CapSample = "min50", uncross: bool = True) -> float | None:
    """Compute the index, not rounded; None where a side of all books together holds less than 1 BTC.

    cap_sample: which orders the size cap is made of (`order_size_cap`). uncross: bids and asks of different
    venues that cross are first traded against each other.
    """
    bids, asks = _merged([book.bids for book in books]), _merged([book.asks for book in books])
    if not len(bids.prices) or not len(asks.prices):
        return None
    best_bid, best_ask = int(bids.prices.max()), int(asks.prices.min())
    cap = order_size_cap(bids, asks, cap_sample)
    # midSV(v) <= 0.5 % means askPV(v) <= bidPV(v) * 201 / 199: what lies beyond that is seldom needed.
    near_bids = _sorted(bids, bids.prices * 201 >= best_ask * 199, -1, cap)
    near_asks = _sorted(asks, asks.prices * 199 <= best_bid * 201, 1, cap)
    mids = _used_mids(near_bids, near_asks, uncross)
    if mids is None:
        mids = _used_mids(
            _sorted(bids, bids.prices > 0, -1, cap), _sorted(asks, asks.prices > 0, 1, cap), uncross
        )
    if mids is None:
        return None
    weights = np.exp(np.arange(1, len(mids) + 1) / (-_DECAY * len(mids)))
    return float(weights @ mids / weights.sum()) / _USD


def order_size_cap(bids: Side, asks: Side, cap_sample: CapSample) -> float:
    """Compute the most that one order counts for: trimmed mean and five winsorised deviations, 1 % an end.

    `min50`: of the orders within 5 % of the touch, filled up to 50 a side from further out. `max50`: of the
    best 50 a side of these. Levels in any order. inf where there are fewer than two.
    """
    best_bid, best_ask = int(bids.prices.max()), int(asks.prices.min())
    sizes = np.concatenate(
        (
            _sampled(asks, asks.prices * 100 <= best_ask * 105, 1, cap_sample),
            _sampled(bids, bids.prices * 100 >= best_bid * 95, -1, cap_sample),
        )
    ).astype(np.float64)
    count = len(sizes)
    if count < 2:
        return math.inf
    cut = count // 100
    sizes.partition((cut, count - cut - 1))
    kept, least, most = sizes[cut : count - cut], sizes[cut], sizes[count - cut - 1]
    total = kept.sum()
    mean = (total + cut * (least + most)) / count  # with each end drawn in to the last that is kept
    apart = kept - mean
    squares = apart @ apart + cut * ((least - mean) ** 2 + (most - mean) ** 2)
    return float(total / len(kept) + 5.0 * math.sqrt(squares / (count - 1)))


def to_cents(value_usd: float) -> int:
    """Round half-up to whole cents, as the index is published."""
    return math.floor(value_usd * 100.0 + 0.5)


def _merged(sides: Sequence[Side]) -> Side:
    """All levels of these sides, one after the other; equal prices stay apart, as the cap asks."""
    if not sides:
        return Side(np.empty(0, np.int64), np.empty(0, np.int64))
    return Side(
        np.concatenate([side.prices for side in sides]), np.concatenate([side.sizes for side in sides])
    )


def _sampled(side: Side, within: NDArray[np.bool_], direction: int, cap_sample: CapSample) -> Integers:
    count = int(within.sum())
    if cap_sample == "min50" and count >= _SAMPLE:
        return side.sizes[within]
    # Of equal prices the later venue's order comes first; nobody says which does.
    best_first = (side.prices[::-1] * direction).argsort(kind="stable")
    return side.sizes[::-1][best_first[: _SAMPLE if cap_sample == "min50" else min(count, _SAMPLE)]]


def _sorted(
    side: Side, wanted: NDArray[np.bool_], direction: int, cap: float
) -> tuple[Integers, NDArray[np.float64]]:
    """Prices best first, and how much can be had down to each, every order capped."""
    prices, sizes = side.prices[wanted], side.sizes[wanted]
    order = (prices * direction).argsort(kind="stable")  # quick on runs that are sorted already
    return prices[order], np.minimum(sizes[order], cap).cumsum()


def _used_mids(
    bids: tuple[Integers, NDArray[np.float64]], asks: tuple[Integers, NDArray[np.float64]], uncross: bool
) -> NDArray[np.float64] | None:
    """midPV at 1 BTC, 2 BTC, … to the utilised depth; None where the levels do not reach 1 BTC."""
    (bid_prices, bid_sums), (ask_prices, ask_sums) = bids, asks
    if not len(bid_sums) or not len(ask_sums):
        return None
    gone = _crossed(bid_prices, bid_sums, ask_prices, ask_sums) if uncross else 0.0
    reach = min(bid_sums[-1], ask_sums[-1]) - gone
    volumes = np.arange(1, int(reach // _BTC) + 1) * _BTC + gone
    bid, ask = bid_prices[bid_sums.searchsorted(volumes)], ask_prices[ask_sums.searchsorted(volumes)]
    too_wide = 400 * ask > 201 * (ask + bid)
    depth = int(too_wide.argmax()) if too_wide.any() else len(volumes)
    depth = max(depth, 1)
    return (bid[:depth] + ask[:depth]) / 2.0 if len(volumes) else None


def _crossed(
    bid_prices: Integers, bid_sums: NDArray[np.float64], ask_prices: Integers, ask_sums: NDArray[np.float64]
) -> float:
    """How much the sides of a crossed book would trade with each other before they stand apart.

    That is the largest volume whose marginal bid is no lower than its marginal ask; both are steps, so it is
    the end of a step.
    """
    ends = np.concatenate((bid_sums[bid_prices >= ask_prices[0]], ask_sums[ask_prices <= bid_prices[0]]))
    ends = ends[ends <= min(bid_sums[-1], ask_sums[-1])]
    still = bid_prices[bid_sums.searchsorted(ends)] >= ask_prices[ask_sums.searchsorted(ends)]
    return float(ends[still].max(initial=0.0))
