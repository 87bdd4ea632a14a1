"""Times and lengths in words."""

from datetime import UTC, datetime


def length(seconds: float) -> str:
    """A length of time in two or three places."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    if seconds < 7200:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / 3600:.3g} h" if seconds < 172_800 else f"{seconds / 86_400:.3g} d"


def moment(at_ns: int) -> str:
    """Date and time of day in UTC, to the second; `-` for 0."""
    if not at_ns:
        return "-"
    return datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def number(count: int, one: str, more: str = "") -> str:
    """A count with its word: 1 gap, 1,200 gaps. more: the plural where it is not one with an s."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def usd(amount: float) -> str:
    """Money won or lost: +$1.20, -$111.14."""
    return f"{'-' if amount < 0 else '+'}${abs(amount):,.2f}"
