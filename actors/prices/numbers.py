"""Prices and sizes of the wire as integers x 10^8, exactly."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from messages import Level

FLOAT_LIMIT_E8 = 2**51
"""About 22.5 million, below which floats are exact here: a double carries 53 bits, reading and
multiplying lose at most half a unit each of the last one, so the sum of both errors is under one half
and `round` finds the integer that was written. Digits beyond the eighth decimal are rounded."""
LIMIT_E8 = 2**63
"""Above the float limit Decimal reads: somebody does offer bitcoin at 64 million dollars."""


def text_e8(text: object) -> int:
    """Read a number written as text, as most venues write it. Raises ValueError or ArithmeticError."""
    if type(text) is not str:  # float() would take numbers and booleans too
        raise ValueError(f"not a number as text: {text!r:.40}")
    scaled = round(float(text) * 1e8)
    if 0 <= scaled < FLOAT_LIMIT_E8:
        return scaled
    if not 0 <= scaled < LIMIT_E8:
        raise ValueError(f"not between 0 and {LIMIT_E8 // 10**8}: {text!r:.40}")
    return round(Decimal(text).scaleb(8))


def number_e8(number: object) -> int:
    """Read a JSON number, as Kraken writes it. Raises ValueError or ArithmeticError."""
    # `type(...) is`, because True is an int to isinstance.
    if type(number) is float:
        scaled = round(number * 1e8)
        if 0 <= scaled < FLOAT_LIMIT_E8:
            return scaled
    elif type(number) is int:
        scaled = number * 100_000_000
    else:
        raise ValueError(f"not a number: {number!r:.40}")
    if not 0 <= scaled < LIMIT_E8:
        raise ValueError(f"not between 0 and {LIMIT_E8 // 10**8}: {number!r:.40}")
    # repr() gives back the shortest text that is this float: what the venue wrote, up to 15 digits.
    return round(Decimal(repr(number)).scaleb(8))


def either_e8(value: object) -> int:
    """Read a number where documents and recordings disagree on text or number."""
    return text_e8(value) if type(value) is str else number_e8(value)


def sided_levels(changes: Iterable[Any]) -> tuple[list[Level], list[Level]]:
    """Read `["buy" or "sell", price, size]` each, as Coinbase and Gemini write them, into bids and asks.

    Raises ValueError or ArithmeticError, TypeError for what cannot be taken apart.
    """
    bids: list[Level] = []
    asks: list[Level] = []
    for side, price, size in changes:
        if side == "buy":
            bids.append((text_e8(price), text_e8(size)))
        elif side == "sell":
            asks.append((text_e8(price), text_e8(size)))
        else:
            raise ValueError(f"side {side!r:.20}")
    return bids, asks
