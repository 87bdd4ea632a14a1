import pytest

from actors.prices.comparing import changes, levels_of


def test_what_is_new_gone_or_of_another_size_is_a_change() -> None:
    old = {"10.00": "1.0", "9.00": "2.0", "8.00": "3.0"}
    new = {"10.00": "1.5", "8.00": "3.0", "7.50": "0.1"}
    assert changes(old, new) == [(750_000_000, 10_000_000), (900_000_000, 0), (1_000_000_000, 150_000_000)]


def test_bids_are_told_from_the_highest() -> None:
    new = {f"{price}.0": "1" for price in range(50)}
    told = changes({}, new, reverse=True)
    assert told == sorted(told, reverse=True)
    assert len(told) == 50


def test_an_unchanged_book_has_no_changes() -> None:
    assert changes({"1": "2"}, {"1": "2"}) == []


@pytest.mark.parametrize("size", ["", "NaN", "-1", "1e400"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        levels_of([("1.0", size)])
