"""Books follow from snapshot and changes, and every later word is held against them."""

import pytest

from messages import (
    BookChanged,
    BookSnapshot,
    FrameReceived,
    Level,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketQuoteChanged,
    QuoteChanged,
)
from replay.audit.books import QUIET_NS, Books

BIDS: list[Level] = [(100, 1), (99, 2), (98, 3)]
ASKS: list[Level] = [(101, 4), (103, 5)]
TICKER = "KXBTC15M-1"
PAGE = (
    b'{"orderbook_fp":{"yes_dollars":[["0.5000","3.00"],["0.4900","7.00"]],"no_dollars":[["0.4000","2.00"]]}}'
)


def snapshot(bids: list[Level] = BIDS, asks: list[Level] = ASKS, checkpoint: bool = True) -> BookSnapshot:
    return BookSnapshot("x", "BTC-USD", 1, 1, 1, bids, asks, checkpoint)


def change(bids: list[Level], asks: list[Level] = []) -> BookChanged:  # noqa: B006 - not changed
    return BookChanged("x", "BTC-USD", 1, 1, 1, bids, asks)


def quote(bid: int, bid_size: int, ask: int, ask_size: int) -> QuoteChanged:
    return QuoteChanged("x", "BTC-USD", 1, 1, 1, bid, bid_size, ask, ask_size)


def market_snapshot(bids: list[Level], asks: list[Level], recv_ns: int = 1) -> MarketBookSnapshot:
    return MarketBookSnapshot(TICKER, 1, recv_ns, 1, 1, 1, bids, asks, True)


def market_change(
    price_e6: int, count_e2: int, change_e2: int, is_bid: bool = True, recv_ns: int = 1
) -> MarketBookChanged:
    return MarketBookChanged(TICKER, 1, recv_ns, 1, 1, 1, is_bid, price_e6, count_e2, change_e2)


def market_quote(bid: int, bid_count: int, ask: int, ask_count: int) -> MarketQuoteChanged:
    return MarketQuoteChanged(TICKER, 1, 1, 1, bid, bid_count, ask, ask_count)


def answer(recv_ns: int, source: str = f"GET /markets/{TICKER}/orderbook?depth=100 200") -> FrameReceived:
    return FrameReceived(1, recv_ns, source, PAGE)


def test_a_checkpoint_that_follows_from_the_changes_is_right() -> None:
    books = Books()
    assert books.snapshot(snapshot()) == ""
    books.changed(change([(100, 0), (99, 7)], [(102, 1)]))
    assert books.snapshot(snapshot([(99, 7), (98, 3)], [(101, 4), (102, 1), (103, 5)])) == ""
    assert (books.snapshots, books.changes) == (1, 1)


@pytest.mark.parametrize(
    ("bids", "asks", "words"),
    [
        ([(100, 1), (99, 2)], ASKS, "1 bids differ (98: 3 not 0)"),
        (BIDS, [(101, 4), (103, 6)], "1 asks differ (103: 5 not 6)"),
        ([], [], "3 bids differ (98: 3 not 0, 99: 2 not 0, 100: 1 not 0); 2 asks differ"),
    ],
)
def test_a_checkpoint_that_does_not_follow_is_named(bids: list[Level], asks: list[Level], words: str) -> None:
    books = Books()
    books.snapshot(snapshot())
    assert words in books.snapshot(snapshot(bids, asks))
    # And from there on it is the book.
    assert books.snapshot(snapshot(bids, asks)) == ""


def test_a_venues_own_snapshot_is_compared_as_far_as_both_reach() -> None:
    books = Books()
    books.snapshot(snapshot())
    assert books.snapshot(snapshot([(100, 1), (99, 2)], [(101, 4)], checkpoint=False)) == ""
    assert "1 bids differ" in books.snapshot(snapshot([(100, 1), (99, 9)], [(101, 4)], checkpoint=False))


def test_a_book_that_was_taken_back_is_not_compared() -> None:
    books = Books()
    books.snapshot(snapshot())
    books.withdrawn("BTC-USD")
    assert not books.stands()
    books.changed(change([(100, 9)]))
    assert books.snapshot(snapshot([(50, 1)], [(60, 1)])) == ""
    assert (books.stands(), books.snapshots, books.changes) == (True, 0, 0)


def test_a_rest_book_that_stood_in_is_of_another_moment_than_the_streams_first() -> None:
    books = Books()
    books.snapshot(snapshot(checkpoint=False), by_rest=True)
    assert "bids differ" in books.snapshot(snapshot([(90, 1)], ASKS))
    assert books.snapshot(snapshot([(80, 1)], ASKS, checkpoint=False)) == ""
    assert "bids differ" in books.snapshot(snapshot([(80, 2)], ASKS, checkpoint=False))


def test_a_touch_must_rest_in_the_book() -> None:
    books = Books()
    assert books.quote(quote(1, 1, 2, 2)) == ""
    books.snapshot(snapshot())
    assert books.quote(quote(100, 1, 101, 4)) == ""
    assert "does not rest" in books.quote(quote(100, 2, 101, 4))
    books.snapshot(snapshot([], ASKS))
    assert books.quote(quote(0, 0, 101, 4)) == ""


def test_a_markets_level_must_be_the_old_count_and_the_change() -> None:
    books = Books()
    assert books.market_changed(market_change(500_000, 5, 5)) == ""
    books.market_snapshot(market_snapshot([(500_000, 300)], [(600_000, 200)]))
    assert books.market_changed(market_change(500_000, 200, -100)) == ""
    assert books.market_quote(market_quote(500_000, 200, 600_000, 200)) == ""
    assert "200 and a change of 50 are not 300" in books.market_changed(market_change(500_000, 300, 50))
    assert books.market_changed(market_change(600_000, 0, -200, is_bid=False)) == ""
    assert books.market_quote(market_quote(500_000, 300, -1, 0)) == ""
    assert "does not rest" in books.market_quote(market_quote(500_000, 299, -1, 0))
    assert "differ" in books.market_snapshot(market_snapshot([(500_000, 299)], []))


def test_a_rest_book_is_compared_where_the_stream_was_silent() -> None:
    books = Books()
    books.market_snapshot(market_snapshot([(500_000, 300), (490_000, 700)], [(600_000, 200)]))
    books.asked(answer(10 * QUIET_NS), 7)
    answered = books.answered(polls=False)
    assert answered is not None
    assert (answered[0].ticker, answered[1], books.rest) == (TICKER, "", 1)
    assert books.answered(polls=False) is None


def test_a_rest_book_of_a_moving_market_says_nothing_unless_it_is_all_there_is() -> None:
    books = Books()
    books.market_snapshot(market_snapshot([(500_000, 300)], []))
    books.market_changed(market_change(500_000, 400, 100, recv_ns=10 * QUIET_NS))
    books.asked(answer(10 * QUIET_NS + 5), 7)
    assert books.answered(polls=False) is None
    books.asked(answer(10 * QUIET_NS + 5), 7)
    answered = books.answered(polls=True)
    assert answered is not None
    assert "is another one by REST" in answered[1]


@pytest.mark.parametrize(
    "source",
    [f"GET /markets/{TICKER}/orderbook?depth=100 429", f"GET /markets/{TICKER} 200", "ws"],
)
def test_other_answers_are_no_book(source: str) -> None:
    books = Books()
    books.market_snapshot(market_snapshot([(500_000, 300)], []))
    books.asked(answer(10 * QUIET_NS, source), 7)
    assert books.answered(polls=True) is None


def test_nothing_is_known_behind_missing_records() -> None:
    books = Books()
    books.snapshot(snapshot())
    books.forget()
    assert not books.stands()
    assert books.snapshot(snapshot([(1, 1)], [(2, 2)])) == ""
