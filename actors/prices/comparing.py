"""What changed between two whole books of the wire, for venues that send the book anew each time."""

from collections.abc import Iterable

from actors.prices.numbers import text_e8
from messages import Level


def levels_of(side: Iterable[tuple[str, str]]) -> list[Level]:
    """Read price and size of each level. Raises ValueError or ArithmeticError."""
    return [(text_e8(price), text_e8(size)) for price, size in side]


def changes(old: dict[str, str], new: dict[str, str], *, reverse: bool = False) -> list[Level]:
    """Levels of one side that are another size now, 0 for gone, in the order of their prices.

    old, new: price to size, as texts. reverse: highest first, as bids are told. Raises ValueError or
    ArithmeticError.
    """
    # Compared as texts, in set operations of C: only what differs is ever read as a number. A set of
    # texts has another order in every process, hence the sorting.
    changed = {text_e8(price): 0 for price in old.keys() - new.keys()}
    changed.update(levels_of(new.items() - old.items()))
    return sorted(changed.items(), reverse=reverse)
