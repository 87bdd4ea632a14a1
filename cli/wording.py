"""How the command puts numbers, times and names into words. Pure."""

import difflib
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

POLYMARKET_GAP: Final = "polymarket-gap"
NOT_RISKLESS: Final = "settles on a different source, never riskless"
"""Said wherever Polymarket stands beside Kalshi."""


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing where nothing comes near."""
    near = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def age(seconds: float | None) -> str:
    """An age or span in two or three places: 0.0 s, 4.2 s, 3 min, 2.5 h, 4 d; `-` where none is known."""
    if seconds is None:
        return "-"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    if seconds < 172_800:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86_400:.0f} d"


def countdown(seconds: float) -> str:
    """Time left as minutes and seconds; tenths in the last ten seconds."""
    if not math.isfinite(seconds) or seconds <= 0:
        return "0:00"
    if seconds < 9.95:
        return f"0:0{seconds:.1f}"
    whole_s = max(10, int(seconds))
    return f"{whole_s // 60}:{whole_s % 60:02d}"


def dollars(usd: float) -> str:
    """A price level of bitcoin: $97,123.45."""
    return f"${usd:,.2f}"


def contract_price(price_e6: int) -> str:
    """A contract price in dollars, with the places it needs and at least two; `-` for an empty side."""
    if price_e6 < 0:
        return "-"
    whole = f"{price_e6 / 1_000_000:.6f}".rstrip("0")
    places = len(whole.split(".")[1])
    return "$" + whole + "0" * max(0, 2 - places)


def contract_side(price_e6: int, count_e2: int) -> str:
    """Price and contracts of one side of a market; `-` for an empty one."""
    return f"{contract_price(price_e6)} x {count(count_e2)}" if price_e6 >= 0 else "-"


def count(count_e2: int) -> str:
    """A number of contracts; hundredths only where there are any."""
    return f"{count_e2 // 100:,}" if count_e2 % 100 == 0 else f"{count_e2 / 100:,.2f}"


def per_second(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 9.95 or rate == 0 else f"{rate:.1f}"


def number(value: float | None, places: int) -> str:
    """`-` where it is not known."""
    return "-" if value is None else f"{value:.{places}f}"


def milliseconds(ms: float | None) -> str:
    """A latency; `-` where it is not known."""
    if ms is None or ms < 0:
        return "-"
    return f"{ms:.1f}" if ms < 99.95 else f"{ms:,.0f}"


def clock_utc(at_ns: int, places: int = 3) -> str:
    """Time of day in UTC with so many places: 20:55:40.123."""
    whole_s, part_ns = divmod(at_ns, 1_000_000_000)
    text = datetime.fromtimestamp(whole_s, UTC).strftime("%H:%M:%S")
    return f"{text}.{part_ns:09d}"[: len(text) + (1 + places if places else 0)]


def moment_utc(at_ns: int) -> str:
    """Date and time of day in UTC, to the second: 2026-11-22 20:55:40."""
    return datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def printable(text: str) -> str:
    """The same in one line; what would move a terminal's cursor is escaped. Venues send what they like."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
