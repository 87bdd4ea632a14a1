"""The market clock: windows, seconds and names, with the quarter hour shortened by `speed`.

A market second lasts 1/speed real seconds. Windows end at whole multiples of their real length since
the epoch, so at speed 1 they are the true quarter hours. All instants are real, in ns since the epoch.
"""

from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class MarketClock:
    """Converts between real time and the market's seconds and windows, without rounding error."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        exact = Fraction(speed).limit_denominator(1000)
        self._per = exact.numerator
        self._ns = 1_000_000_000 * exact.denominator

    def seconds_ns(self, market_s: float) -> int:
        """How long so many market seconds really last."""
        return round(market_s * self._ns / self._per)

    def stamp_ns(self, second: int) -> int:
        """When the market second of this number begins."""
        return -(-second * self._ns // self._per)

    def second(self, at_ns: int) -> int:
        """The market second that has begun at this instant: the last with stamp_ns <= at_ns."""
        return at_ns * self._per // self._ns

    def ticker_time(self, close_ns: int, hourly: bool = False) -> tuple[str, str]:
        """The parts of a ticker that name its close: `26AUG170100` and `00`, in New York time.

        hourly: `26AUG1701`. With speed above 1 several windows close in one minute (or hour): then the
        suffix carries the seconds too (`0015`), and where they are not whole the milliseconds.
        An hourly name carries minute and second in the same case.
        """
        local = datetime.fromtimestamp(close_ns // 1_000_000_000, NEW_YORK)
        date = f"{local:%y}{_MONTHS[local.month - 1]}{local:%d%H}"
        second = f"{local:%S}" if self.speed > 1 else ""
        if second and close_ns % 1_000_000_000:
            second += f"{close_ns // 1_000_000 % 1000:03d}"
        if hourly:
            return date + (f"{local:%M}{second}" if second else ""), ""
        return f"{date}{local:%M}", f"{local:%M}{second}"


def iso(at_ns: int) -> str:
    """RFC 3339 in UTC: whole seconds bare, else with microseconds, as the venue writes them."""
    seconds, nanos = divmod(at_ns, 1_000_000_000)
    text = _second_text(seconds)
    return f"{text}.{nanos // 1000:06d}Z" if nanos else f"{text}Z"


@lru_cache(maxsize=64)
def _second_text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def spoken_time(at_ns: int, seconds: bool) -> str:
    """`1:00 AM EDT on Aug 17, 2026`, as rule texts have it."""
    local = datetime.fromtimestamp(at_ns // 1_000_000_000, NEW_YORK)
    hour = local.hour % 12 or 12
    minute = f"{local:%M:%S}" if seconds else f"{local:%M}"
    return f"{hour}:{minute} {local:%p %Z} on {local:%b} {local.day}, {local.year}"


def in_thursday_pause(at_ns: int) -> bool:
    """Thursday 03:00-05:00 in New York, when the real exchange is closed."""
    local = datetime.fromtimestamp(at_ns // 1_000_000_000, NEW_YORK)
    return local.weekday() == 3 and 3 <= local.hour < 5
