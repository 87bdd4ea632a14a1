import pytest

from actors.adapter import Output
from actors.errors import BookError
from actors.prices.publisher import BookPublisher, Standing
from messages import BookChanged, BookSnapshot, BookWithdrawn, QuoteChanged

S = 1_000_000_000
AT = ("here", "BTC-USD")


def opened(depth: int = 0, band: float = 0.0) -> BookPublisher:
    publisher = BookPublisher(*AT, depth, band)
    publisher.snapshot([], [(100, 1), (90, 2)], [(110, 3), (120, 4)], 1, S, 7)
    return publisher


def change(
    publisher: BookPublisher, bids: list[tuple[int, int]], asks: list[tuple[int, int]]
) -> list[Output]:
    out: list[Output] = []
    publisher.tell(out, *publisher.apply(bids, asks), 2, 2 * S, 8)
    return out


def test_a_snapshot_is_said_with_its_quote() -> None:
    out: list[Output] = []
    BookPublisher(*AT).snapshot(out, [(90, 2), (100, 1)], [(120, 4), (110, 3)], 1, S, 7)
    assert out == [
        BookSnapshot(*AT, 1, S, 7, [(100, 1), (90, 2)], [(110, 3), (120, 4)], False),
        QuoteChanged(*AT, 1, S, 7, 100, 1, 110, 3),
    ]


def test_a_change_below_the_touch_says_no_quote() -> None:
    assert change(opened(), [(90, 5)], []) == [BookChanged(*AT, 2, 2 * S, 8, [(90, 5)], [])]


def test_a_change_of_the_best_size_says_a_quote() -> None:
    assert change(opened(), [], [(110, 9)])[1] == QuoteChanged(*AT, 2, 2 * S, 8, 100, 1, 110, 9)


def test_a_side_that_runs_empty_is_quoted_as_zero() -> None:
    assert change(opened(), [(100, 0), (90, 0)], [])[1] == QuoteChanged(*AT, 2, 2 * S, 8, 0, 0, 110, 3)


def test_an_empty_change_says_nothing() -> None:
    assert change(opened(), [], []) == []


def test_levels_pushed_out_of_the_depth_are_said_as_removed() -> None:
    assert change(opened(depth=2), [(95, 1)], [])[0] == BookChanged(*AT, 2, 2 * S, 8, [(95, 1), (90, 0)], [])


def test_a_crossed_book_is_withdrawn_at_once_and_back_when_the_next_frame_mends_it() -> None:
    publisher = opened()
    (withdrawn,) = change(publisher, [(110, 1)], [])
    assert isinstance(withdrawn, BookWithdrawn)
    assert publisher.standing is Standing.CROSSED
    book, quote = change(publisher, [(110, 0)], [])
    assert isinstance(book, BookSnapshot)
    assert book.checkpoint
    assert isinstance(quote, QuoteChanged)
    assert publisher.withdrawals == 1


def test_a_book_crossed_for_a_second_frame_is_an_error() -> None:
    publisher = opened()
    change(publisher, [(110, 1)], [])
    with pytest.raises(BookError, match="second frame"):
        change(publisher, [(90, 9)], [])


def test_a_crossed_book_that_nothing_mends_is_an_error() -> None:
    publisher = opened()
    change(publisher, [(111, 1)], [])
    publisher.overdue(4 * S)
    with pytest.raises(BookError, match="stays crossed"):
        publisher.overdue(4 * S + 1)


def test_where_a_frame_changes_one_level_a_crossed_book_may_be_mended_by_several() -> None:
    publisher = BookPublisher(*AT, patient=True)
    publisher.snapshot([], [(100, 1), (90, 2)], [(110, 3), (120, 4)], 1, S, 7)
    assert len(change(publisher, [(122, 1)], [])) == 1
    assert change(publisher, [], [(110, 0)]) == []
    assert publisher.standing is Standing.CROSSED
    book, _ = change(publisher, [], [(120, 0)])
    assert isinstance(book, BookSnapshot)
    assert publisher.withdrawals == 1


def test_the_frames_of_a_crossed_book_do_not_put_off_its_end() -> None:
    publisher = BookPublisher(*AT, patient=True)
    publisher.snapshot([], [(100, 1)], [(110, 3)], 1, S, 7)
    for second in range(1, 4):
        publisher.tell([], *publisher.apply([(111, second)], []), 2, second * S, 8)
    publisher.overdue(3 * S)
    with pytest.raises(BookError, match="stays crossed"):
        publisher.overdue(3 * S + 1)


def test_a_crossed_snapshot_is_not_said() -> None:
    out: list[Output] = []
    publisher = BookPublisher(*AT)
    publisher.snapshot(out, [(100, 1)], [(100, 1)], 1, S, 7)
    assert out == []
    assert publisher.standing is Standing.CROSSED


def test_a_withdrawn_book_has_no_checkpoint_and_is_withdrawn_once() -> None:
    publisher = opened()
    out: list[Output] = []
    publisher.withdraw(out, "a gap", 3 * S)
    publisher.withdraw(out, "again", 4 * S)
    publisher.checkpoint(out)
    assert out == [BookWithdrawn(*AT, 1, 3 * S, "a gap")]


def test_levels_outside_the_band_are_not_kept() -> None:
    publisher = BookPublisher(*AT, 0, 0.1)
    publisher.snapshot([], [(1000, 1), (904, 1), (903, 1)], [(1010, 1), (1105, 1), (1106, 1)], 1, S, 7)
    assert [price for price, _ in publisher.book.bids.levels()] == [1000, 904]
    assert [price for price, _ in publisher.book.asks.levels()] == [1010, 1105]
    assert change(publisher, [(10, 1)], [(9999, 1)]) == []
    assert not publisher.off_center()


def test_the_mid_leaving_the_inner_third_of_the_band_is_noticed() -> None:
    publisher = BookPublisher(*AT, 0, 0.1)
    publisher.snapshot([], [(1000, 1)], [(1010, 1)], 1, S, 7)
    change(publisher, [(1035, 1)], [(1010, 0), (1045, 1)])
    assert publisher.off_center()


def test_a_band_around_a_one_sided_or_empty_book_does_no_harm() -> None:
    for bids, asks in (([(1000, 1)], []), ([], [(1000, 1)]), ([], [])):
        publisher = BookPublisher(*AT, 0, 0.1)
        publisher.snapshot([], bids, asks, 1, S, 7)
        assert publisher.book.bids.levels() == bids
        assert publisher.book.asks.levels() == asks
        assert not publisher.off_center()
