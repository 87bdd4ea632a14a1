from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.brti.consolidated import ConsolidatedBook, Published, VenueBook
from actors.brti.curve import to_cents
from actors.brti.switches import Switches
from tests.actors.brti.vectors import E8, example, levels
from tests.simulator import plain_index

Rows = list[tuple[int, int]]
Books = dict[int, tuple[Rows, Rows]]

SWITCHES = [
    Switches(cap_sample=sample, uncross=uncross) for sample in ("min50", "max50") for uncross in (True, False)
]


def venue_book(bids: Rows, asks: Rows) -> VenueBook:
    book = VenueBook()
    book.replace(bids, asks)
    return book


def computed(books: Books, switches: Switches = SWITCHES[0]) -> Published | None:
    book = ConsolidatedBook(switches)
    book.replace((slot, venue_book(*sides)) for slot, sides in books.items())
    return book.compute()


def plain(books: Books, switches: Switches) -> plain_index.Index | None:
    rows = {
        str(slot): {
            side: [(Decimal(price) / E8, Decimal(size) / E8) for price, size in held]
            for side, held in (("bids", bids), ("asks", asks))
        }
        for slot, (bids, asks) in books.items()
    }
    return plain_index.compute(rows, switches.cap_sample, switches.uncross)


def worked_example() -> Books:
    inputs = example()["inputs"]
    return {slot: (levels(book["bids"]), levels(book["asks"])) for slot, book in enumerate(inputs.values())}


def test_the_worked_example_comes_out_to_the_printed_digits() -> None:
    found, printed = computed(worked_example()), example()["result"]
    assert found is not None
    assert found.value_usd == pytest.approx(printed["value"], abs=1e-9)
    assert f"{to_cents(found.value_usd) / 100:.2f}" == printed["rounded"]
    assert found.utilised == printed["v_T"]
    assert found.cap.cap / E8 == pytest.approx(example()["size_cap"]["cap"], rel=1e-14)


def test_the_crossed_example_comes_out_both_ways() -> None:
    printed = example()["crossed_example"]
    books = worked_example()
    books[2][1][0] = (84_001 * E8, 3 * E8 // 10)
    uncrossed, crossed = (computed(books, Switches(uncross=uncross)) for uncross in (True, False))
    assert uncrossed is not None
    assert crossed is not None
    assert uncrossed.value_usd == pytest.approx(printed["uncrossed"], abs=1e-9)
    assert crossed.value_usd == pytest.approx(printed["no_uncross"], abs=1e-9)


def test_each_venue_has_the_part_that_its_orders_set() -> None:
    book = ConsolidatedBook(Switches())
    book.replace(
        [
            (3, venue_book([(99 * E8, 2 * E8)], [(101 * E8, 2 * E8)])),
            (9, venue_book([(98 * E8, 5 * E8)], [(102 * E8, 5 * E8)])),
        ]
    )
    found = book.compute()
    assert found is not None
    # (101, 99) spans 1 %: both points are used; (102, 98) is too wide.
    assert found.utilised == 1
    part = book.parts(found)
    assert part[3].weight == pytest.approx(1.0)
    assert part[9].weight == 0.0
    assert part[3].resting_e8 == 4 * E8


SIZES = st.integers(1, 40 * E8) | st.integers(1, 9).map(lambda n: n * E8)
BIDS = st.lists(st.tuples(st.integers(8_300_000, 8_401_000).map(lambda p: p * E8 // 100), SIZES), max_size=70)
ASKS = st.lists(st.tuples(st.integers(8_399_500, 8_500_000).map(lambda p: p * E8 // 100), SIZES), max_size=70)


@st.composite
def books(draw: st.DrawFn) -> Books:
    return {
        slot: (sorted(dict(draw(BIDS)).items(), reverse=True), sorted(dict(draw(ASKS)).items()))
        for slot in range(draw(st.integers(1, 4)))
    }


@settings(max_examples=150, deadline=None)
@given(books(), st.sampled_from(SWITCHES))
def test_it_equals_the_plain_computation(given_books: Books, switches: Switches) -> None:
    found, expected = computed(given_books, switches), plain(given_books, switches)
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert found.utilised == expected.utilised
    assert found.value_usd == pytest.approx(expected.value, abs=1e-7)
    assert found.cap.cap / E8 == pytest.approx(expected.cap.cap, rel=1e-9)


CHANGE = st.tuples(
    st.integers(0, 3),
    st.booleans(),
    st.integers(8_390_000, 8_410_000).map(lambda p: p * E8 // 100),
    SIZES | st.just(0),
)


@settings(max_examples=150, deadline=None)
@given(books(), st.lists(st.lists(CHANGE, max_size=15), max_size=6), st.sampled_from(SWITCHES))
def test_a_book_that_was_changed_order_by_order_equals_one_made_at_once(
    given_books: Books, changes: list[list[tuple[int, bool, int, int]]], switches: Switches
) -> None:
    venues = {slot: venue_book(*given_books.get(slot, ([], []))) for slot in range(4)}
    book = ConsolidatedBook(switches)
    book.replace(venues.items())
    for turn in changes:
        for slot, is_bid, price, size in turn:
            (book.bids if is_bid else book.asks).change(slot, [(price, size)])
            side = venues[slot].bids if is_bid else venues[slot].asks
            side.set([(price if is_bid else -price, size)])
        fresh = ConsolidatedBook(switches)
        fresh.replace(venues.items())
        found, expected = book.compute(), fresh.compute()
        if expected is None:
            assert found is None
            continue
        assert found is not None
        assert found.value_usd == expected.value_usd
        assert found[1:4] == expected[1:4]
        assert book.parts(found) == fresh.parts(expected)


def test_the_sample_follows_the_touch_further_out_than_five_percent() -> None:
    book = ConsolidatedBook(Switches())
    far = [(price * E8, E8) for price in range(80_000, 90_000, 10)]
    book.replace([(0, venue_book([(79_000 * E8, E8)], far))])
    before = book.compute()
    assert before is not None
    for price in range(80_000, 82_000, 10):
        book.asks.change(0, [(price * E8, 0)])
    after = book.compute()
    assert after is not None
    # 80,000 x 1.05 = 84,000 and 82,000 x 1.05 = 86,100, both included; and the one bid.
    assert (before.cap.orders, after.cap.orders) == (402, 412)


@pytest.mark.parametrize(("bids", "asks"), [([], [(100 * E8, E8)]), ([(99 * E8, E8)], []), ([], [])])
def test_without_a_side_there_is_no_value(bids: Rows, asks: Rows) -> None:
    assert computed({0: (bids, asks)}) is None
