"""Windows shared out in time: what a choice may rest on, and what it is then judged by."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from replay.backtest.judged import Window

LEAST_WINDOWS = 2
"""In a fold: one has no interval."""


class Fold(NamedTuple):
    """The windows of a stretch of time, and what lies before it, as close times.

    past: closed before the first market of `ahead` opened. The one that closed at that very moment is in
    neither: its result was not known yet when the choice had to be made.
    """

    past: list[int]
    ahead: list[int]


def folds(windows: Sequence[Window], count: int) -> list[Fold]:
    """Cut windows, in the order of time, into `count` stretches; one fold for each but the first.

    Empty where the windows are too few for that.
    """
    if count < 2 or len(windows) < count * LEAST_WINDOWS:
        return []
    ordered = sorted(windows, key=lambda window: window.close_ns)
    ends = [len(ordered) * number // count for number in range(count + 1)]
    found = []
    for begin, end in pairwise(ends[1:]):
        ahead = ordered[begin:end]
        opens_ns = min(window.open_ns for window in ahead)
        past = [window.close_ns for window in ordered[:begin] if window.close_ns < opens_ns]
        if past:
            found.append(Fold(past, [window.close_ns for window in ahead]))
    return found
