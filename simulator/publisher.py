"""Publishes the simulated official index: a value every 200 ms of market time, and what it was made of.

A value stamped T is made of the books as the public could see them just before T: it is asked for before the
world moves on.
"""

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from simulator.book import ASK, BID, SimBook
from simulator.kalshi.clock import MarketClock
from simulator.official import Book, Side, index_usd, to_cents
from simulator.settings import IndexSettings
from simulator.venues.notation import padded

CONSTITUENTS = ("coinbase", "kraken", "bitstamp", "gemini", "cryptocom", "bullish", "itbit", "lmax")
PER_SECOND = 5
_DECIMALS = 8
_KEPT_S = 120  # market seconds whose books are remembered
_REST_NS = 5_000_000  # between two computations that no whole second asks for


class Value(NamedTuple):
    """number: of its place on the grid of 200 ms, whole seconds are the multiples of 5."""

    number: int
    stamp_ns: int
    cents: int


class Second(NamedTuple):
    """What one whole second's value was made of. flushed_ns: when the streams were flushed for it."""

    value: Value
    flushed_ns: int
    books: dict[str, Book]


@dataclass
class _Followed:
    """One venue's book, and what the public saw of it when it was last looked at."""

    book: SimBook
    price_decimals: int
    shown_levels: int
    version: int = -1
    public: Book | None = None

    def look(self) -> Book:
        if self.public is None or self.version != self.book.version:
            self.version = self.book.version
            self.public = Book(self._side(BID), self._side(ASK))
        return self.public

    def _side(self, side: str) -> Side:
        prices, sizes = self.book.arrays(side, self.shown_levels)
        return Side(prices * 10 ** (_DECIMALS - self.price_decimals), sizes)


class Publisher:
    """Computes the index when it is due. Reads no clock; what it computes depends on the books alone."""

    def __init__(self, speed: float, settings: IndexSettings) -> None:
        self.values: deque[Value] = deque(maxlen=_KEPT_S * PER_SECOND)  # oldest first
        self.seconds: dict[int, Second] = {}  # by stamp_ns, oldest first
        self._grid = MarketClock(speed * PER_SECOND)
        self._settings = settings
        self._followed: dict[str, _Followed] = {}
        self._number: int | None = None
        self._cents = 0
        self._versions: list[int] = []  # of the books that made it
        self._computed_ns = 0
        self._published_ns = 0

    def follow(self, venue: str, book: SimBook, price_decimals: int, shown_levels: int) -> None:
        """Let this venue's book count, if the venue is one of the index's constituents."""
        if venue in CONSTITUENTS:
            followed = {**self._followed, venue: _Followed(book, price_decimals, shown_levels)}
            self._followed = {name: followed[name] for name in CONSTITUENTS if name in followed}
            self._versions = []

    def turn(self, now_ns: int, spot_usd: float, flushed_ns: int) -> None:
        """Publish what is due by now; to be called before the books move on.

        A whole second is never left out. What lies between is where it would come within 5 ms of real time.
        spot_usd: the value while no constituent is simulated.
        """
        number, before = self._grid.second(now_ns), self._number
        if before is None:  # the running second too, so that no second since the start is without a value
            before = number - number % PER_SECOND - 1
        if number <= before:
            return
        self._number = number
        whole = number // PER_SECOND > before // PER_SECOND
        if whole or now_ns - self._published_ns >= _REST_NS:
            self._compute(now_ns, spot_usd)
        elif self._changed():
            return
        self._published_ns = now_ns
        for due in range(max(before + 1, number - _KEPT_S * PER_SECOND + 1), number + 1):
            value = Value(due, self._grid.stamp_ns(due), self._cents)
            self.values.append(value)
            if due % PER_SECOND == 0:
                self._remember(value, flushed_ns)

    def value_usd(self, now_ns: int, spot_usd: float) -> float:
        """The index as it stands between two published values, at most 5 ms old, in whole cents."""
        if now_ns - self._computed_ns >= _REST_NS:
            self._compute(now_ns, spot_usd)
        return self._cents / 100.0

    def since(self, number: int) -> list[Value]:
        """What was published after this place on the grid, oldest first; at most two minutes of it."""
        fresh = []
        for value in reversed(self.values):
            if value.number <= number:
                break
            fresh.append(value)
        return fresh[::-1]

    def describe(self, stamp_ns: int | None) -> dict[str, object] | None:
        """The second with this stamp (None: the newest) with its books in exact strings, None if unknown."""
        if stamp_ns is None and self.seconds:
            stamp_ns = next(reversed(self.seconds))
        second = self.seconds.get(stamp_ns or 0)
        if second is None:
            return None
        return {
            "stamp_ns": second.value.stamp_ns,
            "official": padded(second.value.cents, 2),
            "flushed_ns": second.flushed_ns,
            "books": {
                venue: {
                    "bids": self._shown(venue, book.bids),
                    "asks": self._shown(venue, book.asks),
                }
                for venue, book in second.books.items()
            },
        }

    def _compute(self, now_ns: int, spot_usd: float) -> None:
        self._computed_ns = now_ns
        if not self._changed():
            return
        self._versions = [followed.book.version for followed in self._followed.values()]
        books = [followed.look() for followed in self._followed.values()]
        value_usd = index_usd(books, self._settings.cap_sample, self._settings.uncross)
        self._cents = to_cents(spot_usd if value_usd is None else value_usd)

    def _changed(self) -> bool:
        versions = [followed.book.version for followed in self._followed.values()]
        return versions != self._versions or not versions

    def _remember(self, value: Value, flushed_ns: int) -> None:
        books = {venue: followed.look() for venue, followed in self._followed.items()}
        self.seconds[value.stamp_ns] = Second(value, flushed_ns, books)
        if len(self.seconds) > _KEPT_S:
            del self.seconds[next(iter(self.seconds))]

    def _shown(self, venue: str, side: Side) -> list[list[str]]:
        decimals = self._followed[venue].price_decimals
        ticks = (side.prices // 10 ** (_DECIMALS - decimals)).tolist()
        return [
            [padded(price, decimals), padded(size, _DECIMALS)]
            for price, size in zip(ticks, side.sizes.tolist(), strict=True)
        ]
