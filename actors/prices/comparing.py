"""What changed between two whole books of the wire, for venues that send the book anew each time."""

from collections.abc import Iterable

from actors.adapter import Output
from actors.prices.numbers import text_e8
from actors.prices.publisher import Standing
from actors.prices.venue import VenueAdapter
from messages import Level


class WholeBookAdapter(VenueAdapter):
    """The adapter of a venue that sends its book anew each time: listeners and the log get changes."""

    def reset(self) -> None:
        self._bids: dict[str, str] = {}
        self._asks: dict[str, str] = {}

    def whole_book(
        self, out: list[Output], bids: dict[str, str], asks: dict[str, str],
        ref: int, recv_ns: int, venue_ns: int,
    ) -> None:  # fmt: skip
        """Take a whole book, price to size as texts: a snapshot where one is awaited, else what changed."""
        if self.publisher.standing is Standing.AWAITED:
            self.snapshot(out, levels_of(bids.items()), levels_of(asks.items()), ref, recv_ns, venue_ns)
        else:
            changed_bids = changes(self._bids, bids, reverse=True)
            self.change(out, changed_bids, changes(self._asks, asks), ref, recv_ns, venue_ns)
        self._bids = bids
        self._asks = asks


def levels_of(side: Iterable[tuple[str, str]]) -> list[Level]:
    """Read price and size of each level. Raises ValueError or ArithmeticError."""
    return [(text_e8(price), text_e8(size)) for price, size in side]


def changes(old: dict[str, str], new: dict[str, str], *, reverse: bool = False) -> list[Level]:
    """Levels of one side that are another size now, 0 for gone, in the order of their prices.

    old, new: price to size, as texts. reverse: highest first, as bids are told. Raises ValueError or
    ArithmeticError.
    """
    # Compared as texts, by one set operation of C: only what differs is ever read as a number. A set of
    # texts has another order in every process, hence the sorting.
    differing = old.items() ^ new.items()
    changed = {text_e8(price): 0 for price, _ in differing if price not in new}
    changed.update(levels_of(level for level in differing if new.get(level[0]) == level[1]))
    return sorted(changed.items(), reverse=reverse)
