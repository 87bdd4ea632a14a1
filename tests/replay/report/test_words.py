"""Times and lengths in words."""

import pytest

from replay.report.words import length, moment, number, usd


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0123, "0.0123 s"), (90, "90 s"), (1080, "18 min"), (9000, "2.5 h"), (2e5, "2.31 d")],
)
def test_lengths_have_two_or_three_places(seconds: float, words: str) -> None:
    assert length(seconds) == words


def test_moments_are_in_utc_and_none_is_a_dash() -> None:
    assert moment(1_795_392_000 * 10**9) == "2026-11-23 00:00:00"
    assert moment(0) == "-"


def test_counts_bear_their_word() -> None:
    assert [number(1, "gap"), number(1200, "gap"), number(2, "stretch", "stretches")] == [
        "1 gap",
        "1,200 gaps",
        "2 stretches",
    ]


def test_money_shows_its_sign_first() -> None:
    assert [usd(1.2), usd(-1234.5), usd(0.0)] == ["+$1.20", "-$1,234.50", "+$0.00"]
