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
    """A sample of order sizes, kept sorted and summed up, so that the cap follows each change cheaply.

    Sizes are integers and so are the sums: the cap depends on the sample alone and not on how it came about.
    """

    __slots__ = ("_came", "_ends", "_ends_squares", "_ends_total", "_sizes", "_squares", "_total", "_went")

    def __init__(self, sizes: Sequence[int] = ()) -> None:
        self._sizes: list[int] = []
        self._total = 0
        self._squares = 0
        self._came: list[int] = []
        self._went: list[int] = []
        """Sizes that are not in the sums yet: big integers are added up quicker together."""
        self._ends: list[int] = []
        self._ends_total = 0
        self._ends_squares = 0
        self.extend(sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, size: int) -> None:
        """Take an order into the sample."""
        insort(self._sizes, size)
        self._came.append(size)

    def extend(self, sizes: Sequence[int]) -> None:
        """Take many orders into the sample."""
        more = np.sort(np.array(sizes, np.int64))
        self._sizes += more.tolist()
        self._sizes.sort()  # quick where two sorted runs meet
        self._total += int(more.sum())
        self._squares += sum_of_squares(more)

    def clear(self) -> None:
        """Take all orders out."""
        self._sizes = []
        self._came.clear()
        self._went.clear()
        self._total = self._squares = 0

    def remove(self, size: int) -> None:
        """Take an order of this size, which must be there, out of the sample."""
        del self._sizes[bisect_left(self._sizes, size)]
        self._went.append(size)

    def cap(self) -> SizeCap:
        """Compute xbar + 5 sigma: xbar the mean without 1 % at each end, sigma with them drawn in."""
        sizes = self._sizes
        count = len(sizes)
        self._sum_up()
        if count < 2:
            return SizeCap(count, 0, float(self._total), float(self._total), 0.0, math.inf)
        cut = count * CUT_PER_CENT // 100
        total = self._total
        squares = self._squares
        if cut:
            ends = sizes[:cut] + sizes[count - cut :]
            if ends != self._ends:  # few changes are of the least or the largest
                self._ends = ends
                self._ends_total, self._ends_squares = sum(ends), sum(map(mul, ends, ends))
            total -= self._ends_total
            squares -= self._ends_squares
        trimmed_mean = total / (count - 2 * cut)
        if cut:
            least, most = sizes[cut], sizes[count - cut - 1]
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
            self._total += sum(came) - sum(went)
            self._squares += sum(map(mul, came, came)) - sum(map(mul, went, went))
            came.clear()
            went.clear()


def sum_of_squares(sizes: Integers) -> int:
    """Sum up the squares exactly; they need more than 64 bits."""
    if len(sizes) and int(sizes[-1]) >> 44:  # sorted: the last is the largest; 175,921 BTC and more
        return sum(size * size for size in sizes.tolist())
    high, low = sizes >> 22, sizes & (1 << 22) - 1
    return (int((high * high).sum()) << 44) + (int((high * low).sum()) << 23) + int((low * low).sum())
