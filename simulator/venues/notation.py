"""How venues write numbers and times: integers in, the exact text of the wire out.

A number is an integer count of its smallest unit and the number of decimals of that unit, so a text
never depends on how a float happens to print.
"""

from datetime import UTC, datetime
from functools import lru_cache

_NS_PER_S = 1_000_000_000


def padded(units: int, decimals: int) -> str:
    """Write all decimals: 10000000 units of 8 decimals are `0.10000000`."""
    digits = str(units).zfill(decimals + 1)
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def trimmed(units: int, decimals: int) -> str:
    """Write no more decimals than needed: 10000000 units of 8 decimals are `0.1`, 0 is `0`."""
    return padded(units, decimals).rstrip("0").rstrip(".")


def rfc3339_us(at_ns: int) -> str:
    """Write a time like `2026-07-07T22:58:18.000001Z`, always six decimals."""
    second, ns = divmod(at_ns, _NS_PER_S)
    return f"{_second(second)}.{ns // 1_000:06d}Z"


def rfc3339_ns(at_ns: int) -> str:
    """Write a time as Go does: up to nine decimals without trailing zeros, `…18.66623968Z`."""
    second, ns = divmod(at_ns, _NS_PER_S)
    if ns == 0:
        return f"{_second(second)}Z"
    return f"{_second(second)}.{ns:09d}".rstrip("0") + "Z"


def rfc3339_ms(at_ns: int) -> str:
    """Write a time like `2026-09-23T01:28:14.741Z`, always three decimals."""
    second, ns = divmod(at_ns, _NS_PER_S)
    return f"{_second(second)}.{ns // 1_000_000:03d}Z"


def rfc3339_s(at_ns: int) -> str:
    """Write a time in whole seconds like `2025-11-11T00:17:10Z`."""
    return f"{_second(at_ns // _NS_PER_S)}Z"


@lru_cache(maxsize=64)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
