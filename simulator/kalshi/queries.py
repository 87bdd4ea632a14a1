"""Reading a REST call's query the way the venue does: strict integers, known words, opaque cursors."""

import base64
import binascii

from simulator.kalshi.market import ACTIVE, CLOSED, DETERMINED, FINALIZED, INACTIVE, INITIALIZED, Market

# Filter word to the statuses it means.
STATUS_FILTER = {
    "unopened": {INITIALIZED},
    "open": {ACTIVE},
    "paused": {INACTIVE},
    "closed": {CLOSED, DETERMINED},
    "settled": {FINALIZED},
}


class BadQueryError(Exception):
    """A parameter that the venue answers with 400."""


class Query:
    """A call's parameters; repeated ones keep their order."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def text(self, key: str) -> str:
        """The last value of a parameter, empty where absent."""
        return next((value for name, value in reversed(self._pairs) if name == key), "")

    def all(self, key: str) -> list[str]:
        return [value for name, value in self._pairs if name == key]

    def integer(self, key: str) -> int | None:
        """None where absent. *Raises* BadQueryError for anything but digits, floats included."""
        value = self.text(key)
        if not value:
            return None
        if not value.removeprefix("-").isdigit():
            raise BadQueryError(f"invalid {key}: must be an integer")
        return int(value)

    def bounded(self, key: str, low: int, high: int, default: int) -> int:
        value = self.integer(key)
        if value is None:
            return default
        if not low <= value <= high:
            raise BadQueryError(f"invalid {key}: must be between {low} and {high}")
        return value

    def cursor(self) -> int:
        """How many items earlier pages have given."""
        value = self.text("cursor")
        if not value:
            return 0
        try:
            return int(base64.urlsafe_b64decode(value.encode()).decode().removeprefix("after:"))
        except (ValueError, binascii.Error) as error:
            raise BadQueryError("invalid cursor") from error

    def page(self, limit: int, found: int) -> tuple[slice, str]:
        """The slice of what was found that this page gives, and the next page's cursor, "" at the end."""
        begin = self.cursor()
        end = begin + limit
        more = limit > 0 and end < found
        return slice(begin, end), base64.urlsafe_b64encode(f"after:{end}".encode()).decode() if more else ""

    def wanted_status(self) -> set[str]:
        """Statuses that the filter lets through; empty: all."""
        words = [word for word in self.text("status").split(",") if word]
        if any(word not in STATUS_FILTER for word in words):
            raise BadQueryError(f"invalid status: must be one of {', '.join(STATUS_FILTER)}")
        return set().union(*(STATUS_FILTER[word] for word in words))

    def keeps(self, market: Market) -> bool:
        """True where the market lies within every min_… and max_… bound given (Unix seconds)."""
        stamps = {
            "created": market.created_ns,
            "updated": market.updated_ns,
            "close": market.close_ns,
            "settled": market.finalized_ns,
        }
        for name, at_ns in stamps.items():
            low, high = self.integer(f"min_{name}_ts"), self.integer(f"max_{name}_ts")
            if (low is not None or high is not None) and not at_ns:
                return False
            if low is not None and at_ns < low * 1_000_000_000:
                return False
            if high is not None and at_ns > high * 1_000_000_000:
                return False
        return True
