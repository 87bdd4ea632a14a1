import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.book import ASK, BID, Change, EmptySideError, SimBook


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


Levels = list[tuple[int, int]]


def _shown(book: SimBook) -> tuple[Levels, Levels]:
    return book.bids(), book.asks()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([BID, ASK]), st.integers(90, 110), st.integers(0, 3)), max_size=30))
def test_levels_that_are_told_lead_a_copy_to_the_same_book(told: list[tuple[str, int, int]]) -> None:
    book, _ = _book()
    book.replace([(99, 5), (98, 4)], [(101, 5), (102, 4)])
    copy = {BID: dict(book.bids()), ASK: dict(book.asks())}
    for change in told:
        before = _shown(book)
        try:
            done = book.put([Change(*change)])
        except EmptySideError:
            assert _shown(book) == before
            continue
        for side, price, size in done:
            if size:
                copy[side][price] = size
            else:
                del copy[side][price]
        assert not copy[BID].keys() & copy[ASK].keys()
        assert book.bids() == sorted(copy[BID].items(), reverse=True)
        assert book.asks() == sorted(copy[ASK].items())
        assert book.arrays(BID)[1].tolist() == [size for _, size in book.bids()]


def test_a_whole_book_that_is_told_takes_the_place_of_what_was_there() -> None:
    book, _ = _book()
    book.replace([(99, 5), (98, 4)], [(101, 5), (102, 4)])
    changes = book.replace([(100, 7), (98, 4)], [(102, 3)])
    assert changes == [(BID, 99, 0), (ASK, 101, 0), (BID, 100, 7), (ASK, 102, 3)]
    assert _shown(book) == ([(100, 7), (98, 4)], [(102, 3)])
    with pytest.raises(EmptySideError):
        book.replace([(100, 7)], [])
    assert _shown(book) == ([(100, 7), (98, 4)], [(102, 3)])


def test_a_side_may_move_as_a_whole_but_not_vanish() -> None:
    book, _ = _book()
    book.replace([(99, 5)], [(101, 5)])
    book.put([Change(BID, 99, 0), Change(BID, 100, 1)])
    assert book.bids() == [(100, 1)]
    with pytest.raises(EmptySideError):
        book.put([Change(ASK, 101, 0)])
    assert _shown(book) == ([(100, 1)], [(101, 5)])
