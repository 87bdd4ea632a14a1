"""The consolidated book: every order of every venue that is in, kept sorted, and the index it makes.

An order is a level as its venue reports it. Equal prices of different venues stay apart, because the size cap
holds for each of them.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from actors.brti.cap import SizeCap, SizeSample
from actors.brti.curve import DEPTH_LIMIT, SPACING_E8, Curves, curves, weights
from actors.brti.ladder import Integers, Ladder
from actors.brti.screens import Touch
from actors.brti.switches import MOST_VENUES, SLOT_BITS, Switches
from messages import Level

CAP_BAND_PER_CENT = 5
"""Orders within 5 % of the touch are the sample of the size cap."""
CAP_ORDERS = 50
MANY = 50
"""From so many on, sorting once is quicker than putting each in its place."""
_NO_CAP: Final = 2**62
_SPARE: Final = 32


class Published(NamedTuple):
    """The index of one moment. value_usd: not rounded.

    utilised: v_T in BTC. reach_e8: BTC x 10^8 that rest on the thinner side, before the cap.
    """

    value_usd: float
    utilised: int
    reach_e8: int
    cap: SizeCap
    curves: Curves


class Part(NamedTuple):
    """One venue's part in a value. weight: 0 to 1, of the curve's weight. resting_e8: what its orders hold,
    on both sides, down to the utilised depth, each at most the cap."""

    weight: float
    resting_e8: int


class VenueBook:
    """One venue's book. Bids are kept by price, asks by negated price."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        self.bids = Ladder()
        self.asks = Ladder()

    def replace(self, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        """Hold these levels and no others."""
        self.bids.replace(bids)
        self.asks.replace((-price, size) for price, size in asks)

    def touch(self) -> Touch:
        """Best bid and ask; 0 for an empty side."""
        return Touch(
            self.bids.keys[-1] if self.bids.keys else 0, -self.asks.keys[-1] if self.asks.keys else 0
        )


class Side:
    """One side of all venues. sign: 1 for bids, -1 for asks."""

    __slots__ = ("_inside", "_orders", "_sample", "sign")

    def __init__(self, sign: int, sample: SizeSample) -> None:
        self.sign = sign
        self._sample = sample
        self._orders = Ladder()
        self._inside = 0  # the best so many orders are in the sample

    @property
    def total_e8(self) -> int:
        return self._orders.total

    def best(self) -> int:
        """The best price; 0 where there is none."""
        keys = self._orders.keys
        return (keys[-1] >> SLOT_BITS) * self.sign if keys else 0

    def replace(self, ladders: Iterable[tuple[int, Ladder]]) -> None:
        """Hold the orders of these (slot, side of a venue's book) and no others.

        The shared sample must have been emptied: nothing of this side is in it then.
        """
        self._inside = 0
        self._orders.merge(ladders, SLOT_BITS)

    def change(self, slot: int, levels: Iterable[Level]) -> None:
        """Set one venue's orders, one after the other; size 0 removes one."""
        orders, sample, sign = self._orders, self._sample, self.sign
        keys, sizes = orders.keys, orders.sizes
        for price, size in levels:
            key = ((price * sign) << SLOT_BITS) + slot
            index = bisect_left(keys, key)
            # The first that is counted stands here; what is put right before it is not counted (yet).
            first = len(keys) - self._inside
            if index < len(keys) and keys[index] == key:
                before = sizes[index]
                orders.total += size - before
                if size:
                    sizes[index] = size
                    if index >= first and size != before:
                        sample.remove(before)
                        sample.add(size)
                else:
                    del keys[index], sizes[index]
                    if index >= first:
                        sample.remove(before)
                        self._inside -= 1
            elif size:
                orders.total += size
                keys.insert(index, key)
                sizes.insert(index, size)
                if index > first:
                    sample.add(size)
                    self._inside += 1

    def settle(self, cap_sample: str) -> None:
        """Bring into the sample what belongs there now, and take out what does not."""
        orders = self._orders
        best = self.best()
        # To 1.05 of the best ask, down to 0.95 of the best bid, both included.
        edge = best * (100 - self.sign * CAP_BAND_PER_CENT)
        price = edge // 100 if self.sign < 0 else -(-edge // 100)
        within = orders.from_key(self._key(price))
        if cap_sample == "max50":
            within = min(within, CAP_ORDERS)
        elif within < CAP_ORDERS:
            within = min(len(orders), CAP_ORDERS)
        self._count(within)

    def counted(self) -> Integers:
        """Sizes of the orders that are in the sample. A view: it must be gone before the next change."""
        return self._orders.nearest(self._inside)[1]

    def __len__(self) -> int:
        return len(self._orders)

    def within(self, price: int) -> int:
        """How many orders stand to this price, and one more if there is one."""
        return min(len(self._orders), self._orders.from_key(self._key(price)) + 1)

    def best_orders(self, count: int, cap: int) -> tuple[Integers, Integers]:
        """Prices and sizes, each at most the cap, of the best so many orders, best first."""
        keys, sizes = self._orders.nearest(count)
        prices = keys >> SLOT_BITS
        return prices if self.sign > 0 else -prices, np.minimum(sizes, cap)

    def slots(self, count: int) -> Integers:
        """Whose the best so many orders are, best first."""
        slots: Integers = self._orders.nearest(count)[0] & (MOST_VENUES - 1)
        return slots

    def _key(self, price: int) -> int:
        return (price * self.sign) << SLOT_BITS

    def _count(self, within: int) -> None:
        sizes = self._orders.sizes
        held = len(sizes)
        coming = sizes[held - within : held - self._inside]
        if len(coming) > MANY:
            self._sample.extend(coming)
        else:
            for size in coming:
                self._sample.add(size)
        for size in sizes[held - self._inside : held - within]:
            self._sample.remove(size)
        self._inside = within


class ConsolidatedBook:
    """Orders of the venues that are in, by their slot (0 to 15). Prices and sizes are scaled by 10^8."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._sample = SizeSample()
        self.bids = Side(1, self._sample)
        self.asks = Side(-1, self._sample)
        self._deep = (_SPARE, _SPARE)  # so many asks and bids have lately been enough, and some to spare

    def replace(self, books: Iterable[tuple[int, "VenueBook"]]) -> None:
        """Hold the orders of these (slot, book) and no others."""
        held = list(books)
        self._sample.clear()
        self.bids.replace((slot, book.bids) for slot, book in held)
        self.asks.replace((slot, book.asks) for slot, book in held)

    def compute(self) -> Published | None:
        """Compute the index; None where a side holds less than the first point of the curve, 1 BTC."""
        bids, asks = self.bids, self.asks
        best_bid, best_ask = bids.best(), asks.best()
        if not best_bid or not best_ask:
            return None
        bids.settle(self._switches.cap_sample)
        asks.settle(self._switches.cap_sample)
        cap = self._sample.cap(lambda: np.concatenate([bids.counted(), asks.counted()]))
        most = _whole(cap.cap)
        # midSV <= D holds no further than ask = bid (1 + D) / (1 - D): deeper orders cannot matter …
        part, whole = DEPTH_LIMIT
        ask_count = asks.within(best_bid * (whole + part) // (whole - part) + 1)
        bid_count = bids.within(best_ask * (whole - part) // (whole + part))
        uncross = self._switches.uncross and best_bid >= best_ask
        enough = min(ask_count, self._deep[0]), min(bid_count, self._deep[1])
        # … unless a book is so thin that its first point, which always counts, lies there.
        for counts in dict.fromkeys((enough, (ask_count, bid_count), (len(asks), len(bids)))):
            points = curves(
                *asks.best_orders(counts[0], most), *bids.best_orders(counts[1], most), uncross=uncross
            )
            utilised = points.utilised()
            if utilised < len(points.ask):  # so the first point that is too wide is among them
                break
        if not len(points.ask):
            return None
        deepest = int(points.ask_order[utilised - 1]), int(points.bid_order[utilised - 1])
        self._deep = deepest[0] * 17 // 16 + _SPARE, deepest[1] * 17 // 16 + _SPARE
        mids = points.ask[:utilised] + points.bid[:utilised]
        value_usd = float((mids * weights(utilised)).sum()) / (2 * SPACING_E8)
        reach_e8 = min(bids.total_e8, asks.total_e8)
        return Published(value_usd, utilised, reach_e8, cap, points)

    def parts(self, published: Published) -> list[Part]:
        """Say what each slot had in the value computed last; the book must not have changed since."""
        weight = np.zeros(MOST_VENUES)
        resting = np.zeros(MOST_VENUES)
        share = weights(published.utilised) / 2
        points = published.curves
        for side, order in ((self.asks, points.ask_order), (self.bids, points.bid_order)):
            used = order[: published.utilised]
            deepest = int(used[-1]) + 1
            slots = side.slots(deepest)
            sizes = side.best_orders(deepest, _whole(published.cap.cap))[1]
            weight += np.bincount(slots[used], share, MOST_VENUES)
            resting += np.bincount(slots, sizes, MOST_VENUES)
        return [Part(float(w), int(r)) for w, r in zip(weight, resting, strict=True)]


def _whole(cap: float) -> int:
    """The cap as a size; a size is whole, and no larger than a book can hold."""
    return int(cap) if cap < _NO_CAP else _NO_CAP
