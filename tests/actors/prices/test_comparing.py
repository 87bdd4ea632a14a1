import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.prices.comparing import changes, levels_of

SIDE = st.dictionaries(st.integers(1, 30).map("{}.50".format), st.integers(0, 3).map("0.{}".format))


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


@given(old=SIDE, new=SIDE)
def test_changes_are_what_makes_one_side_of_the_other_and_no_more(
    old: dict[str, str], new: dict[str, str]
) -> None:
    before, after = dict(levels_of(old.items())), dict(levels_of(new.items()))
    expected = {price: 0 for price in before if price not in after}
    expected |= {price: size for price, size in after.items() if before.get(price) != size}
    assert changes(old, new) == sorted(expected.items())
    assert changes(old, new, reverse=True) == sorted(expected.items(), reverse=True)


@pytest.mark.parametrize("wrong", [1.0, None, True, [], "x"])
@pytest.mark.parametrize("old", ["2.0", "1.0"])
def test_a_size_that_is_no_text_of_a_number_is_refused_whatever_was_there(old: str, wrong: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        changes({"1.0": old}, {"1.0": wrong})  # type: ignore[dict-item]


@pytest.mark.parametrize("size", ["", "NaN", "-1", "1e400"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        levels_of([("1.0", size)])
