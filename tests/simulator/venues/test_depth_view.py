import random

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.book import Change, SimBook
from simulator.venues.depth_view import DepthView, Level


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
    at_once=st.integers(1, 5),
)
def test_the_named_levels_keep_every_client_at_the_true_top(
    seed: int, depth: int, levels: int, moves: list[tuple[float, int, bool]], at_once: int
) -> None:
    rng, mid_usd = random.Random(seed), 84_000.0
    book = SimBook(0.1, 1_000_000, levels, 5.0, mid_usd, rng)
    view = DepthView(book, depth)
    bids, asks = view.snapshot()
    sides = Side(bids, depth, True), Side(asks, depth, False)
    pending: dict[tuple[str, int], Change] = {}
    for number, (step_usd, n_changes, trades) in enumerate(moves, start=1):
        mid_usd += step_usd
        changes = [book.trade(rng)[1]] if trades else book.evolve(mid_usd, rng, n_changes)
        pending |= {(change.side, change.price): change for change in changes}
        if number % at_once:
            continue
        together = list(pending.values())
        pending.clear()
        for side, named in zip(sides, view.update(together), strict=True):
            side.take(named)
        assert [side.best() for side in sides] == [book.bids(depth), book.asks(depth)]
