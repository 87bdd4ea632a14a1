"""Numbers, times and names in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import wording


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "-"), (0, "0.0 s"), (9.9, "9.9 s"), (9.96, "10 s"), (119, "119 s"), (120, "2 min"),
     (7200, "2.0 h"), (172_800, "2 d")],
)  # fmt: skip
def test_ages(seconds: float | None, words: str) -> None:
    assert wording.age(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0:00"),
        (0, "0:00"),
        (9.94, "0:09.9"),
        (9.97, "0:10"),
        (10, "0:10"),
        (61.9, "1:01"),
        (900, "15:00"),
    ],
)
def test_countdowns(seconds: float, words: str) -> None:
    assert wording.countdown(seconds) == words


@pytest.mark.parametrize(
    ("price_e6", "words"),
    [
        (-1, "-"),
        (0, "$0.00"),
        (500_000, "$0.50"),
        (545_000, "$0.545"),
        (1, "$0.000001"),
        (1_000_000, "$1.00"),
    ],
)
def test_contract_prices_are_exact_and_have_two_places_at_least(price_e6: int, words: str) -> None:
    assert wording.contract_price(price_e6) == words


def test_one_side_of_a_market_is_price_and_contracts_or_a_dash() -> None:
    assert (wording.contract_side(610_000, 14_500), wording.contract_side(-1, 0)) == ("$0.61 x 145", "-")


def test_counts_show_hundredths_only_where_there_are_any() -> None:
    assert (wording.count(10_000), wording.count(2_050), wording.count(123_456_700)) == (
        "100",
        "20.50",
        "1,234,567",
    )


def test_the_clock_is_utc_and_cut_not_rounded() -> None:
    assert wording.clock_utc(1_795_380_940_123_999_999) == "20:55:40.123"
    assert wording.clock_utc(1_795_380_940_999_999_999, 0) == "20:55:40"
    assert wording.moment_utc(1_795_380_940_999_999_999) == "2026-11-22 20:55:40"


def test_what_was_meant_is_guessed_only_from_what_comes_near() -> None:
    assert wording.did_you_mean("cionbase", ["coinbase", "kraken"]) == "; did you mean 'coinbase'?"
    assert wording.did_you_mean("xyz", ["coinbase", "kraken"]) == ""


@given(st.text())
def test_nothing_that_a_venue_sends_moves_the_cursor(text: str) -> None:
    assert wording.printable(text).isprintable()


def test_what_is_printable_stays_as_it_is() -> None:
    assert wording.printable("Zürich …") == "Zürich …"
    assert wording.printable("a\x1b[2Jb\n") == "a\\x1b[2Jb\\n"
