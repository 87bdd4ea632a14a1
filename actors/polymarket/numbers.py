"""Numbers and stamps as Polymarket writes them, exactly."""

from decimal import Decimal

DOLLAR_E6 = 1_000_000
_LARGEST_E6 = 2**53
_NS_PER_MS = 1_000_000


def size_e6(text: object) -> int:
    """Read a count of tokens written as text, x 10^6. Raises ValueError or ArithmeticError."""
    if type(text) is not str:
        raise ValueError(f"not a number as text: {text!r:.40}")
    scaled = Decimal(text).scaleb(6)
    if not 0 <= scaled < _LARGEST_E6:
        raise ValueError(f"no possible size: {text!r:.40}")
    return round(scaled)


def price_e6(text: object) -> int:
    """Read a token's price written as text, dollars x 10^6. Raises ValueError or ArithmeticError."""
    price = size_e6(text)
    if not 0 < price < DOLLAR_E6:
        raise ValueError(f"no price between 0 and 1: {text!r:.40}")
    return price


def touch_e6(text: object) -> int:
    """Read a best price, dollars x 10^6; -1 for the words of an empty side: none, "", 0 and 1.

    Raises ValueError or ArithmeticError.
    """
    if text is None or text == "":
        return -1
    price = size_e6(text)
    return price if 0 < price < DOLLAR_E6 else -1


def stamp_ns(text: object) -> int:
    """Read milliseconds since the epoch written as text; 0 for what is none."""
    if type(text) is str and text.isascii() and text.isdigit() and len(text) == 13:
        return int(text) * _NS_PER_MS
    return 0
