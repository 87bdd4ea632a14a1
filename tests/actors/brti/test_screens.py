import pytest

from actors.brti.screens import Touch, deviating, erroneous
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
