"""Which venues may be in the index at a moment, and which screen put out the others.

*Source*: CME CF RTI methodology section 5, as its readers give it; the return of a deviating venue by the
announcement of 2020-09-14. The screens come in this order: delayed, erroneous (one-sided, crossed),
potentially erroneous (its mid more than 5 % from the median of the mids that are left).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

ONE_SIDED = "one-sided"
CROSSED = "crossed"
DEVIATING = "deviating"

DEVIATION_LIMIT = 0.05
RETURN_LIMIT = DEVIATION_LIMIT / 2
"""A venue that was put out for deviating returns when it deviates by less than half the limit."""

NO_EASE = (1, 0)
"""A stretch that nothing lies in."""


class Touch(NamedTuple):
    """Best bid and ask of one venue; any one unit, 0 for an empty side."""

    bid: int
    ask: int


def erroneous(touch: Touch) -> str:
    """Say what is wrong with a book as such: `one-sided` or `crossed`; empty for nothing."""
    if touch.bid <= 0 or touch.ask <= 0:
        return ONE_SIDED
    return CROSSED if touch.bid >= touch.ask else ""


def deviating(touches: Mapping[str, Touch], flagged: Sequence[str] | set[str]) -> set[str]:
    """Name the venues whose mid deviates too much from the median of all these mids.

    touches: of every venue that passed the other screens. flagged: who was put out for this before.
    """
    if not touches:
        return set()
    middle = _median([touch.bid + touch.ask for touch in touches.values()])
    out = set()
    for name, touch in touches.items():
        deviation = abs((touch.bid + touch.ask) / middle - 1)
        if deviation >= RETURN_LIMIT if name in flagged else deviation > DEVIATION_LIMIT:
            out.add(name)
    return out


def at_ease(touches: Sequence[Touch]) -> tuple[int, int]:
    """Between which sums of bid and ask none of these can deviate from the median of all.

    As long as each of them stays in there. NO_EASE where they lie too far apart for that.
    """
    if not touches:
        return NO_EASE
    sums = sorted(touch.bid + touch.ask for touch in touches)
    middle = sums[len(sums) // 2]
    # From one end to the other it is 4.1 %: with the median anywhere in between, less than the limit.
    low, high = -(-middle * 98 // 100), middle * 102 // 100
    return (low, high) if low <= sums[0] and sums[-1] <= high else NO_EASE


def _median(values: list[int]) -> float:
    values.sort()
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
