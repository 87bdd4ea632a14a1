"""The most that one contract may cost."""

from collections.abc import Sequence

from actors.fees import ONE_CONTRACT_E2, Rounding, taker_fee_e6
from messages import DOLLAR_E6

_CENT_E6 = 10_000


def limit_e6(
    offered_e6: int,
    worth_usd: float,
    keep_usd: float,
    ticks: Sequence[tuple[int, int, int]],
    multiplier_e6: int,
    rounding: Rounding,
) -> int:
    """Find the greatest price of a side at which a contract still leaves `keep_usd` after the taker's fee.

    offered_e6: what it costs now; the limit is never below. worth_usd: the side's probability. ticks: the
    price ladder, [start, end, step] rows in YES prices; it is the same for NO, seen from the other end, in
    every structure that Kalshi has. Whole cents where it is not known.
    """
    best = offered_e6
    for start, end, step in ticks or [(0, DOLLAR_E6, _CENT_E6)]:
        low = max(0, -(-(max(start, offered_e6) - start) // step))
        high = (min(end, DOLLAR_E6 - 1) - start) // step
        while low <= high:  # price and fee together rise with the price
            middle = (low + high) // 2
            price_e6 = start + middle * step
            fee_e6 = taker_fee_e6(price_e6, ONE_CONTRACT_E2, multiplier_e6, rounding)
            if worth_usd - (price_e6 + fee_e6) / DOLLAR_E6 >= keep_usd:
                best = max(best, price_e6)
                low = middle + 1
            else:
                high = middle - 1
    return best
