"""Kalshi's fees of taker and maker, exactly: integers from the price to the last digit.

*Source*: fee = rate x multiplier x contracts x P x (1 - P), the taker's rate 0.07, the maker's 0, 0.0175
or 0.035 by fee type; rounding by docs.kalshi.com getting_started/fee_rounding, the cent rule by Kalshi's
published fee schedule. Type and multiplier are those in force: an event's override before its series'.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final

from messages import DOLLAR_E6, Level

ONE_CONTRACT_E2: Final = 100
_TAKER_RATE_E4: Final = 700
_SCALE: Final = 10_000 * 100 * DOLLAR_E6 * DOLLAR_E6  # of rate, count, multiplier, and one of the two prices
_CENT_E6: Final = 10_000
_DIRECT_STEP_E6: Final = 100

_MAKER_RATES_E4: Final = {
    "quadratic": 0,
    "quadratic_with_maker_fees": 175,
    "quadratic_with_combo_maker_fees": 350,
}
"""Fee types whose taker pays the quadratic fee, and the rate that their maker pays."""


class Rounding(Enum):
    """DIRECT: up to $0.0001, for members with direct access. NON_DIRECT: the same fee, then the balance
    down to whole cents. CENT: up to the next cent, the published schedule and the safe upper bound."""

    DIRECT = "direct"
    NON_DIRECT = "non-direct"
    CENT = "cent"


def multiplier_e6(fee_type: str, multiplier: str) -> int | None:
    """Scale a market's fee multiplier; None where the fee is not known, so that nobody guesses it."""
    if fee_type not in _MAKER_RATES_E4:
        return None
    try:
        scaled = Decimal(multiplier) * DOLLAR_E6
    except InvalidOperation:
        return None
    if not scaled.is_finite() or scaled < 0 or scaled != scaled.to_integral_value():
        return None
    return int(scaled)


def taker_fee_e6(price_e6: int, count_e2: int, multiplier_e6: int, rounding: Rounding) -> int:
    """Fee in dollars x 10^6 of taking `count_e2` / 100 contracts at a price. The same for both sides."""
    return order_fee_e6(((price_e6, count_e2),), multiplier_e6, rounding)


def order_fee_e6(fills: Iterable[Level], multiplier_e6: int, rounding: Rounding) -> int:
    """Fee of one order that took these (price_e6, count_e2): it is rounded once, over all of them.

    *Source*: the accumulator of docs.kalshi.com getting_started/fee_rounding, which gives back per order
    what rounding each fill took too much; 362 live orders were billed so.
    """
    return _fee_e6(fills, _TAKER_RATE_E4 * multiplier_e6, rounding)


def maker_fee_e6(price_e6: int, count_e2: int, fee_type: str, multiplier_e6: int, rounding: Rounding) -> int:
    """Fee in dollars x 10^6 of an order that rested and was met for `count_e2` / 100 contracts.

    Balances are rounded even where the rate is 0. Raises KeyError for a type whose multiplier is None.
    """
    return _fee_e6(((price_e6, count_e2),), _MAKER_RATES_E4[fee_type] * multiplier_e6, rounding)


def _fee_e6(fills: Iterable[Level], rate_e10: int, rounding: Rounding) -> int:
    exact = paid_e8 = 0
    for price_e6, count_e2 in fills:
        exact += count_e2 * price_e6 * (DOLLAR_E6 - price_e6)
        paid_e8 += price_e6 * count_e2
    exact *= rate_e10
    if rounding is Rounding.CENT:
        return _up(exact, _SCALE * _CENT_E6) * _CENT_E6
    fee_e6 = _up(exact, _SCALE * _DIRECT_STEP_E6) * _DIRECT_STEP_E6
    if rounding is Rounding.DIRECT:
        return fee_e6
    return (_up(paid_e8 + fee_e6 * ONE_CONTRACT_E2, _CENT_E6 * 100) * _CENT_E6 * 100 - paid_e8) // 100


def _up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
