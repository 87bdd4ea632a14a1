"""When what is held is worth more sold than kept."""

from typing import NamedTuple

from actors.fees import ONE_CONTRACT_E2, Rounding, taker_fee_e6
from actors.paper.book import NO, YES
from messages import DOLLAR_E6, FairValue


class Exit(NamedTuple):
    """A side that is better sold, at this price or more."""

    side: str
    limit_e6: int


def exits(fair: FairValue, multiplier_e6: int, rounding: Rounding, edge_usd: float) -> list[Exit]:
    """Sides that the market buys for at least `edge_usd` more than they are worth, net of the fee.

    YES: bid - fee(bid) - p >= edge; NO: (1 - ask) - fee(ask) - (1 - p) >= edge.
    """
    if fair.withheld:
        return []
    found: list[Exit] = []
    for side, price_e6, worth in (
        (YES, fair.bid_e6, fair.probability),
        (NO, DOLLAR_E6 - fair.ask_e6 if fair.ask_e6 > 0 else -1, 1.0 - fair.probability),
    ):
        if 0 < price_e6 < DOLLAR_E6:
            fee_e6 = taker_fee_e6(price_e6, ONE_CONTRACT_E2, multiplier_e6, rounding)
            if (price_e6 - fee_e6) / DOLLAR_E6 - worth >= edge_usd:
                found.append(Exit(side, price_e6))
    return found
