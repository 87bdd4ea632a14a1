"""The two ladders of a book, as Kalshi writes them, into levels in YES prices."""

from typing import Any

from actors.kalshi.numbers import count_e2, dollars_e6
from actors.kalshi.wire import rows
from messages import DOLLAR_E6, Level

CENT_E6 = 10_000


def read_ladder(body: dict[str, Any], name: str, old_name: str) -> list[Level]:
    """Read `[["0.0800","300.00"],…]`; absent means empty. Prices as written, in either side's terms.

    old_name: where cents stood until March 2026, `[[8,300],…]`; read only if the new name is absent.
    """
    if body.get(name) is None and body.get(old_name) is not None:
        return [(_whole(row, 0) * CENT_E6, _whole(row, 1) * 100) for row in rows(body, old_name)]
    levels: list[Level] = []
    for row in rows(body, name):
        if not isinstance(row, list) or len(row) != 2:
            message = f"{name} has {row!r} for a level"
            raise ValueError(message)
        levels.append((dollars_e6(row[0]), count_e2(row[1])))
    return levels


def _whole(row: Any, place: int) -> int:
    if not isinstance(row, list) or len(row) != 2 or row[place].__class__ is not int:
        message = f"{row!r} is not a level of cents and contracts"
        raise ValueError(message)
    return int(row[place])


def mirrored(levels: list[Level]) -> list[Level]:
    """Turn NO bids into YES asks (and back): same count at one dollar less the price."""
    return [(DOLLAR_E6 - price, count) for price, count in levels]


def no_side_in_yes_prices(yes: list[Level], no: list[Level]) -> bool | None:
    """Tell from the book itself in which prices its NO side stands; None if both or neither are possible.

    A book is never crossed. Read in YES prices the NO side is an ask ladder and lies above every bid;
    read in NO prices it lies there after mirroring. Resting orders at the far ends make it nearly always
    plain which one is true.
    """
    if not yes or not no:
        return None
    best_bid = max(price for price, _ in yes)
    as_yes = min(price for price, _ in no) > best_bid
    as_no = DOLLAR_E6 - max(price for price, _ in no) > best_bid
    return None if as_yes == as_no else as_yes
