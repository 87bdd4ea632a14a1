import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.screens import Touch, at_ease, deviating, erroneous
from tests.actors.brti.vectors import e8, example


def mid(price: float) -> Touch:
    return Touch(e8(price - 5), e8(price + 5))


def test_a_book_without_a_side_or_that_is_crossed_or_locked_is_erroneous() -> None:
    assert erroneous(Touch(0, 5)) == "one-sided"
    assert erroneous(Touch(5, 0)) == "one-sided"
    assert erroneous(Touch(6, 5)) == "crossed"
    assert erroneous(Touch(5, 5)) == "crossed"
    assert erroneous(Touch(4, 5)) == ""


def test_a_venue_more_than_five_percent_from_the_median_is_out() -> None:
    touches = {"a": mid(84_000), "b": mid(84_010), "c": mid(83_990), "off": mid(84_000 * 1.0501)}
    assert deviating(touches, set()) == {"off"}
    assert deviating(touches | {"off": mid(84_000 * 1.049)}, set()) == set()


@pytest.mark.parametrize(("deviation", "out"), [(0.03, True), (0.0251, True), (0.024, False), (-0.03, True)])
def test_it_returns_only_below_half_of_that(deviation: float, out: bool) -> None:
    touches = {"a": mid(84_000), "b": mid(84_000), "c": mid(84_000), "back": mid(84_000 * (1 + deviation))}
    assert deviating(touches, set()) == set()
    assert deviating(touches, {"back"}) == ({"back"} if out else set())


def test_one_venue_alone_deviates_from_nobody() -> None:
    assert deviating({"a": mid(1.0)}, {"a"}) == set()
    assert deviating({}, set()) == set()


SUMS = st.lists(st.integers(9_700, 10_300), min_size=1, max_size=8)


@given(SUMS, st.data())
def test_wherever_venues_that_are_at_ease_move_to_in_there_none_of_them_deviates(
    sums: list[int], data: st.DataObject
) -> None:
    low, high = at_ease([Touch(n // 2, n - n // 2) for n in sums])
    if low > high:
        assert max(sums) / min(sums) > 1.019
        return
    moved = data.draw(st.lists(st.integers(low, high), min_size=len(sums), max_size=len(sums)))
    touches = {str(n): Touch(one // 2, one - one // 2) for n, one in enumerate(moved)}
    assert all(low <= one <= high for one in sums)
    assert deviating(touches, set()) == set()


def test_nobody_is_at_ease_where_there_is_nobody_or_one_far_away() -> None:
    assert at_ease([]) == (1, 0)
    assert at_ease([mid(84_000), mid(84_000), mid(84_000 * 1.03)]) == (1, 0)


def test_the_screens_of_the_worked_example_put_out_whom_they_should() -> None:
    screens = example()["screens"]
    touches = {}
    out = {}
    for name, book in screens["input"].items():
        if example()["now"] - book["ts"] >= 30.0:
            out[name] = "delayed"
            continue
        bids = [price for price, size in book["bids"] if price > 0 and size > 0]
        asks = [price for price, size in book["asks"] if price > 0 and size > 0]
        touch = Touch(e8(max(bids, default=0)), e8(min(asks, default=0)))
        if trouble := erroneous(touch):
            out[name] = trouble.replace("-", "_")
        else:
            touches[name] = touch
    for flagged, printed in (
        (set(), screens["first_pass"]),
        ({"off3pct"}, screens["with_off3pct_flagged_before"]),
    ):
        found = out | dict.fromkeys(deviating(touches, flagged), "potentially_erroneous")
        assert found == printed["excluded"]
        assert [name for name in touches if name not in found] == printed["valid"]
