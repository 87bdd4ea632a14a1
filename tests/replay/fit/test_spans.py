"""Past and future are kept apart."""

import re

import numpy as np
import pytest

from replay.fit.dataset import Market
from replay.fit.errors import FitError, OverlapError
from replay.fit.spans import refuse_overlap, split, windows
from tests.replay.fit.made import WINDOW_NS, S, cut_ns, markets, right

MADE = markets(60, right, seed=1)


def tickers(found: list[Market]) -> list[int]:
    return [int(market.ticker[1:]) for market in found]


def test_the_past_is_what_closed_and_was_known_the_future_what_began_later() -> None:
    found = split(MADE, cut_ns(30), cut_ns(31))
    assert tickers(found.train) == list(range(30))
    assert tickers(found.test) == list(range(31, 60))
    assert found.left_out == [("M30", "it lies across or between the spans")]


def test_nothing_in_the_test_began_before_all_that_was_fitted_on_was_known() -> None:
    found = split(MADE, cut_ns(30), cut_ns(30))
    assert tickers(found.train) == list(range(29))
    assert tickers(found.test) == list(range(30, 60))
    assert found.left_out == [("M29", "its result came only after the test began")]
    assert max(m.known_ns for m in found.train) <= min(int(m.at_ns[0]) for m in found.test)


def test_spans_that_overlap_are_refused() -> None:
    with pytest.raises(OverlapError, match="before the training ends at 2026-11-"):
        split(MADE, cut_ns(30), cut_ns(30) - 1)
    with pytest.raises(OverlapError):
        refuse_overlap(2, 1)
    refuse_overlap(1, 1)


@pytest.mark.parametrize(("train_to", "test_from"), [(0, 0), (0, WINDOW_NS // 2), (-WINDOW_NS // 2, 0)])
def test_a_market_that_straddles_is_in_neither(train_to: int, test_from: int) -> None:
    middle = cut_ns(30) + WINDOW_NS // 3
    found = split(MADE, middle + train_to, middle + test_from)
    assert "M30" in [left.ticker for left in found.left_out]
    assert 30 not in tickers(found.train) + tickers(found.test)


def test_a_market_that_was_open_before_its_first_sample_straddles_too() -> None:
    late = MADE[30]._replace(at_ns=MADE[30].at_ns + WINDOW_NS // 2)
    found = split([*MADE[:30], late, *MADE[31:]], cut_ns(30), cut_ns(30) + S)
    assert ("M30", "it lies across or between the spans") in found.left_out


def test_markets_without_an_end_are_left_out_and_named() -> None:
    unknown = MADE[3]._replace(outcome=np.nan, known_ns=0)
    scalar = MADE[4]._replace(outcome=np.nan)
    found = split([*MADE[:3], unknown, scalar, *MADE[5:]], cut_ns(30), cut_ns(31))
    assert found.left_out[:2] == [("M3", "its result is not recorded"), ("M4", "it ended neither yes nor no")]
    assert windows(found.train) == 28


@pytest.mark.parametrize(
    ("train", "test", "why"),
    [
        (19, 19, "to fit needs 20 settled windows; 19 closed by 2026-11-"),
        (58, 58, "to test needs 5 settled windows; 2 opened after 2026-11-"),
    ],
)
def test_too_little_is_refused_with_what_there_is(train: int, test: int, why: str) -> None:
    known = [market._replace(known_ns=market.close_ns) for market in MADE]
    with pytest.raises(FitError, match=re.escape(why) + r".*of 60 recorded from 2026-"):
        split(known, cut_ns(train), cut_ns(test))
    with pytest.raises(FitError, match="no fair value of any market is recorded"):
        split([], cut_ns(train), cut_ns(test))


def test_markets_that_all_ended_alike_teach_nothing() -> None:
    alike = [market._replace(outcome=1.0) for market in MADE]
    with pytest.raises(FitError, match="all 30 markets to fit on ended alike"):
        split(alike, cut_ns(30), cut_ns(31))


def test_markets_that_close_together_are_one_window() -> None:
    assert windows([MADE[0], MADE[0]._replace(ticker="other"), MADE[1]]) == 2
