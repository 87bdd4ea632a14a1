"""Logarithm and exponential of probabilities, alike on every machine.

The C library's differ in the last bit from one system to the next. Here are only operations that all round
alike: + - * / and exact scaling by powers of two.
"""

import math
from typing import Final

LEAST: Final = 1e-6
"""Probabilities nearer to 0 or 1 than this count as this near."""
MOST_LOG_ODDS: Final = 20.0

_LN2: Final = 0.6931471805599453
_LN2_HIGH: Final = 0.693147180369123816490  # its last 21 bits are 0: small multiples are exact
_LN2_LOW: Final = 1.90821492927058770002e-10
_ROOT_HALF: Final = 0.7071067811865476


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), for p held a millionth away from 0 and 1; right to 1e-14."""
    kept = max(LEAST, min(1.0 - LEAST, probability))
    mantissa, exponent = math.frexp(kept / (1.0 - kept))
    if mantissa < _ROOT_HALF:
        mantissa, exponent = 2.0 * mantissa, exponent - 1
    x = (mantissa - 1.0) / (mantissa + 1.0)
    square = x * x
    total = 0.0
    for odd in range(21, 0, -2):  # ln m = 2 (x + x^3/3 + x^5/5 + ...)
        total = total * square + 1.0 / odd
    return 2.0 * x * total + exponent * _LN2


def from_log_odds(value: float) -> float:
    """1 / (1 + e^-value), for values held within +-20; right to 1e-15."""
    kept = max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, value))
    power = round(-kept / _LN2)
    rest = (-kept - power * _LN2_HIGH) - power * _LN2_LOW
    total = 1.0
    for number in range(14, 0, -1):  # e^x = 1 + x (1 + x/2 (1 + x/3 (...)))
        total = 1.0 + total * rest / number
    return 1.0 / (1.0 + math.ldexp(total, power))
