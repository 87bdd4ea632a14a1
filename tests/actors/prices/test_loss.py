from actors.prices.book import Book
from actors.prices.loss import COMPARED_LEVELS, LossCheck
from messages import Level

BIDS: list[Level] = [(100, 5), (90, 6), (80, 7)]
ASKS: list[Level] = [(110, 5), (120, 6), (130, 7)]


def book() -> Book:
    kept = Book()
    kept.replace(BIDS, ASKS)
    return kept


def without(levels: list[Level], price: int) -> list[Level]:
    return [level for level in levels if level[0] != price]


def asked_and_compared(check: LossCheck, ours: Book, bids: list[Level], asks: list[Level]) -> list[int]:
    check.asked()
    return check.compare(ours, bids, asks)


def test_equal_books_leave_no_doubt() -> None:
    check = LossCheck()
    assert asked_and_compared(check, book(), BIDS[::-1], [*ASKS, (140, 0)]) == []
    assert check.doubts == {}


def test_a_level_contradicted_twice_in_the_same_size_is_wrong() -> None:
    check, ours = LossCheck(), book()
    assert asked_and_compared(check, ours, without(BIDS, 90), ASKS) == []
    assert check.doubts == {90: 0}
    assert asked_and_compared(check, ours, without(BIDS, 90), [(110, 9), *ASKS[1:]]) == [90]


def test_a_level_that_we_lack_is_wrong_too() -> None:
    check, ours = LossCheck(), book()
    asked_and_compared(check, ours, BIDS, [(105, 1), *ASKS])
    assert asked_and_compared(check, ours, [(100, 4), *BIDS[1:]], [(105, 1), *ASKS]) == [105]


def test_a_rest_book_is_trusted_once_two_have_contradicted_nothing_twice() -> None:
    check, ours = LossCheck(), book()
    asked_and_compared(check, ours, [(100, 1), *BIDS[1:]], ASKS)
    assert not check.trusted
    asked_and_compared(check, ours, [(100, 1), *BIDS[1:]], ASKS)  # the same again is no second one
    assert not check.trusted
    asked_and_compared(check, ours, BIDS, [(110, 1), *ASKS[1:]])
    assert check.trusted
    assert asked_and_compared(check, ours, BIDS[1:], [(110, 1), *ASKS[1:]]) == [110]
    assert check.trusted


def test_a_rest_book_that_contradicts_from_the_first_is_not_trusted() -> None:
    check, ours = LossCheck(), book()
    asked_and_compared(check, ours, without(BIDS, 90), ASKS)
    assert asked_and_compared(check, ours, without(BIDS, 90), [(110, 1), *ASKS[1:]]) == [90]
    assert not check.trusted


def test_another_size_the_second_time_is_no_more_than_a_new_doubt() -> None:
    check, ours = LossCheck(), book()
    asked_and_compared(check, ours, [(100, 1), *BIDS[1:]], ASKS)
    assert asked_and_compared(check, ours, [(100, 2), *BIDS[1:]], ASKS) == []
    assert check.doubts == {100: 2}


def test_a_level_that_the_stream_touched_between_is_not_judged() -> None:
    check, ours = LossCheck(), book()
    asked_and_compared(check, ours, without(BIDS, 90), ASKS)
    check.touched(ours.bids, 90)
    assert asked_and_compared(check, ours, without(BIDS, 90), ASKS[:2]) == []


def test_a_level_that_the_stream_touched_while_the_question_was_out_is_not_judged() -> None:
    check, ours = LossCheck(), book()
    check.asked()
    check.touched(ours.asks, 120)
    assert check.compare(ours, BIDS, without(ASKS, 120)) == []
    assert check.doubts == {}


def test_the_sides_are_not_taken_for_each_other() -> None:
    check, ours = LossCheck(), book()
    asked_and_compared(check, ours, without(BIDS, 90), ASKS)
    check.touched(ours.asks, 90)
    assert check.doubts == {90: 0}


def test_a_rest_book_that_repeats_itself_proves_nothing() -> None:
    check, ours = LossCheck(), book()
    for _ in range(5):
        assert asked_and_compared(check, ours, without(BIDS, 90), ASKS) == []


def test_what_lies_beyond_the_end_of_the_rest_book_is_not_compared() -> None:
    check = LossCheck()
    asked_and_compared(check, book(), BIDS[:2], [])
    assert check.doubts == {}


def test_only_the_best_levels_are_compared() -> None:
    check, ours = LossCheck(), Book()
    many: list[Level] = [(10_000 - n, 1) for n in range(COMPARED_LEVELS + 50)]
    ours.replace(many, [])
    asked_and_compared(check, ours, many[: COMPARED_LEVELS + 20], [])
    assert check.doubts == {}
    asked_and_compared(check, ours, [*many[: COMPARED_LEVELS + 10], (9_999_999, 1)], [])
    assert check.doubts == {9_999_999: 1}
