"""The dynamic order-size cap: how much one order may count.

*Source*: CME CF RTI methodology section 4.1.3, Eq. 4a to 5, as its readers give it: the trimmed mean plus
five winsorised standard deviations of the order sizes near the touch, with 1 % cut or drawn in at each end.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

import numpy as np

from actors.brti.ladder import Integers

CUT_PER_CENT = 1
DEVIATIONS = 5
SPARE = 32
"""So many sizes more than are cut are kept sorted at each end."""
MOST_UNSETTLED = 8192
"""Changes that are remembered one by one."""


class SizeCap(NamedTuple):
    """The cap and what it is made of. Sizes in the unit of the sample. orders: in the sample, cut: of them
    left out at each end. cap: inf where fewer than two orders are known."""

    orders: int
    cut: int
    trimmed_mean: float
    winsorised_mean: float
    winsorised_deviation: float
    cap: float


class SizeSample:
    """A sample of order sizes, summed up, its ends kept sorted, so that the cap follows each change cheaply.

    Sizes are integers and so are the sums: the cap depends on the sample alone and not on how it came about.
    """

    __slots__ = (
        "_came", "_count", "_ends", "_ends_squares", "_ends_total", "_high", "_high_bar", "_low", "_low_bar",
        "_more", "_most", "_settled", "_squares", "_total", "_went",
    )  # fmt: skip

    def __init__(self, sizes: Sequence[int] = ()) -> None:
        self._came: list[int] = []
        self._went: list[int] = []
        """Sizes that are not in the sums yet: big integers are added up quicker together."""
        self._ends: list[int] = []
        self._ends_total = 0
        self._ends_squares = 0
        self.clear()
        self.extend(sizes)

    def __len__(self) -> int:
        return self._count + len(self._came) - len(self._went)

    def clear(self) -> None:
        """Take all orders out."""
        self._came.clear()
        self._went.clear()
        self._count = self._total = self._squares = 0
        self._settled: Integers = np.empty(0, np.int64)
        """The sample as it was when the bars were set, sorted."""
        self._more: tuple[list[int], list[int]] = [], []
        """What has come and gone since, as far as it is in the sums."""
        self._low: list[int] = []
        self._high: list[int] = []
        """Sorted, all up to the low bar and all from the high bar on; the others count in sums only."""
        self._low_bar, self._high_bar = _ANY, 0
        self._most = SPARE

    def add(self, size: int) -> None:
        """Take an order into the sample."""
        self._came.append(size)
        if size <= self._low_bar:
            insort(self._low, size)
        if size >= self._high_bar:
            insort(self._high, size)

    def remove(self, size: int) -> None:
        """Take an order of this size, which must be there, out of the sample."""
        self._went.append(size)
        if size <= self._low_bar:
            del self._low[bisect_left(self._low, size)]
        if size >= self._high_bar:
            del self._high[bisect_left(self._high, size)]

    def extend(self, sizes: Sequence[int]) -> None:
        """Take many orders into the sample."""
        more = np.sort(np.array(sizes, np.int64))
        self._sum_up()
        self._count += len(more)
        self._total += int(more.sum())
        self._squares += sum_of_squares(more)
        self._settle(more)

    def cap(self) -> SizeCap:
        """Compute xbar + 5 sigma: xbar the mean without 1 % at each end, sigma with them drawn in."""
        self._sum_up()
        count = self._count
        if count < 2:
            return SizeCap(count, 0, float(self._total), float(self._total), 0.0, math.inf)
        cut = count * CUT_PER_CENT // 100
        total = self._total
        squares = self._squares
        if cut:
            if not cut < len(self._low) <= self._most or not cut < len(self._high) <= self._most:
                self._settle(_NOTHING)
            low, high = self._low, self._high
            ends = low[:cut] + high[len(high) - cut :]
            if ends != self._ends:  # few changes are of the least or the largest
                self._ends = ends
                self._ends_total, self._ends_squares = sum(ends), sum(map(mul, ends, ends))
            total -= self._ends_total
            squares -= self._ends_squares
        trimmed_mean = total / (count - 2 * cut)
        if cut:
            least, most = low[cut], high[-cut - 1]
            total += cut * (least + most)
            squares += cut * (least * least + most * most)
        # n sum(s^2) - (sum s)^2 is exact and never negative.
        deviation = math.sqrt((count * squares - total * total) / (count * (count - 1)))
        return SizeCap(
            count, cut, trimmed_mean, total / count, deviation, trimmed_mean + DEVIATIONS * deviation
        )

    def _sum_up(self) -> None:
        came, went = self._came, self._went
        if came or went:
            self._count += len(came) - len(went)
            self._total += sum(came) - sum(went)
            self._squares += sum(map(mul, came, came)) - sum(map(mul, went, went))
            have_come, have_gone = self._more
            have_come += came
            have_gone += went
            came.clear()
            went.clear()
            if len(have_come) + len(have_gone) > MOST_UNSETTLED:
                self._settle(_NOTHING)

    def _settle(self, more: Integers) -> None:
        """Set the bars anew, so that there is room on both sides of them. All must be summed up."""
        came, went = (np.array(sizes, np.int64) for sizes in self._more)
        held = np.sort(np.concatenate([self._settled, more, came]))
        if len(went):
            went.sort()
            nth = np.arange(len(went)) - went.searchsorted(went)  # of equal sizes each takes one of its own
            held = np.delete(held, held.searchsorted(went) + nth)
        self._settled = held
        self._more = [], []
        reach = 2 * (len(held) * CUT_PER_CENT // 100) + SPARE
        if reach < len(held):
            self._low_bar, self._high_bar = int(held[reach]), int(held[-1 - reach])
        else:
            self._low_bar, self._high_bar = _ANY, 0
        self._low = held[: held.searchsorted(self._low_bar, "right")].tolist()
        self._high = held[held.searchsorted(self._high_bar) :].tolist()
        self._most = 2 * max(len(self._low), len(self._high)) + SPARE


_NOTHING: Integers = np.empty(0, np.int64)
_ANY = 2**62


def sum_of_squares(sizes: Integers) -> int:
    """Sum up the squares exactly; they need more than 64 bits."""
    if len(sizes) and int(sizes[-1]) >> 44:  # sorted: the last is the largest; 175,921 BTC and more
        return sum(size * size for size in sizes.tolist())
    high, low = sizes >> 22, sizes & (1 << 22) - 1
    return (int((high * high).sum()) << 44) + (int((high * low).sum()) << 23) + int((low * low).sum())
