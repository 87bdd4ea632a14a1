import pytest

from actors.prices.touch import TouchCheck

S = 1_000_000_000
OURS = (100, 1, 110, 1)


def test_a_ticker_that_agrees_finds_nothing() -> None:
    check = TouchCheck()
    assert not check.compare(OURS, 100, 110, S)
    assert not check.compare(OURS, 100, 110, 9 * S)


@pytest.mark.parametrize(("bid", "ask"), [(99, 110), (101, 110), (100, 111), (100, 109)])
def test_the_same_contradiction_a_second_later_is_a_wrong_book(bid: int, ask: int) -> None:
    check = TouchCheck()
    assert not check.compare(OURS, bid, ask, S)
    check.follow(OURS)
    assert not check.compare(OURS, bid, ask, 2 * S - 1)
    check.follow(OURS)
    assert check.compare(OURS, bid, ask, 2 * S)


@pytest.mark.parametrize(("bid", "ask"), [(99, 110), (101, 110), (100, 111), (100, 109)])
def test_an_agreeing_ticker_between_settles_it(bid: int, ask: int) -> None:
    check = TouchCheck()
    check.compare(OURS, bid, ask, S)
    check.compare(OURS, 100, 110, S + 1)
    assert not check.compare(OURS, bid, ask, 3 * S)


@pytest.mark.parametrize(
    ("bid", "ask", "since"),
    [
        (99, 110, (98, 1, 110, 1)),
        (101, 110, (101, 1, 110, 1)),
        (100, 111, (100, 1, 112, 1)),
        (100, 109, (100, 1, 109, 1)),
    ],
)
def test_a_book_that_moved_in_between_was_only_behind(
    bid: int, ask: int, since: tuple[int, int, int, int]
) -> None:
    check = TouchCheck()
    check.compare(OURS, bid, ask, S)
    check.follow(since)
    assert not check.compare(OURS, bid, ask, 3 * S)


def test_a_ghost_is_one_whatever_the_ticker_says_beneath_it() -> None:
    check = TouchCheck()
    assert not check.compare(OURS, 95, 110, S)
    assert check.compare(OURS, 97, 110, 3 * S)
