"""What venues say, for tests: books around a price, health, and the index values that follow."""

from collections.abc import Iterable

from messages import BookChanged, BookSnapshot, FeedHealth, IndexValue, Level, Message

S = 1_000_000_000
MS = 1_000_000
NOW = 1_700_000_000 * S
E8 = 100_000_000
SYMBOL = "BTC-USD"


def levels(price: float, direction: int, size: float, count: int = 20) -> list[Level]:
    return [(round((price + direction * step) * E8), round(size * E8)) for step in range(count)]


def snapshot(
    venue: str, bid: float, ask: float, recv_ns: int, size: float = 1.0, *, checkpoint: bool = False
) -> BookSnapshot:
    """A book of twenty levels a side, a dollar apart."""
    bids, asks = levels(bid, -1, size), levels(ask, 1, size)
    return BookSnapshot(venue, SYMBOL, 0, recv_ns, 0, bids, asks, checkpoint)


def change(
    venue: str,
    recv_ns: int,
    bids: Iterable[tuple[float, float]] = (),
    asks: Iterable[tuple[float, float]] = (),
) -> BookChanged:
    """Levels as (USD, BTC)."""
    sides = [[(round(price * E8), round(size * E8)) for price, size in side] for side in (bids, asks)]
    return BookChanged(venue, SYMBOL, 0, recv_ns, 0, sides[0], sides[1])


def health(venue: str, at_ns: int, fresh: bool = True) -> FeedHealth:
    return FeedHealth(venue, 1, at_ns, fresh, 0, 0, 0, 0, -1.0, -1.0, 0.0, "")


def values(said: Iterable[Message], method: str = "") -> list[IndexValue]:
    """The index values, of one method or of all."""
    found = [message for message in said if isinstance(message, IndexValue)]
    return [value for value in found if not method or value.method == method]
