"""What taking either side would bring, net of the fee."""

import math
from functools import lru_cache

import msgspec

from actors.fees import ONE_CONTRACT_E2, Rounding, taker_fee_e6
from messages import DOLLAR_E6, MarketQuoteChanged


class Offer(msgspec.Struct, frozen=True, gc=False):
    """One contract of one side, as it could be bought now."""

    side: str
    price_e6: int
    count_e2: int
    fee_e6: int
    edge_usd: float


def offers(
    fair: float, quote: MarketQuoteChanged, fee_multiplier_e6: int | None, rounding: Rounding
) -> list[Offer]:
    """What the book offers: YES at the ask, NO at 1 - bid. Sides that are empty, and fees that are not
    known, give none.

    edge = fair - ask - fee(ask) for YES; bid - fair - fee(bid) for NO.
    """
    if fee_multiplier_e6 is None:
        return []
    found: list[Offer] = []
    if 0 < quote.ask_e6 < DOLLAR_E6:
        fee_e6 = _contract_fee_e6(quote.ask_e6, fee_multiplier_e6, rounding)
        edge_usd = fair - (quote.ask_e6 + fee_e6) / DOLLAR_E6
        found.append(Offer("yes", quote.ask_e6, quote.ask_count_e2, fee_e6, edge_usd))
    if 0 < quote.bid_e6 < DOLLAR_E6:
        price_e6 = DOLLAR_E6 - quote.bid_e6
        fee_e6 = _contract_fee_e6(price_e6, fee_multiplier_e6, rounding)
        edge_usd = (quote.bid_e6 - fee_e6) / DOLLAR_E6 - fair
        found.append(Offer("no", price_e6, quote.bid_count_e2, fee_e6, edge_usd))
    return found


def edges_of(found: list[Offer]) -> tuple[float, float]:
    """The edges of YES and of NO; NaN for what is not offered."""
    yes = no = math.nan
    for offer in found:
        if offer.side == "yes":
            yes = offer.edge_usd
        else:
            no = offer.edge_usd
    return yes, no


@lru_cache(maxsize=1024)
def _contract_fee_e6(price_e6: int, multiplier_e6: int, rounding: Rounding) -> int:
    """The fee of taking one contract, worked out once a price."""
    return taker_fee_e6(price_e6, ONE_CONTRACT_E2, multiplier_e6, rounding)
