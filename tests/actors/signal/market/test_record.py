import math
from typing import Any

import msgspec
import pytest

from actors.signal.market.record import MarketRecord
from messages import MarketDefined

S = 1_000_000_000


def contract(**changes: Any) -> MarketRecord:
    plain = MarketDefined(
        "M", "E", "S", S, 10 * S, 910 * S, "active", "greater_or_equal", 84_000_000_000, "rest", "", -1, [],
        "quadratic", "1",
    )  # fmt: skip
    made = MarketRecord("M")
    made.define(msgspec.structs.replace(plain, **changes), 1)
    return made


def test_a_market_runs_from_its_opening_to_just_before_its_close() -> None:
    market = contract()
    assert [market.open_at(at * S) for at in (9, 10, 909, 910)] == [False, True, True, False]
    assert [market.not_priced(at * S) for at in (9, 10, 910)] == [
        "the market is not open yet", "", "the market is closed",
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["initialized", "active"])
def test_a_market_past_its_opening_is_open_though_nothing_says_so(status: str) -> None:
    assert contract(status=status).not_priced(20 * S) == ""


def test_a_strike_from_the_market_before_is_enough() -> None:
    assert contract(strike_type="", strike_source="previous").not_priced(20 * S) == ""


def test_an_undefined_market_is_not_priced() -> None:
    assert MarketRecord("M").not_priced(S) == "the market is not defined yet"
    assert not MarketRecord("M").open_at(S)


def test_trouble_with_the_book_is_said_in_words() -> None:
    market = contract()
    assert market.book_trouble(20 * S, 3 * S) == "no book yet"
    market.standing.quoted(20 * S)
    assert market.book_trouble(20 * S, 3 * S) == ""
    assert market.book_trouble(24 * S, 3 * S) == "the book is older than 3 s"
    market.standing.withdraw()
    assert market.book_trouble(20 * S, 3 * S) == "the book is withdrawn"


def test_a_quote_is_as_young_as_the_last_word_that_it_stands() -> None:
    market = contract()
    assert market.confirmed_age_s(20 * S) == math.inf
    market.standing.quoted(20 * S)
    assert market.confirmed_age_s(21 * S) == 1.0
    market.standing.withdraw()
    assert market.confirmed_age_s(21 * S) == math.inf
