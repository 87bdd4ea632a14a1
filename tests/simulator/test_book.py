import random

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.book import ASK, BID, SimBook


def _book(seed: int = 1, levels: int = 60) -> tuple[SimBook, random.Random]:
    rng = random.Random(seed)
    return SimBook(0.01, 5_000_000, levels, 30.0, 84_000.0, rng), rng


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(-300.0, 300.0), min_size=1, max_size=40))
def test_changes_applied_to_a_copy_give_the_same_book_which_is_never_crossed(
    seed: int, moves: list[float]
) -> None:
    book, rng = _book(seed)
    copy = {BID: dict(book.bids()), ASK: dict(book.asks())}
    mid = 84_000.0
    for move in moves:
        mid += move
        changes = list(book.evolve(mid, rng, 4))
        changes.append(book.trade(rng)[1])
        for side, price, size in changes:
            if size:
                copy[side][price] = size
            else:
                copy[side].pop(price, None)
        assert copy == {BID: dict(book.bids()), ASK: dict(book.asks())}
        assert book.best_bid() < book.best_ask()
        assert all(size > 0 for side in copy.values() for size in side.values())


def test_the_book_stands_around_the_mid_it_was_told() -> None:
    book, rng = _book()
    for step in range(200):
        mid = 84_000.0 + step * 1.7
        book.evolve(mid, rng, 3)
        assert book.best_bid() * 0.01 <= mid <= book.best_ask() * 0.01
        assert abs(book.mid_usd() - mid) < 3.0


def test_depth_stays_near_what_was_asked_for() -> None:
    book, rng = _book(levels=300)
    mid = 84_000.0
    for _ in range(3000):
        mid += rng.gauss(0.0, 0.5)
        book.evolve(mid, rng, 4)
    assert 250 <= len(book.bids()) <= 300
    assert 250 <= len(book.asks()) <= 300
    assert book.bids(5) == book.bids()[:5]
    assert book.asks(5) == book.asks()[:5]


def test_the_same_seed_gives_the_same_book() -> None:
    (one, rng_one), (other, rng_other) = _book(4), _book(4)
    for step in range(100):
        assert one.evolve(84_000.0 + step, rng_one, 3) == other.evolve(84_000.0 + step, rng_other, 3)
    assert one.bids() == other.bids()


def test_the_arrays_of_a_side_are_its_levels_and_stay_as_they_were() -> None:
    book, rng = _book(levels=40)
    for limit in (0, 1, 7, 1_000):
        for side, levels in ((BID, book.bids()), (ASK, book.asks())):
            prices, sizes = book.arrays(side, limit)
            assert list(zip(prices.tolist(), sizes.tolist(), strict=True)) == levels[: limit or None]
    before, version = [array.tolist() for array in book.arrays(BID)], book.version
    prices, sizes = book.arrays(BID)
    for _ in range(200):
        book.evolve(84_010.0, rng, 5)
        book.trade(rng)
    assert [prices.tolist(), sizes.tolist()] == before
    assert book.version > version
    assert list(zip(*(array.tolist() for array in book.arrays(BID)), strict=True)) == book.bids()
