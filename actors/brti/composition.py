"""A value of the index with all that it is made of."""

from typing import NamedTuple

from messages import LeftOut, Share


class Composition(NamedTuple):
    """value_usd is 0.0 where the method allows no value, and then withheld says why.

    depth_btc, curve_btc, cap_btc: as in IndexValue; 0 for methods that know no such thing.
    """

    value_usd: float
    shares: list[Share]
    left_out: list[LeftOut]
    withheld: str = ""
    depth_btc: float = 0.0
    curve_btc: float = 0.0
    cap_btc: float = 0.0


def nobody(left_out: list[LeftOut]) -> str:
    """Say that no venue qualifies, and why none does."""
    return "no venue qualifies: " + ", ".join(f"{out.venue} {out.why}" for out in left_out)
