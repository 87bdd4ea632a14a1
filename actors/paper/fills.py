"""What an order takes of a book, and what that costs."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from actors.fees import Rounding, order_fee_e6
from actors.paper.book import BUY
from messages import Level


class Fill(NamedTuple):
    """Contracts taken at one price. fee_e6: their part of the order's fee; below 0 where they give back
    what the rounding of those before them took too much."""

    price_e6: int
    count_e2: int
    fee_e6: int


def cash_e6(action: str, fill: Fill) -> int:
    """What a fill costs a buyer or brings a seller, with its fee, in dollars x 10^6. What is less than the
    last digit goes against the account."""
    value = fill.price_e6 * fill.count_e2
    return -(-value // 100) + fill.fee_e6 if action == BUY else value // 100 - fill.fee_e6


def walk(offered: Iterable[Level], action: str, limit_e6: int, count_e2: int) -> list[Level]:
    """Take up to `count_e2` of what is offered, best first, at the limit or better."""
    taken: list[Level] = []
    for price_e6, there_e2 in offered:
        if count_e2 <= 0 or (price_e6 > limit_e6 if action == BUY else price_e6 < limit_e6):
            break
        part_e2 = min(count_e2, there_e2)
        taken.append((price_e6, part_e2))
        count_e2 -= part_e2
    return taken


def charge(levels: Sequence[Level], multiplier_e6: int, rounding: Rounding) -> list[Fill]:
    """Put the order's one fee, rounded once, on its fills: each bears what it added."""
    fills: list[Fill] = []
    before_e6 = 0
    for number, (price_e6, count_e2) in enumerate(levels, 1):
        fee_e6 = order_fee_e6(levels[:number], multiplier_e6, rounding)
        fills.append(Fill(price_e6, count_e2, fee_e6 - before_e6))
        before_e6 = fee_e6
    return fills
