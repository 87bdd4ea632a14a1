from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.prices.numbers import FLOAT_LIMIT_E8, LIMIT_E8, either_e8, number_e8, sided_levels, text_e8

UNITS = st.integers(0, LIMIT_E8 // 1_000) | st.integers(0, FLOAT_LIMIT_E8) | st.integers(0, 10**6)
NOT_NUMBERS: list[Any] = [
    "",
    "abc",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "-1",
    "-0.00000001",
    "0.-10000",
    "1e99",
    "1,5",
]
NOT_TEXT: list[Any] = [None, True, 1, 1.5, [], {}, ["1"], b"1"]


def written(units: int) -> str:
    """All eight decimals, as venues pad them."""
    return f"{units // 10**8}.{units % 10**8:08d}"


@given(units=UNITS, zeros=st.integers(0, 4))
def test_text_is_read_exactly(units: int, zeros: int) -> None:
    text = written(units) + "0" * zeros
    assert text_e8(text) == int(Decimal(text) * 10**8) == units
    assert text_e8(written(units).rstrip("0").rstrip(".")) == units


@given(units=st.integers(0, FLOAT_LIMIT_E8 - 1))
def test_a_json_number_is_read_exactly(units: int) -> None:
    assert number_e8(orjson.loads(written(units))) == units


@given(whole=st.integers(0, LIMIT_E8 // 10**8 - 1))
def test_a_whole_json_number_is_read_exactly(whole: int) -> None:
    assert number_e8(whole) == whole * 10**8


@given(text=st.from_regex(r"\A[0-9]{1,7}\.[0-9]{1,16}\Z"))
def test_digits_beyond_the_eighth_decimal_are_rounded_to_a_neighbour(text: str) -> None:
    assert abs(text_e8(text) - Decimal(text) * 10**8) < 1


@pytest.mark.parametrize("value", NOT_NUMBERS + NOT_TEXT)
def test_what_is_no_number_as_text_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        text_e8(value)


@pytest.mark.parametrize("value", [None, True, "1", -1, -0.5, 1e300, 10**30, float("nan"), float("inf"), []])
def test_what_is_no_json_number_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        number_e8(value)


def test_prices_that_nobody_will_pay_are_read_too() -> None:
    assert text_e8("64211194.00") == 6_421_119_400_000_000
    assert text_e8("92233720368.54775") == 9_223_372_036_854_775_000
    assert number_e8(64211194.25) == 6_421_119_425_000_000


def test_where_documents_disagree_either_is_read() -> None:
    assert either_e8("1.5") == either_e8(1.5) == 150_000_000
    with pytest.raises(ValueError, match="not a number"):
        either_e8(None)


def test_changes_fall_to_their_sides_in_order() -> None:
    changes = [["buy", "2", "1"], ["sell", "3", "0"], ["buy", "1.5", "0.1"]]
    one = 10**8
    assert sided_levels(changes) == ([(2 * one, one), (3 * one // 2, one // 10)], [(3 * one, 0)])


@pytest.mark.parametrize(
    "change", [["bid", "1", "1"], ["buy", "1"], ["buy", 1, "1"], "buy", None, ["sell", "1", "-1"]]
)
def test_a_change_of_another_form_is_refused(change: Any) -> None:
    with pytest.raises((ValueError, ArithmeticError, TypeError)):
        sided_levels([["buy", "1", "1"], change])
