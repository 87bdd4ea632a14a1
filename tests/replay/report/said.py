"""What the actors say, for the tests of the page."""

from messages import (
    ActorStarted,
    ActorStateChanged,
    FeedGap,
    FeedHealth,
    IndexCompared,
    IndexValue,
    QuoteChanged,
)
from messages.index import MethodError

S = 10**9
SESSION = "2026-11-23T00-00-00Z"


def index_value(
    at_ns: int, usd: float, method: str = "cme-cf", chosen: bool = True, withheld: str = "", cause_ns: int = 0
) -> IndexValue:
    return IndexValue(
        "BRTI", method, at_ns, cause_ns or at_ns, usd, [], [], False, withheld, at_ns, chosen
    )  # fmt: skip


def compared(at_ns: int, **errors: float) -> IndexCompared:
    told = [MethodError(name.replace("_", "-"), 84_000.0, error) for name, error in errors.items()]
    return IndexCompared("BRTI", at_ns, at_ns, at_ns, 84_000_000_000, told, 0.0, [])


def venue_quote(at_ns: int, bid_usd: float, ask_usd: float, venue: str = "coinbase") -> QuoteChanged:
    size = 10**8
    return QuoteChanged(
        venue, "BTC-USD", 1, at_ns, 0, round(bid_usd * 1e8), size, round(ask_usd * 1e8), size
    )  # fmt: skip


def health(at_ns: int, fresh: bool = True, p50: float = -1.0, p99: float = -1.0, why: str = "") -> FeedHealth:
    return FeedHealth("coinbase", 1, at_ns, fresh, 1, 1, 0, 0, p50, p99, 0.0, why)


def gap(from_ns: int, to_ns: int, why: str = "closed", venue: str = "coinbase") -> FeedGap:
    return FeedGap(venue, 2, from_ns, to_ns, why)


def started(name: str, at_ns: int, settings: str = "{}") -> ActorStarted:
    return ActorStarted(name, SESSION, 7, at_ns, "1.2", settings)


def moved(name: str, at_ns: int, was: str, now: str, why: str = "") -> ActorStateChanged:
    return ActorStateChanged(name, at_ns, was, now, why, 7, 0, 0.0)
