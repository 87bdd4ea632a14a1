"""Venue stamps as nanoseconds since the epoch. What is no stamp is 0, never an error of the feed."""

from datetime import UTC, datetime

MS_NS = 1_000_000
_EARLIEST_NS = 1_230_768_000 * 1_000_000_000
"""2009: before it there was no bitcoin to stamp. Coinbase has sent the year 1."""
_LATEST_NS = 2**63 - 1
_UNIT_NS = [10 ** (9 - digits) for digits in range(10)]
"""Weight of a fraction's last digit, by the number of its digits."""


class Rfc3339:
    """Reads `2026-07-07T22:58:17.288883Z`. Keeps the last second it saw, as stamps come in bunches."""

    def __init__(self) -> None:
        self._second = ""
        self._second_ns = 0

    def ns(self, text: str) -> int:
        """Nanoseconds since the epoch. Raises ValueError or TypeError for what is no UTC stamp."""
        second = text[:19]
        if second != self._second:
            at = datetime.fromisoformat(second).replace(tzinfo=UTC)
            self._second_ns = int(at.timestamp()) * 1_000_000_000
            self._second = second
        if text[-1] != "Z":
            raise ValueError("not UTC")
        digits = text[20:-1]
        fraction = int(digits) * _UNIT_NS[len(digits)] if digits else 0
        return sane_ns(self._second_ns + fraction)


def sane_ns(at_ns: int) -> int:
    """Pass a stamp on, 0 if it cannot be one."""
    return at_ns if _EARLIEST_NS < at_ns <= _LATEST_NS else 0
