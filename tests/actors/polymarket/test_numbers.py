import pytest

from actors.polymarket.numbers import price_e6, size_e6, stamp_ns, touch_e6


def test_prices_and_sizes_are_read_exactly() -> None:
    assert price_e6("0.585") == 585_000
    assert price_e6("0.001") == 1_000
    assert size_e6("374.34") == 374_340_000
    assert size_e6("0") == 0
    assert size_e6("123456789.123456") == 123_456_789_123_456


@pytest.mark.parametrize(
    "wrong", ["0", "1", "-0.1", "1.5", "NaN", "Infinity", "1e400", "", "x", None, 0.5, True]
)
def test_what_is_no_price_is_refused(wrong: object) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        price_e6(wrong)


@pytest.mark.parametrize("empty", [None, "", "0", "1"])
def test_an_empty_side_has_its_words(empty: object) -> None:
    assert touch_e6(empty) == -1
    assert touch_e6("0.07") == 70_000


def test_stamps_are_milliseconds_and_anything_else_is_none() -> None:
    assert stamp_ns("1786728438403") == 1_786_728_438_403 * 10**6
    for wrong in ("", "12", "x" * 13, None, 1_786_728_438_403, "17867284384031"):
        assert stamp_ns(wrong) == 0
