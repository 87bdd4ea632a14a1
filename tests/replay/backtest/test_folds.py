import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.backtest.folds import folds
from tests.replay.backtest.made import window
from tests.replay.score.made import BEGIN, QUARTER, close_ns


def test_windows_are_cut_into_equal_stretches_and_each_but_the_first_lies_ahead_once() -> None:
    found = folds([window(number, 0.0) for number in range(10)], 5)
    assert [fold.ahead for fold in found] == [
        [close_ns(number), close_ns(number + 1)] for number in (2, 4, 6, 8)
    ]


def test_the_window_that_closes_when_the_next_one_opens_is_not_chosen_on() -> None:
    found = folds([window(number, 0.0) for number in range(10)], 5)
    assert found[0].past == [close_ns(0)]
    assert found[1].past == [close_ns(number) for number in range(3)]


def test_a_long_market_ahead_keeps_all_that_closed_after_its_opening_out_of_the_choice() -> None:
    windows = [window(number, 0.0) for number in range(8)]
    windows[5] = window(5, 0.0, opens_ns=BEGIN + 2 * QUARTER)
    assert folds(windows, 2)[0].past == [close_ns(0)]


@pytest.mark.parametrize(("windows", "count"), [(3, 2), (9, 5), (0, 2), (100, 1)])
def test_too_few_windows_or_folds_give_nothing(windows: int, count: int) -> None:
    assert folds([window(number, 0.0) for number in range(windows)], count) == []


@given(st.sets(st.integers(0, 200)), st.integers(2, 12))
def test_no_choice_ever_rests_on_what_was_not_over(numbers: set[int], count: int) -> None:
    windows = {close_ns(number): window(number, 0.0) for number in numbers}
    seen: set[int] = set()
    for fold in folds(list(windows.values()), count):
        opens_ns = min(windows[close].open_ns for close in fold.ahead)
        assert max(fold.past) < opens_ns
        assert not seen & set(fold.ahead)
        assert not set(fold.past) & set(fold.ahead)
        seen |= set(fold.ahead)
