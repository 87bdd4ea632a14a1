"""Numbers in settings that must lie between two others."""

import math
from collections.abc import Mapping

import msgspec

Bounds = Mapping[str, tuple[float, float]]
"""Setting -> least and most, both allowed."""


def check_bounds(owner: str, settings: msgspec.Struct, bounds: Bounds) -> None:
    """Raise ValueError naming the owner, the first setting out of its bounds, and the bounds."""
    for name, (low, high) in bounds.items():
        value = getattr(settings, name)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"{owner} {name} is {value}; it must be between {low:g} and {high:g}")
