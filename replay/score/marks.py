"""What Kalshi's book showed at any moment: the quotes as they were received, and where there were none."""

from array import array
from typing import NamedTuple

import numpy as np

from messages import DOLLAR_E6
from replay.score.bootstrap import Floats, Ints

NO_BOOK = -2
"""In place of a price: there is no book to be trusted. (-1 is an empty side of a sound book.)"""
EDGE_E6 = 100_000
"""How near to 0 or 1 the side that is left must be, so that a book with one side has a mid."""


class Quotes:
    """Collects one market's quotes in the order of receipt."""

    def __init__(self) -> None:
        self._at_ns = array("q")
        self._touch = tuple(array("q") for _ in range(4))
        self._last = (NO_BOOK, 0, NO_BOOK, 0)
        self._doubted = False
        self._blanks: list[tuple[int, int]] = []

    def quote(self, recv_ns: int, bid_e6: int, bid_count_e2: int, ask_e6: int, ask_count_e2: int) -> None:
        """Take a quote; it ends any doubt."""
        self._last = (bid_e6, bid_count_e2, ask_e6, ask_count_e2)
        self._doubted = False
        self._put(recv_ns, self._last)

    def withdraw(self, at_ns: int) -> None:
        """The book is no longer to be trusted, until the next quote."""
        self._last = (NO_BOOK, 0, NO_BOOK, 0)
        self._put(at_ns, self._last)

    def doubt(self, at_ns: int, doubted: bool) -> None:
        """The feed calls itself not fresh, or fresh again: then what stood stands again."""
        if doubted != self._doubted:
            self._doubted = doubted
            self._put(at_ns, (NO_BOOK, 0, NO_BOOK, 0) if doubted else self._last)

    def blank(self, from_ns: int, to_ns: int) -> None:
        """There was no connection in this interval, as was found afterwards."""
        self._blanks.append((from_ns, to_ns))
        if self._at_ns and self._at_ns[-1] <= to_ns:
            self.withdraw(to_ns)

    def marks(self, end_ns: int) -> "Marks":
        """All that was collected, ready to be asked. end_ns: of the recording; nothing is known after it."""
        at_ns = np.maximum.accumulate(np.array(self._at_ns, dtype=np.int64))
        bid, bid_count, ask, ask_count = (np.array(column, dtype=np.int64) for column in self._touch)
        return Marks(at_ns, bid, bid_count, ask, ask_count, [*self._blanks, (end_ns, 2**62)])

    def _put(self, at_ns: int, touch: tuple[int, int, int, int]) -> None:
        self._at_ns.append(at_ns)
        for column, value in zip(self._touch, touch, strict=True):
            column.append(value)


class Touch(NamedTuple):
    """Best bid and ask at some moments, in YES prices; NO_BOOK where none is known, -1 for an empty side."""

    bid_e6: Ints
    bid_count_e2: Ints
    ask_e6: Ints
    ask_count_e2: Ints


class Marks(NamedTuple):
    """One market's quotes by time of receipt."""

    at_ns: Ints
    bid_e6: Ints
    bid_count_e2: Ints
    ask_e6: Ints
    ask_count_e2: Ints
    blanks: list[tuple[int, int]]

    def touch(self, at_ns: Ints) -> Touch:
        """The newest quote received at or before each moment; never a later one."""
        place = np.searchsorted(self.at_ns, at_ns, side="right") - 1
        none = place < 0
        for from_ns, to_ns in self.blanks:
            none |= (at_ns > from_ns) & (at_ns < to_ns)
        if not len(self.at_ns):
            empty = np.full(len(at_ns), NO_BOOK, dtype=np.int64)
            return Touch(empty, np.zeros_like(empty), empty, np.zeros_like(empty))
        return Touch(
            np.where(none, NO_BOOK, self.bid_e6[place]),
            np.where(none, 0, self.bid_count_e2[place]),
            np.where(none, NO_BOOK, self.ask_e6[place]),
            np.where(none, 0, self.ask_count_e2[place]),
        )

    def mids(self, at_ns: Ints) -> Floats:
        """The market's own probability of YES at each moment; NaN where it gives none.

        The middle of bid and ask. With one side empty: of the other and the end of the scale, where that
        is at most 10 c away; else there is none.
        """
        return mids(self.touch(at_ns))


def mids(touch: Touch) -> Floats:
    """The middle of each touch in dollars, as `Marks.mids` says."""
    bid, ask = touch.bid_e6, touch.ask_e6
    low = np.where(bid < 0, 0, bid)
    high = np.where(ask < 0, DOLLAR_E6, ask)
    known = (bid >= 0) & (ask >= 0)
    known |= (bid == -1) & (ask >= 0) & (ask <= EDGE_E6)
    known |= (ask == -1) & (bid >= DOLLAR_E6 - EDGE_E6)
    return np.where(known, (low + high) / (2.0 * DOLLAR_E6), np.nan)
