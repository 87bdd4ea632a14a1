from hypothesis import given
from hypothesis import strategies as st

from actors.prices.book import Book, Side

LEVELS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5)), max_size=40)


def plain(*frames: list[tuple[int, int]]) -> dict[int, int]:
    """What absolute updates mean, without any order of prices."""
    sizes = {price: size for frame in frames for price, size in frame}
    return {price: size for price, size in sizes.items() if size}


@given(first=LEVELS, second=LEVELS, sign=st.sampled_from([1, -1]))
def test_a_side_holds_what_plain_updates_give_best_first(
    first: list[tuple[int, int]], second: list[tuple[int, int]], sign: int
) -> None:
    side = Side(sign)
    side.replace(first)
    side.change(second)
    wanted = plain(first, second)
    assert side.levels() == sorted(wanted.items(), reverse=sign > 0)
    assert side.best(3) == side.levels()[:3]


@given(levels=LEVELS, depth=st.integers(0, 12), sign=st.sampled_from([1, -1]))
def test_truncation_keeps_the_best_and_names_what_fell(
    levels: list[tuple[int, int]], depth: int, sign: int
) -> None:
    side = Side(sign)
    side.replace(levels)
    before = side.levels()
    fallen = side.truncate(depth)
    assert side.levels() == before[:depth]
    assert sorted(fallen) == sorted((price, 0) for price, _ in before[depth:])
    assert set(side.sizes) == {price for price, _ in before[:depth]}


def test_removing_an_unknown_level_is_normal() -> None:
    side = Side(1)
    side.change([(5, 0), (4, 2), (4, 0), (4, 0)])
    assert side.levels() == []


def test_the_last_size_of_a_price_said_twice_counts() -> None:
    side = Side(-1)
    side.change([(5, 1), (5, 3)])
    assert side.levels() == [(5, 3)]


def test_the_touch_of_an_empty_side_is_zero() -> None:
    book = Book()
    assert book.best() == (0, 0, 0, 0)
    book.change([(10, 2)], [])
    assert book.best() == (10, 2, 0, 0)
    assert not book.crossed()


def test_a_book_is_crossed_when_bid_meets_ask() -> None:
    book = Book()
    book.replace([(10, 1)], [(11, 1)])
    assert not book.crossed()
    book.change([(11, 1)], [])
    assert book.crossed()
