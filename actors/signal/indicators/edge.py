"""Edge of the fair value over the book, at the size that is really there, net of the exact fee."""

import math
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from actors.fees import Rounding, maker_fee_e6, order_fee_e6
from actors.signal.ladder import Ladder
from messages import DOLLAR_E6, Level


class Costs(msgspec.Struct, frozen=True, gc=False):
    """What one contract costs, fee included, in USD; NaN: cannot be had.

    yes: of YES taken from the asks. no: of NO taken from the bids. maker_yes: of YES resting at the best
    bid. maker_no: of NO resting at the best ask, that is at 1 - ask.
    """

    yes: float
    no: float
    maker_yes: float
    maker_no: float


NO_COSTS = Costs(math.nan, math.nan, math.nan, math.nan)


class Edges(msgspec.Struct, frozen=True, gc=False):
    """yes, maker_yes: USD per contract that buying YES would bring. no, maker_no: what buying NO would
    bring, with the sign turned round, so that here as well what is greater speaks for YES: NO is worth
    buying where they are negative."""

    yes: float
    no: float
    maker_yes: float
    maker_no: float


def taken_usd(fills: Sequence[Level], multiplier_e6: int, rounding: Rounding) -> float:
    """Mean cost per contract of one order that takes these (price_e6, count_e2), its fee included."""
    count_e2 = sum(count for _, count in fills)
    if not count_e2:
        return math.nan
    paid_e8 = sum(price * count for price, count in fills)
    return (paid_e8 / count_e2 + 100 * order_fee_e6(fills, multiplier_e6, rounding) / count_e2) / DOLLAR_E6


def rested_usd(price_e6: int, count_e2: int, fee_type: str, multiplier_e6: int, rounding: Rounding) -> float:
    """Cost per contract of an order of so many that rests at a price until it is met whole."""
    fee_e6 = maker_fee_e6(price_e6, count_e2, fee_type, multiplier_e6, rounding)
    return (price_e6 + 100 * fee_e6 / count_e2) / DOLLAR_E6


def costs(
    ladder: Ladder, count_e2: int, fee_type: str, multiplier_e6: int | None, rounding: Rounding
) -> Costs:
    """What `count_e2` / 100 contracts of either side cost now, levels walked; fewer where fewer stand.

    A maker is taken to join the best level of his side, and to be met: who is met first is met by those
    who know better, and that cost is not in it. An empty side, a crossed book and a fee that is not known
    give none.
    """
    bid, _, ask, _ = ladder.touch
    if multiplier_e6 is None or (0 < ask <= bid):
        return NO_COSTS
    asks, bids = tuple(ladder.asks.fills(count_e2)), tuple(ladder.bids.fills(count_e2))
    return _costs(asks, bids, ask, bid, count_e2, fee_type, multiplier_e6, rounding)


@lru_cache(maxsize=1024)
def _costs(
    asks: tuple[Level, ...],
    bids: tuple[Level, ...],
    ask_e6: int,
    bid_e6: int,
    count_e2: int,
    fee_type: str,
    multiplier_e6: int,
    rounding: Rounding,
) -> Costs:
    """The costs of an order that meets these levels: most changes of a book are to others."""
    sold = [(DOLLAR_E6 - price, count) for price, count in bids]
    nan = math.nan
    return Costs(
        taken_usd(asks, multiplier_e6, rounding),
        taken_usd(sold, multiplier_e6, rounding),
        rested_usd(bid_e6, count_e2, fee_type, multiplier_e6, rounding) if bid_e6 > 0 else nan,
        rested_usd(DOLLAR_E6 - ask_e6, count_e2, fee_type, multiplier_e6, rounding) if ask_e6 > 0 else nan,
    )


def edges(fair: float, cost: Costs) -> Edges:
    """edge-yes = p - cost(YES); edge-no = -((1 - p) - cost(NO)); likewise for makers.

    Unit: USD per contract. With one level that is p - ask - fee(ask), and -(bid - p - fee(1 - bid)).
    *Source*: own derivation; the fee in actors/fees.py.
    """
    against = fair - 1.0
    return Edges(fair - cost.yes, against + cost.no, fair - cost.maker_yes, against + cost.maker_no)
