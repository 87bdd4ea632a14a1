"""A settled market, read once more by REST: it must say what it said, and one must follow from the other."""

from typing import Any, Final

from actors.kalshi.definitions import Market, dollars
from actors.kalshi.numbers import level_amount_e6
from actors.kalshi.wire import optional_text
from messages import MarketChecked

AT_LEAST: Final = "greater_or_equal"
ABOVE: Final = "greater"


def check(market: Market, row: dict[str, Any], now_ns: int, frame: int) -> MarketChecked:
    """Hold a REST object, already taken in, against all that was said before. *Raises* ValueError.

    What was said twice and differently is told with both figures; so is a result that does not follow from
    strike and settlement, and a strike that only the market before gave.
    """
    strike_e6 = _amount_e6(row, "floor_strike")
    expiration_e6 = _amount_e6(row, "expiration_value")
    result = optional_text(row, "result")
    differences = list(market.contradictions)
    if market.strike_e6 >= 0 and strike_e6 != market.strike_e6:
        has = dollars(strike_e6) if strike_e6 >= 0 else "none"
        said = f"{dollars(market.strike_e6)} ({market.strike_source})"
        differences.append(f"strike was {said}, REST has {has}")
    follows = expected_result(market.strike_type, strike_e6, expiration_e6)
    if follows and result in ("yes", "no") and result != follows:
        figures = f"settlement {dollars(expiration_e6)}, strike {dollars(strike_e6)}"
        differences.append(f"result is {result}, but {follows} follows from {figures} ({market.strike_type})")
    return MarketChecked(market.ticker, now_ns, strike_e6, result, expiration_e6, differences, frame)


def expected_result(strike_type: str, strike_e6: int, expiration_e6: int) -> str:
    """Say what follows from strike and settlement; "" where they do not tell.

    *Source*: the rule texts of KXBTC15M (at least) and KXBTCD (above).
    """
    if strike_e6 < 0 or expiration_e6 < 0 or strike_type not in (AT_LEAST, ABOVE):
        return ""
    reached = expiration_e6 >= strike_e6 if strike_type == AT_LEAST else expiration_e6 > strike_e6
    return "yes" if reached else "no"


def _amount_e6(row: dict[str, Any], name: str) -> int:
    return -1 if row.get(name) in (None, "") else level_amount_e6(row[name])
