"""Which indicator values make a signal, of which kind and for which side."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from messages import INDICATORS

EDGE: Final = "edge"
YES: Final = "yes"
NO: Final = "no"

WITHOUT_SIDE: Final = frozenset({"delay-age", "delay-absorbed"})
"""Indicators that say how long and how much, but not which way."""
OF_MAKERS: Final = frozenset({"maker-edge-yes", "maker-edge-no"})
"""A resting order's price is not what a signal names, nor is it known whether it would be met."""

PLACES: Final[dict[str, tuple[int, int]]] = {
    EDGE: (INDICATORS.index("edge-yes"), INDICATORS.index("edge-no")),
    **{
        name: (place, place)
        for place, name in enumerate(INDICATORS)
        if name not in WITHOUT_SIDE | OF_MAKERS | {"edge-yes", "edge-no"}
    },
}
"""Each signal kind, and the places of its values for YES and for NO in Indicators.values."""


class Bar(msgspec.Struct, frozen=True, gc=False):
    """What a kind must reach: its threshold, in its own unit, and where its values stand."""

    kind: str
    yes: int
    no: int
    threshold: float


class Passed(msgspec.Struct, frozen=True, gc=False):
    """An indicator reached its threshold. value: of the indicator, positive where it speaks for YES."""

    kind: str
    side: str
    value: float
    threshold: float


def bars(thresholds: Mapping[str, float]) -> list[Bar]:
    """The bars of all kinds that have a threshold, in the order of PLACES. Raises KeyError."""
    unknown = sorted(set(thresholds) - set(PLACES))
    if unknown:
        raise KeyError(unknown[0])
    return [Bar(kind, *PLACES[kind], thresholds[kind]) for kind in PLACES if kind in thresholds]


def passed(values: Sequence[float], over: Iterable[Bar]) -> list[Passed]:
    """Find what reached its threshold. A value for YES must be as great as the threshold, one for NO as
    small as its negative; NaN reaches nothing."""
    found: list[Passed] = []
    for bar in over:
        threshold = bar.threshold
        value = values[bar.yes]
        if value >= threshold:
            found.append(Passed(bar.kind, YES, value, threshold))
        value = values[bar.no]
        if value <= -threshold:
            found.append(Passed(bar.kind, NO, value, threshold))
    return found
