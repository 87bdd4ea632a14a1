"""Sorted orders of one side in flat arrays: cheap to change in place, and numpy reads them as they are."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


class Ladder:
    """Orders by key, the best last. Keys rise towards the touch: bids by price, asks by negated price.

    Markets change near the touch, and an array is cheapest to change near its end. Sizes are integers, so
    the total is exact.
    """

    __slots__ = ("keys", "sizes", "total")

    def __init__(self) -> None:
        self.keys = array("q")
        self.sizes = array("q")
        self.total = 0

    def __len__(self) -> int:
        return len(self.keys)

    def replace(self, levels: Iterable[tuple[int, int]]) -> None:
        """Hold these (key, size) and no others; any order, the last of one key counts, size 0 is none."""
        held = sorted((key, size) for key, size in dict(levels).items() if size)
        self.keys = array("q", [key for key, _ in held])
        self.sizes = array("q", [size for _, size in held])
        self.total = sum(self.sizes)

    def merge(self, ladders: Iterable[tuple[int, "Ladder"]], shift: int) -> None:
        """Hold the orders of all these (tag, ladder), under the keys key << shift | tag."""
        tagged = [(tag, ladder) for tag, ladder in ladders if ladder.keys]
        self.keys = array("q")
        self.sizes = array("q")
        self.total = sum(ladder.total for _, ladder in tagged)
        if tagged:
            keys = np.concatenate([np.frombuffer(one.keys, np.int64) << shift | tag for tag, one in tagged])
            sizes = np.concatenate([np.frombuffer(one.sizes, np.int64) for _, one in tagged])
            order = keys.argsort(kind="stable")  # which is quick on runs that are sorted already
            self.keys.frombytes(keys[order].tobytes())
            self.sizes.frombytes(sizes[order].tobytes())

    def set(self, levels: Iterable[tuple[int, int]], sign: int = 1) -> None:
        """Set (key times sign, size), one after the other; size 0 removes, also what is not there."""
        keys = self.keys
        sizes = self.sizes
        for price, size in levels:
            key = price * sign
            index = bisect_left(keys, key)
            if index < len(keys) and keys[index] == key:
                self.total += size - sizes[index]
                if size:
                    sizes[index] = size
                else:
                    del keys[index], sizes[index]
            elif size:
                self.total += size
                keys.insert(index, key)
                sizes.insert(index, size)

    def from_key(self, key: int) -> int:
        """How many orders stand at this key or nearer to the touch."""
        return len(self.keys) - bisect_left(self.keys, key)

    def nearest(self, count: int) -> tuple[Integers, Integers]:
        """Keys and sizes of the best `count` orders, best first.

        Views of what is held: they must be gone before the next change (a viewed array cannot grow).
        """
        if not self.keys:
            return _NOTHING, _NOTHING
        keys, sizes = np.frombuffer(self.keys, np.int64), np.frombuffer(self.sizes, np.int64)
        return keys[: -count - 1 : -1], sizes[: -count - 1 : -1]


_NOTHING: Integers = np.empty(0, np.int64)
