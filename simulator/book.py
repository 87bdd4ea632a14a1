"""A full-depth order book that follows a price: integer ticks, integer sizes, never crossed."""

import random
from array import array
from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BID = "bid"
ASK = "ask"


class Change(NamedTuple):
    """One level's new size. price in ticks, size in lots; size 0: the level is gone."""

    side: str
    price: int
    size: int


class Trade(NamedTuple):
    """taker: who took, `buy` or `sell`. price in ticks, size in lots."""

    taker: str
    price: int
    size: int


Integers = NDArray[np.int64]
_Changed = dict[tuple[str, int], int]  # (side, price) to new size, in the order of the first change


class EmptySideError(Exception):
    """What was told would have left a side of the book without a level."""


class SimBook:
    """Level-2 book of one market.

    tick_usd: width of a tick. typical_lots: a usual level's size. levels: how many a side has.
    gap_ticks: usual distance of neighbouring levels near the touch; it widens outwards.
    Prices are ticks and sizes are lots, so the venue that shows them decides on the digits. version: grows
    with every change.
    """

    def __init__(
        self,
        tick_usd: float,
        typical_lots: int,
        levels: int,
        gap_ticks: float,
        mid_usd: float,
        rng: random.Random,
    ) -> None:
        self.tick_usd = tick_usd
        self.levels = levels
        self._typical = typical_lots
        self._gap = max(1.0, gap_ticks)
        self.version = 0
        self._bids = array("q")  # ascending, best last
        self._asks = array("q")  # prices negated, ascending, best last: both sides end at the touch
        self._bid_sizes = array("q")  # at the place of their price
        self._ask_sizes = array("q")
        self._sizes: dict[int, int] = {}  # by price: the sides never share one
        self._fill(mid_usd, rng)

    def best_bid(self) -> int:
        return self._bids[-1]

    def best_ask(self) -> int:
        return -self._asks[-1]

    def size(self, price: int) -> int:
        """Size at this price on whichever side it is; 0 where there is none."""
        return self._sizes.get(price, 0)

    def mid_usd(self) -> float:
        """Middle of best bid and best ask, USD."""
        return (self._bids[-1] - self._asks[-1]) * 0.5 * self.tick_usd

    def bids(self, limit: int | None = None) -> list[tuple[int, int]]:
        """Price and size, best first."""
        prices = self._bids[::-1] if limit is None else self._bids[: -limit - 1 : -1]
        return [(price, self._sizes[price]) for price in prices]

    def asks(self, limit: int | None = None) -> list[tuple[int, int]]:
        """Price and size, best first."""
        prices = self._asks[::-1] if limit is None else self._asks[: -limit - 1 : -1]
        return [(-price, self._sizes[-price]) for price in prices]

    def arrays(self, side: str, limit: int = 0) -> tuple[Integers, Integers]:
        """Prices and sizes of the best `limit` levels (0: all), best first, as arrays of their own."""
        prices, sizes = self._of(side)
        first = max(0, len(prices) - limit) if limit else 0
        signed = np.frombuffer(prices, np.int64)[first:][::-1]
        return abs(signed), np.frombuffer(sizes, np.int64)[first:][::-1].copy()

    def evolve(self, mid_usd: float, rng: random.Random, n_changes: int) -> list[Change]:
        """Move the book so that it stands around this mid; return every level that changed, once.

        At least the levels in the way are taken out and the touch is brought to the mid; what is then
        left of n_changes goes to sizes, new levels and withdrawn ones near the touch. Applied in order
        or all at once, the changes lead from the old book to the new one.
        """
        changed: _Changed = {}
        mid = mid_usd / self.tick_usd
        # A spread of one gap at the least, and the mid between: what lies beyond it is in the way.
        bid_limit = int(mid - 0.5)
        ask_limit = bid_limit + 1
        while self._bids and self._bids[-1] > bid_limit:
            self._drop(BID, self._bids[-1], changed)
        while self._asks and -self._asks[-1] < ask_limit:
            self._drop(ASK, -self._asks[-1], changed)
        self._approach(BID, bid_limit, rng, changed)
        self._approach(ASK, ask_limit, rng, changed)
        for _ in range(n_changes - len(changed)):
            self._stir(rng, changed)
        self._keep_depth(rng, changed)
        return [Change(side, price, size) for (side, price), size in changed.items()]

    def trade(self, rng: random.Random) -> tuple[Trade, Change]:
        """Somebody takes part of the best level, seldom all of it; the trade and the level's new size."""
        buys = rng.random() < 0.5
        prices, price = (self._asks, -self._asks[-1]) if buys else (self._bids, self._bids[-1])
        resting = self._sizes[price]
        size = min(resting, max(1, int(rng.expovariate(4.0 / self._typical))))
        if size == resting and len(prices) < 2:
            size = max(1, resting - 1)
        changed: _Changed = {}
        side = ASK if buys else BID
        if size == resting and len(prices) > 1:
            self._drop(side, price, changed)
        else:
            self._set(side, price, max(1, resting - size), changed)
        return Trade("buy" if buys else "sell", price, size), Change(side, price, changed[side, price])

    def put(self, changes: list[Change]) -> list[Change]:
        """Take these levels as they are told, in order; return what that changed.

        A price that the other side still held leaves it, so that no price stands on both.
        *Raises* EmptySideError, the book as it was, where a side would be left without a level.
        """
        self._refuse_an_empty_side(changes)
        done: list[Change] = []
        for side, price, size in changes:
            changed: _Changed = {}
            holder = self._holder(price)
            if size and holder not in (None, side):
                self._drop(ASK if side == BID else BID, price, changed)
            if size and self._sizes.get(price) != size:
                self._set(side, price, size, changed)
            elif not size and holder == side:
                self._drop(side, price, changed)
            done += [Change(*key, left) for key, left in changed.items()]
        return done

    def replace(self, bids: list[tuple[int, int]], asks: list[tuple[int, int]]) -> list[Change]:
        """Hold these levels (price, size) and no others; return every level that changed, removals first.

        *Raises* EmptySideError, the book as it was, where a side has none.
        """
        sides = {BID: dict(bids), ASK: dict(asks)}
        for price in sides[BID].keys() & sides[ASK].keys():
            del sides[BID][price]
        if not sides[BID] or not sides[ASK]:
            raise EmptySideError
        gone, fresh = [], []
        for side, told in sides.items():
            prices, sizes = self._of(side)
            sign = 1 if side == BID else -1
            before = {key * sign: size for key, size in zip(prices, sizes, strict=True)}
            gone += [Change(side, price, 0) for price in before if price not in told]
            fresh += [Change(side, price, size) for price, size in told.items() if before.get(price) != size]
            keys = sorted(price * sign for price in told)
            prices[:] = array("q", keys)
            sizes[:] = array("q", [told[key * sign] for key in keys])
        self._sizes = {**sides[BID], **sides[ASK]}
        self.version += 1
        return gone + fresh

    def _refuse_an_empty_side(self, changes: list[Change]) -> None:
        left = {BID: len(self._bids), ASK: len(self._asks)}
        holders: dict[int, str | None] = {}
        for side, price, size in changes:
            holder = holders[price] if price in holders else self._holder(price)
            if size and holder != side:
                left[side] += 1
                holders[price] = side
                if holder is not None:
                    left[holder] -= 1
            elif not size and holder == side:
                left[side] -= 1
                holders[price] = None
        if min(left.values()) <= 0:
            raise EmptySideError

    def _holder(self, price: int) -> str | None:
        """The side that a level of this price stands on."""
        if price not in self._sizes:
            return None
        place = bisect_left(self._bids, price)
        return BID if place < len(self._bids) and self._bids[place] == price else ASK

    def _fill(self, mid_usd: float, rng: random.Random) -> None:
        nothing: _Changed = {}
        mid = int(mid_usd / self.tick_usd - 0.5)
        for side, price, direction in ((BID, mid, -1), (ASK, mid + 1, 1)):
            for n in range(self.levels):
                if price <= 0:
                    break
                self._set(side, price, self._draw_size(rng, n), nothing)
                price += direction * self._draw_gap(rng, n)

    def _approach(self, side: str, limit: int, rng: random.Random, changed: _Changed) -> None:
        """Lay levels from the present touch towards the limit, as far as a usual spread away from it."""
        prices = self._bids if side == BID else self._asks
        direction = 1 if side == BID else -1
        touch = prices[-1] * direction if prices else limit - direction * int(self._gap * 3)
        wanted = limit - direction * int(rng.expovariate(2.0 / self._gap))
        laid = 0
        while (wanted - touch) * direction > 0 and laid < 40:
            touch += direction * max(1, self._draw_gap(rng, 0))
            if (limit - touch) * direction < 0:
                touch = wanted
            self._set(side, touch, self._draw_size(rng, 0), changed)
            laid += 1
        if laid == 40 or not prices:
            self._set(side, wanted, self._draw_size(rng, 0), changed)

    def _stir(self, rng: random.Random, changed: _Changed) -> None:
        side = BID if rng.random() < 0.5 else ASK
        prices = self._bids if side == BID else self._asks
        depth = min(int(rng.expovariate(1 / 12.0)), len(prices) - 1)
        price = abs(prices[-1 - depth])
        kind = rng.random()
        if kind < 0.70 or depth == 0:
            self._set(side, price, self._draw_size(rng, depth), changed)
        elif kind < 0.85 and len(prices) > 2:
            self._drop(side, price, changed)
        else:
            outward = -1 if side == BID else 1
            fresh = price + outward * rng.randint(1, int(self._gap) + 1)
            if fresh > 0:
                self._set(side, fresh, self._draw_size(rng, depth), changed)

    def _keep_depth(self, rng: random.Random, changed: _Changed) -> None:
        for side, prices, outward in ((BID, self._bids, -1), (ASK, self._asks, 1)):
            while len(prices) > self.levels:
                self._drop(side, abs(prices[0]), changed)
            short = self.levels * 19 // 20 - len(prices)
            for _ in range(min(short, 4)):
                far = abs(prices[0]) + outward * self._draw_gap(rng, self.levels)
                if far > 0:
                    self._set(side, far, self._draw_size(rng, self.levels), changed)

    def _set(self, side: str, price: int, size: int, changed: _Changed) -> None:
        prices, sizes = self._of(side)
        key = price if side == BID else -price
        place = bisect_left(prices, key)
        if price in self._sizes:
            sizes[place] = size
        else:
            prices.insert(place, key)
            sizes.insert(place, size)
        self._sizes[price] = size
        self.version += 1
        changed[side, price] = size

    def _drop(self, side: str, price: int, changed: _Changed) -> None:
        prices, sizes = self._of(side)
        place = bisect_left(prices, price if side == BID else -price)
        del prices[place], sizes[place], self._sizes[price]
        self.version += 1
        changed[side, price] = 0

    def _of(self, side: str) -> "tuple[array[int], array[int]]":
        return (self._bids, self._bid_sizes) if side == BID else (self._asks, self._ask_sizes)

    def _draw_gap(self, rng: random.Random, depth: int) -> int:
        return 1 + int(rng.expovariate(1.0 / (self._gap * (1.0 + depth / 60.0))))

    def _draw_size(self, rng: random.Random, depth: int) -> int:
        # Long-tailed, and thicker further out, as real books are.
        return max(1, int(self._typical * rng.lognormvariate(-0.5, 1.0) * (1.0 + min(depth, 200) / 50.0)))
