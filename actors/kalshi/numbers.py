"""Kalshi's numbers, text on the wire, as exact scaled integers. No binary floating point in between.

Everything here raises ValueError with a sentence for whatever is not such a number.
"""

import re
from datetime import date
from typing import Any, Final

MOST_CACHED: Final = 50_000
"""Texts of prices kept: every price that a ladder can have fits in."""

_DOLLARS: Final = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?", re.ASCII)
_COUNT: Final = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,2}))?", re.ASCII)
_THOUSANDS: Final = re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,6})?", re.ASCII)
_INDEX: Final = re.compile(r"(\d{1,12})(?:\.(\d{1,18}))?", re.ASCII)
_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()

_dollars_cache: dict[str, int] = {}


def dollars_e6(text: Any) -> int:
    """Read `"0.9400"` as 940000. At most six decimals, never negative."""
    if text.__class__ is not str:
        message = f"{text!r} stands where dollars are written as text"
        raise ValueError(message)
    known = _dollars_cache.get(text)
    if known is not None:
        return known
    match = _DOLLARS.fullmatch(text)
    if match is None:
        message = f"{text[:40]!r} is not an amount in dollars"
        raise ValueError(message)
    value = int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0"))
    if len(_dollars_cache) >= MOST_CACHED:
        _dollars_cache.clear()
    _dollars_cache[text] = value
    return value


def change_e2(text: Any) -> int:
    """Read a signed count, `"-54.00"`, as -5400. At most two decimals."""
    if text.__class__ is not str:
        message = f"{text!r} stands where a count is written as text"
        raise ValueError(message)
    if text[-3:-2] == ".":
        # As the venue always writes it. int() alone would take signs, blanks and underscores too.
        digits = text[:-3] + text[-2:]
        size = digits[1:] if digits[0] == "-" else digits
        if size.isdigit() and size.isascii() and 2 < len(size) <= 17:
            return int(digits)
    match = _COUNT.fullmatch(text)
    if match is None:
        message = f"{text[:40]!r} is not a count of contracts"
        raise ValueError(message)
    value = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    return -value if match[1] else value


def count_e2(text: Any) -> int:
    """Read a count, `"8.27"`, as 827. Never negative."""
    value = change_e2(text)
    if value < 0:
        message = f"{text!r} is negative where a count stands"
        raise ValueError(message)
    return value


def level_amount_e6(value: Any) -> int:
    """Read a strike or settlement value in dollars: text, with or without thousands separators, or number.

    A JSON number is taken by its shortest decimal text, which is what the venue wrote.
    """
    if isinstance(value, str):
        plain = value.replace(",", "") if _THOUSANDS.fullmatch(value) else value
        return dollars_e6(plain)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return dollars_e6(repr(value))
    message = f"{value!r} stands where an amount in dollars belongs"
    raise ValueError(message)


def index_e6(value: Any) -> int:
    """Read a value of an index, text or number, which may have more than six decimals: rounded half up."""
    plain = value if isinstance(value, str) else repr(value) if value.__class__ in (int, float) else ""
    match = _INDEX.fullmatch(plain)
    if match is None:
        message = f"{value!r} is not a value of an index"
        raise ValueError(message)
    digits = (match[2] or "").ljust(7, "0")
    return int(match[1]) * 1_000_000 + int(digits[:6]) + (digits[6] >= "5")


def rfc3339_ns(text: Any) -> int:
    """Read `"2026-08-22T18:01:26.758621Z"` as nanoseconds since the epoch, exactly."""
    match = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        message = f"{text!r} is not a time of RFC 3339"
        raise ValueError(message)
    hour, minute, second = int(match[4]), int(match[5]), int(match[6])
    if hour > 23 or minute > 59 or second > 60:
        message = f"{text!r} is not a time of RFC 3339"
        raise ValueError(message)
    days = date(int(match[1]), int(match[2]), int(match[3])).toordinal() - _EPOCH_DAY
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    if match[8]:
        shift = int(match[9]) * 3600 + int(match[10]) * 60
        seconds += shift if match[8] == "-" else -shift
    return seconds * 1_000_000_000 + int((match[7] or "").ljust(9, "0"))
