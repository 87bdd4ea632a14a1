from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.errors import BookError
from actors.kalshi.book import EMPTY_QUOTE, MarketBook

prices = st.integers(1, 999).map(lambda tick: tick * 1000)
steps = st.lists(st.tuples(st.booleans(), prices, st.integers(-500, 500)), max_size=60)


@given(steps)
def test_changes_lead_to_the_book_that_a_plain_rebuild_gives(changes: list[tuple[bool, int, int]]) -> None:
    book = MarketBook("T")
    plain: dict[tuple[bool, int], Decimal] = {}
    for is_bid, price, change in changes:
        now = plain.get((is_bid, price), Decimal(0)) + Decimal(change)
        if now < 0:
            with pytest.raises(BookError):
                book.change(is_bid, price, change)
            continue
        assert book.change(is_bid, price, change) == now
        plain[is_bid, price] = now
        book.refresh_quote()
        bids = sorted(((p, int(c)) for (b, p), c in plain.items() if b and c), reverse=True)
        asks = sorted((p, int(c)) for (b, p), c in plain.items() if not b and c)
        assert book.levels() == (bids, asks)
        assert book.quote == (*(bids[0] if bids else (-1, 0)), *(asks[0] if asks else (-1, 0)))


@given(steps, steps)
def test_differences_lead_from_one_book_to_the_other(
    first: list[tuple[bool, int, int]], second: list[tuple[bool, int, int]]
) -> None:
    books = []
    for changes in (first, second):
        book = MarketBook("T")
        for is_bid, price, change in changes:
            book.change(is_bid, price, abs(change))
        books.append(book)
    for difference in books[0].differences(*books[1].levels()):
        books[0].change(*difference)
    assert books[0].levels() == books[1].levels()


def test_a_book_may_be_empty_or_one_sided() -> None:
    book = MarketBook("T")
    assert book.quote == EMPTY_QUOTE
    book.replace([], [(440_000, 33500)])
    assert book.quote == (-1, 0, 440_000, 33500)
    assert not book.crossed
    book.replace([], [])
    assert book.quote == EMPTY_QUOTE


def test_a_bid_at_the_ask_is_crossed() -> None:
    book = MarketBook("T")
    book.replace([(500_000, 1)], [(500_000, 1)])
    assert book.crossed


@pytest.mark.parametrize(
    "levels", [[(0, 1)], [(1_000_000, 1)], [(500_000, 0)], [(500_000, -1)], [(500_000, 1), (500_000, 2)]]
)
def test_impossible_levels_are_refused(levels: list[tuple[int, int]]) -> None:
    with pytest.raises(BookError):
        MarketBook("T").replace(levels, [])


def test_an_impossible_change_is_explained() -> None:
    with pytest.raises(BookError, match=r"T by -1.0 at bid \$0.5, where 0.0 stood"):
        MarketBook("T").change(True, 500_000, -100)
    with pytest.raises(BookError):
        MarketBook("T").change(False, 1_000_000, 100)
