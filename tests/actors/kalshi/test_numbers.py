from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.kalshi.numbers import change_e2, count_e2, dollars_e6, index_e6, level_amount_e6, rfc3339_ns

dollars = st.decimals(min_value=0, max_value=10**9, places=6)
counts = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@given(dollars, st.integers(0, 6))
def test_dollars_are_what_decimal_says(value: Decimal, places: int) -> None:
    text = f"{value:.{places}f}"
    assert dollars_e6(text) == int(Decimal(text) * 1_000_000)


@given(counts)
def test_counts_are_what_decimal_says(value: Decimal) -> None:
    assert change_e2(f"{value:.2f}") == int(Decimal(f"{value:.2f}") * 100)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 0.5",
        "0.5 ",
        "+0.5",
        "-0.5",
        ".5",
        "5.",
        "0.1234567",
        "1e3",
        "NaN",
        "inf",
        "0,5",
        "1_0",
        "\u0660.\u0665",
        "0x1",
    ],
)
def test_what_is_not_dollars_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="dollars"):
        dollars_e6(text)


@pytest.mark.parametrize("read", [dollars_e6, change_e2, count_e2, rfc3339_ns])
@pytest.mark.parametrize("value", [None, 5, 0.5, True, [], {}, b"0.5"])
def test_only_text_is_read(read: Callable[[Any], int], value: Any) -> None:
    with pytest.raises(ValueError, match=r"text|RFC 3339"):
        read(value)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (dollars_e6, change_e2, count_e2, level_amount_e6, index_e6, rfc3339_ns):
        with suppress(ValueError):
            assert isinstance(read(text), int)


def test_a_negative_count_is_refused_where_a_count_stands() -> None:
    with pytest.raises(ValueError, match="negative"):
        count_e2("-1.00")


@pytest.mark.parametrize(
    ("value", "e6"),
    [
        (63441.03, 63_441_030_000),
        ("79,604.96", 79_604_960_000),
        (4487, 4_487_000_000),
        ("63653.21", 63_653_210_000),
    ],
)
def test_strikes_are_read_from_numbers_and_from_text_with_thousands(value: Any, e6: int) -> None:
    assert level_amount_e6(value) == e6


@pytest.mark.parametrize("value", [True, None, "7,9604.96", float("nan"), float("inf"), -1.0, 1e30, "1,00"])
def test_what_is_not_a_strike_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="dollars"):
        level_amount_e6(value)


@given(st.floats(min_value=0.01, max_value=1e9))
def test_a_number_of_cents_is_read_exactly(value: float) -> None:
    cents = round(value, 2)
    assert level_amount_e6(cents) == int(Decimal(repr(cents)) * 1_000_000)


def test_an_index_value_of_eight_decimals_is_rounded_half_up() -> None:
    assert index_e6("68000.10000049") == 68_000_100_000
    assert index_e6("68000.10000050") == 68_000_100_001
    assert index_e6(85850.67) == 85_850_670_000


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)))
def test_times_are_what_datetime_says(when: datetime) -> None:
    text = when.strftime("%Y-%m-%dT%H:%M:%S") + f".{when.microsecond:06d}Z"
    whole = (when - datetime(1970, 1, 1)) // (datetime(1970, 1, 1, 0, 0, 0, 1) - datetime(1970, 1, 1))
    assert rfc3339_ns(text.replace(text[:4], f"{when.year:04d}", 1)) == whole * 1000


def test_times_may_have_an_offset_and_no_fraction() -> None:
    assert rfc3339_ns("2026-08-17T01:00:00-04:00") == rfc3339_ns("2026-08-17T05:00:00Z")


@pytest.mark.parametrize("text", ["...Z", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01", ""])
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rfc3339_ns(text)
