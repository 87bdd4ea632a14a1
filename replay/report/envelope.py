"""A series of any length in a bounded number of points, none of its extremes lost."""

from math import isnan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEAST_WIDTH_NS = 1_000_000
NAN = float("nan")


class Points(NamedTuple):
    """What is drawn. value: NaN breaks the line. notes: one each where the series has any, else empty.

    taken: how many values it was. width_ns: the points are the first, least, greatest and last value of each
    stretch of this length; 0: every value is there.
    """

    at_ns: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    notes: list[str]
    taken: int
    width_ns: int


class Envelope:
    """Takes values as they come and keeps at most `most` points of them, which is 5 or more.

    While there are few, all are kept. After that time is parted into equal stretches, and of each its first,
    least, greatest and last value are kept, at their own times, and one break if it had any. The stretches
    double as the series grows; each then lies wholly in one of the next, so nothing depends on how often that
    happened. holds: a value holds until the next one, so the same one again need not be kept.
    """

    def __init__(self, most: int, holds: bool = False) -> None:
        self._most = most
        self._holds = holds
        self._at: list[int] = []
        self._value: list[float] = []
        self._notes: list[str] = []
        self._width_ns = 0
        self._newest_ns = 0
        self.count = 0

    def add(self, at_ns: int, value: float, note: str = "") -> None:
        """Take one value; NaN: from here on there is none. All values of a series have notes, or none has."""
        self.count += 1
        self._newest_ns = at_ns
        values = self._value
        if self._holds and values:
            if values[-1] == value or (isnan(value) and isnan(values[-1])):
                return
            if isnan(value):  # it has held up to here
                self._at.append(at_ns)
                values.append(values[-1])
                self._notes += self._notes[-1:]
        self._at.append(at_ns)
        values.append(value)
        if note:
            self._notes.append(note)
        if len(values) >= 2 * self._most:
            self._thin()

    def stop(self, at_ns: int) -> None:
        """From here on there is no value, until the next one comes."""
        if self._value and not isnan(self._value[-1]):
            self.add(at_ns, NAN)
            self.count -= 1

    def points(self) -> Points:
        """All that is kept, in the order of time."""
        if len(self._value) > self._most:
            self._thin()
        at_ns, value, notes = list(self._at), list(self._value), list(self._notes)
        if self._holds and value and not isnan(value[-1]) and self._newest_ns > at_ns[-1]:
            at_ns.append(self._newest_ns)
            value.append(value[-1])
        times = np.array(at_ns, dtype=np.int64)
        order = np.argsort(times, kind="stable")
        if notes:
            notes = [notes[place] for place in order.tolist()]
        values = np.array(value, dtype=np.float64)
        return Points(times[order], values[order], notes, self.count, self._width_ns)

    def _thin(self) -> None:
        at_ns = np.array(self._at, dtype=np.int64)
        order = np.argsort(at_ns, kind="stable")
        at_ns, value = at_ns[order], np.array(self._value, dtype=np.float64)[order]
        if not self._width_ns:
            self._width_ns = LEAST_WIDTH_NS
        while True:
            kept = _extremes(at_ns // self._width_ns, value)
            if len(kept) <= self._most:
                break
            self._width_ns *= 2
        self._at = at_ns[kept].tolist()
        self._value = value[kept].tolist()
        if self._notes:
            self._notes = [self._notes[place] for place in order[kept].tolist()]


def _extremes(stretch: npt.NDArray[np.int64], value: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Places of the first, least, greatest and last value of each stretch, and of its first break."""
    kept = []
    known = np.flatnonzero(~np.isnan(value))
    if len(known):
        of, seen = stretch[known], value[known]
        kept += [known[_first(of)], known[_last(of)]]
        ordered = np.lexsort((seen, of))
        kept += [known[ordered[_first(of[ordered])]], known[ordered[_last(of[ordered])]]]
    breaks = np.flatnonzero(np.isnan(value))
    if len(breaks):
        kept.append(breaks[_first(stretch[breaks])])
    return np.unique(np.concatenate(kept)).astype(np.int64)


def _first(of: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))


def _last(of: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.concatenate([of[1:] != of[:-1], [True]]))
