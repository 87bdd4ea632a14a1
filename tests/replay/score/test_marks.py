import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.score.marks import NO_BOOK, Quotes


def mids(quotes: Quotes, *at_ns: int, end_ns: int = 10_000) -> list[float]:
    return [float(mid) for mid in quotes.marks(end_ns).mids(np.array(at_ns, dtype=np.int64))]


def quoted(*rows: tuple[int, int, int]) -> Quotes:
    quotes = Quotes()
    for at_ns, bid_e6, ask_e6 in rows:
        quotes.quote(at_ns, bid_e6, 500, ask_e6, 700)
    return quotes


def test_a_quote_holds_from_its_receipt_to_the_next_one() -> None:
    quotes = quoted((100, 400_000, 420_000), (200, 500_000, 520_000))
    assert mids(quotes, 99, 100, 199, 200, 300) == pytest.approx(
        [math.nan, 0.41, 0.41, 0.51, 0.51], nan_ok=True
    )


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30), st.integers(0, 1000))
def test_no_later_quote_is_ever_seen(times: list[int], at_ns: int) -> None:
    times.sort()
    everything = quoted(*((at, 10_000 + place, 90_000) for place, at in enumerate(times)))
    before = quoted(*((at, 10_000 + place, 90_000) for place, at in enumerate(times) if at <= at_ns))
    assert mids(everything, at_ns) == pytest.approx(mids(before, at_ns), nan_ok=True)


def test_a_withdrawn_book_gives_no_price_until_the_next_quote() -> None:
    quotes = quoted((100, 400_000, 420_000))
    quotes.withdraw(150)
    quotes.quote(200, 500_000, 1, 520_000, 1)
    assert mids(quotes, 149, 150, 199, 200) == pytest.approx([0.41, math.nan, math.nan, 0.51], nan_ok=True)
    touch = quotes.marks(1000).touch(np.array([160], dtype=np.int64))
    assert (touch.bid_e6[0], touch.ask_e6[0], touch.bid_count_e2[0]) == (NO_BOOK, NO_BOOK, 0)


def test_a_doubted_book_stands_again_when_the_feed_is_fresh_again() -> None:
    quotes = quoted((100, 400_000, 420_000))
    quotes.doubt(150, True)
    quotes.doubt(160, True)
    quotes.doubt(200, False)
    assert mids(quotes, 149, 170, 200) == pytest.approx([0.41, math.nan, 0.41], nan_ok=True)


def test_in_a_gap_that_was_noted_afterwards_nothing_is_known() -> None:
    quotes = quoted((100, 400_000, 420_000))
    quotes.blank(150, 300)
    assert mids(quotes, 150, 151, 299, 300, 400) == pytest.approx([0.41, *[math.nan] * 4], nan_ok=True)
    quotes.quote(310, 500_000, 1, 520_000, 1)
    assert mids(quotes, 305, 310) == pytest.approx([math.nan, 0.51], nan_ok=True)


def test_after_the_end_of_the_recording_nothing_is_known() -> None:
    assert mids(quoted((100, 400_000, 420_000)), 500, 501, end_ns=500) == pytest.approx(
        [0.41, math.nan], nan_ok=True
    )


def test_a_book_with_one_side_has_a_mid_only_near_the_end_of_the_scale() -> None:
    rows = [(1, -1, 20_000), (2, 980_000, -1), (3, -1, 300_000), (4, 600_000, -1), (5, -1, -1)]
    assert mids(quoted(*rows), 1, 2, 3, 4, 5) == pytest.approx([0.01, 0.99, *[math.nan] * 3], nan_ok=True)


def test_a_market_without_quotes_has_no_price() -> None:
    assert math.isnan(mids(Quotes(), 5)[0])


def test_a_clock_that_was_set_back_does_not_disorder_the_quotes() -> None:
    quotes = quoted((100, 400_000, 420_000), (90, 500_000, 520_000))
    assert mids(quotes, 99, 100) == pytest.approx([math.nan, 0.51], nan_ok=True)
