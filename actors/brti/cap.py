"""The dynamic order-size cap: how much one order may count.

*Source*: CME CF RTI methodology section 4.1.3, Eq. 4a to 5, as its readers give it: the trimmed mean plus
five winsorised standard deviations of the order sizes near the touch, with 1 % cut or drawn in at each end.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from operator import mul
from typing import Final, NamedTuple

import numpy as np

from actors.brti.ladder import Integers

CUT_PER_CENT = 1
DEVIATIONS = 5
SPARE = 32
"""So many sizes more than are cut are kept sorted at each end."""


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
        "_most", "_squares", "_total", "_went",
    )  # fmt: skip

    def __init__(self) -> None:
        self._came: list[int] = []
        self._went: list[int] = []
        """Sizes that are not in the sums yet: big integers are added up quicker together."""
        self._low: list[int] = []
        self._high: list[int] = []
        """Sorted, all up to the low bar and all from the high bar on; the others count in sums only."""
        self._ends: list[int] = []
        self._ends_total = 0
        self._ends_squares = 0
        self.clear()

    def __len__(self) -> int:
        return self._count + len(self._came) - len(self._went)

    def clear(self) -> None:
        """Take all orders out."""
        self._came.clear()
        self._went.clear()
        self._count = self._total = self._squares = 0
        self._forget_ends()

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
        more = np.array(sizes, np.int64)
        self._count += len(more)
        self._total += int(more.sum())
        self._squares += sum_of_squares(more)
        self._forget_ends()

    def cap(self, held: Callable[[], Integers]) -> SizeCap:
        """Compute xbar + 5 sigma: xbar the mean without 1 % at each end, sigma with them drawn in.

        held: gives the whole sample, in any order; asked only where what is kept of its ends does not do.
        """
        self._sum_up()
        count = self._count
        if count < 2:
            return SizeCap(count, 0, float(self._total), float(self._total), 0.0, math.inf)
        cut = count * CUT_PER_CENT // 100
        total = self._total
        squares = self._squares
        if cut:
            if not cut < len(self._low) <= self._most or not cut < len(self._high) <= self._most:
                self._keep_ends(held())
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
            came.clear()
            went.clear()

    def _forget_ends(self) -> None:
        self._low, self._high = [], []
        self._low_bar, self._high_bar = _BELOW_ALL, _ABOVE_ALL
        self._most = 0

    def _keep_ends(self, held: Integers) -> None:
        """Set the bars anew, so that there is room on both sides of them."""
        ordered = np.sort(held)
        reach = 2 * (len(ordered) * CUT_PER_CENT // 100) + SPARE
        if reach < len(ordered):
            self._low_bar, self._high_bar = int(ordered[reach]), int(ordered[-1 - reach])
        else:
            self._low_bar, self._high_bar = _ABOVE_ALL, _BELOW_ALL
        self._low = ordered[: ordered.searchsorted(self._low_bar, "right")].tolist()
        self._high = ordered[ordered.searchsorted(self._high_bar) :].tolist()
        self._most = 2 * max(len(self._low), len(self._high)) + SPARE


_BELOW_ALL: Final = 0
_ABOVE_ALL: Final = 2**62


def sum_of_squares(sizes: Integers) -> int:
    """Sum up the squares exactly; they need more than 64 bits."""
    if len(sizes) and int(sizes.max()) >> 44:  # 175,921 BTC and more
        return sum(size * size for size in sizes.tolist())
    high, low = sizes >> 22, sizes & (1 << 22) - 1
    return (int((high * high).sum()) << 44) + (int((high * low).sum()) << 23) + int((low * low).sum())
