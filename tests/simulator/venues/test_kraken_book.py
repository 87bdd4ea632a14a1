import random
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.book import SimBook
from simulator.venues.kraken_book import DepthView, Level, checksum
from tests.simulator.venues.client import samples


class Side:
    """One side as a client holds it that cuts to the depth after every single level."""

    def __init__(self, levels: list[Level], depth: int, highest_first: bool) -> None:
        self.depth = depth
        self.highest_first = highest_first
        self.sizes = dict(levels)

    def take(self, levels: list[Level]) -> None:
        for price, size in levels:
            if size:
                self.sizes[price] = size
            else:
                self.sizes.pop(price, None)
            self.sizes = dict(self.best()[: self.depth])

    def best(self) -> list[Level]:
        return sorted(self.sizes.items(), reverse=self.highest_first)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    depth=st.sampled_from([10, 25, 100]),
    levels=st.integers(5, 60),
    moves=st.lists(st.tuples(st.floats(-30, 30), st.integers(1, 8), st.booleans()), max_size=60),
)
def test_the_named_levels_keep_every_client_at_the_true_top(
    seed: int, depth: int, levels: int, moves: list[tuple[float, int, bool]]
) -> None:
    rng, mid_usd = random.Random(seed), 84_000.0
    book = SimBook(0.1, 1_000_000, levels, 5.0, mid_usd, rng)
    view = DepthView(book, depth)
    bids, asks = view.snapshot()
    sides = Side(bids, depth, True), Side(asks, depth, False)
    for step_usd, n_changes, trades in moves:
        mid_usd += step_usd
        changes = [book.trade(rng)[1]] if trades else book.evolve(mid_usd, rng, n_changes)
        for side, named in zip(sides, view.update(changes), strict=True):
            side.take(named)
        assert [side.best() for side in sides] == [book.bids(depth), book.asks(depth)]


def test_the_checksum_is_that_of_the_official_example() -> None:
    (example,) = samples("kraken", "checksum_worked_example.json")

    def levels(side: str) -> list[Level]:
        return [(int(price.replace(".", "")), int(size.replace(".", ""))) for price, size in example[side]]

    assert checksum(levels("bids"), levels("asks")) == example["crc32"]


def test_the_checksum_takes_asks_first_and_ten_levels_a_side() -> None:
    bids = [(price, 7) for price in range(50, 30, -1)]
    asks = [(price, 5) for price in range(51, 71)]
    text = "".join(f"{price}5" for price in range(51, 61)) + "".join(
        f"{price}7" for price in range(50, 40, -1)
    )
    assert checksum(bids, asks) == crc32(text.encode())
