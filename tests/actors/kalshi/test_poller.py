import json
from typing import Any

import pytest

from actors.errors import FrameError, NetworkError, RefusedError
from actors.kalshi.book import MarketBook
from actors.kalshi.settings import Subscribe
from messages import (
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketQuoteChanged,
    MarketTraded,
    Message,
)
from tests.actors.kalshi.rig import TICKER, Rig, S, live, market, of, poller, usual_venue

Sides = dict[str, list[list[str]]]


def rest(yes: dict[str, str], no: dict[str, str]) -> Sides:
    return {"yes_dollars": [[p, c] for p, c in yes.items()], "no_dollars": [[p, c] for p, c in no.items()]}


def polling(yes: dict[str, str], no: dict[str, str], **more: Any) -> Rig:
    venue = usual_venue()
    venue.books[TICKER] = rest(yes, no)
    rig = poller(venue=venue, **more)
    rig.run(2)
    return rig


def rebuilt(messages: list[Any]) -> MarketBook:
    """The book that a listener has after these messages; each change must agree with it."""
    book = MarketBook(TICKER)
    for message in messages:
        if isinstance(message, MarketBookSnapshot) and message.ticker == TICKER:
            book.replace(message.bids, message.asks)
        elif isinstance(message, MarketBookChanged):
            assert book.change(message.is_bid, message.price_e6, message.change_e2) == message.count_e2
    book.refresh_quote()
    return book


def test_the_first_read_is_a_snapshot_in_yes_prices() -> None:
    rig = polling({"0.4000": "10.00", "0.4500": "5.00"}, {"0.5000": "7.00"})
    snapshot = next(m for m in of(rig.said, MarketBookSnapshot) if m.ticker == TICKER)
    assert (snapshot.bids, snapshot.asks) == ([(450_000, 500), (400_000, 1000)], [(500_000, 700)])
    assert not snapshot.checkpoint
    quote = of(rig.said, MarketQuoteChanged)[0]
    assert (quote.bid_e6, quote.ask_e6) == (450_000, 500_000)
    assert rig.adapter.freshness(rig.now_ns).fresh


def test_differences_are_changes_level_by_level() -> None:
    rig = polling({"0.4000": "10.00", "0.4500": "5.00"}, {"0.5000": "7.00"})
    before = len(rig.said)
    rig.venue.books[TICKER] = rest({"0.4000": "12.00", "0.4600": "1.00"}, {"0.5000": "7.00"})
    rig.run(1)
    new = rig.said[before:]
    changes = [(m.is_bid, m.price_e6, m.count_e2, m.change_e2) for m in of(new, MarketBookChanged)]
    assert changes == [(True, 450_000, 0, -500), (True, 400_000, 1200, 200), (True, 460_000, 100, 100)]
    assert [m.bid_e6 for m in of(new, MarketQuoteChanged)] == [460_000]
    rig.run(1)
    assert not of(rig.said[before + len(new) :], MarketBookChanged)


def test_polling_leads_to_the_book_that_the_stream_gives() -> None:
    history: list[tuple[str, str, str]] = [
        ("yes", "0.4600", "3.00"), ("no", "0.9000", "-20.00"), ("no", "0.5500", "8.25"),
        ("yes", "0.4500", "-5.00"),
        ("no", "0.5000", "-7.00"), ("yes", "0.5100", "0.50"), ("yes", "0.4000", "-10.00"),
    ]  # fmt: skip
    streamed = live()
    polled = poller()
    for step in range(len(history) + 1):
        if step:
            side, price, change = history[step - 1]
            streamed.delta(price, change, side)
        bids, asks = streamed.adapter.shelf.entries[TICKER].book.levels()  # type: ignore[union-attr]
        yes = {f"{price / 1e6:.4f}": f"{count / 100:.2f}" for price, count in bids}
        no = {f"{1 - price / 1e6:.4f}": f"{count / 100:.2f}" for price, count in asks}
        polled.venue.books[TICKER] = rest(yes, no)
        polled.run(1)
        assert rebuilt(polled.said).levels() == rebuilt(streamed.said).levels()
        tops = [of(rig.said, MarketQuoteChanged)[-1] for rig in (polled, streamed)]
        assert (tops[0].bid_e6, tops[0].ask_e6) == (tops[1].bid_e6, tops[1].ask_e6)


def test_trades_come_once_in_order_and_not_from_before_the_start() -> None:
    rig = polling({}, {})
    row = {"ticker": TICKER, "count_fp": "8.94", "yes_price_dollars": "0.7700", "taker_side": "yes",
           "taker_outcome_side": "yes", "taker_book_side": "bid", "is_block_trade": False}  # fmt: skip
    old = {"trade_id": "old", "created_time": "2026-08-17T04:45:30Z", **row}
    rig.venue.trades[TICKER] = [old]
    rig.run(3)
    assert not of(rig.said, MarketTraded)
    for name, at in (("a", "2026-08-17T04:46:02.1Z"), ("b", "2026-08-17T04:46:02.2Z")):
        rig.venue.trades[TICKER].insert(0, {"trade_id": name, "created_time": at, **row})
        rig.run(2)
    traded = of(rig.said, MarketTraded)
    assert [message.trade_id for message in traded] == ["a", "b"]
    assert (traded[0].price_e6, traded[0].count_e2, traded[0].taker_buys_yes) == (770_000, 894, True)


def test_the_rate_stays_polite() -> None:
    rig = polling({"0.4000": "10.00"}, {})
    rig.venue.asked.clear()
    rig.run(60)
    assert 150 <= len(rig.venue.asked) <= 245


def test_too_many_requests_slow_it_down_and_the_book_is_not_fresh() -> None:
    rig = polling({"0.4000": "10.00"}, {})
    rig.venue.refuse = lambda get: (429, {"error": "too many requests"})
    rig.venue.asked.clear()
    rig.run(30)
    assert len(rig.venue.asked) <= 12
    freshness = rig.adapter.freshness(rig.now_ns)
    assert not freshness.fresh
    assert "polling without a key" in freshness.why_not
    assert "too many requests" in freshness.why_not
    assert of(rig.said, MarketBookWithdrawn)[-1].ticker == TICKER
    rig.venue.refuse = lambda get: None
    rig.run(60)
    assert rig.adapter.freshness(rig.now_ns).fresh
    assert rebuilt(rig.said).levels()[0] == [(400_000, 1000)]


@pytest.mark.parametrize(("status", "error"), [(0, NetworkError), (403, RefusedError), (500, RefusedError)])
def test_rest_that_keeps_failing_ends_the_feed(status: int, error: type[Exception]) -> None:
    rig = polling({"0.4000": "10.00"}, {})
    rig.venue.refuse = lambda get: (status, {"error": "x"})
    with pytest.raises(error):
        rig.run(60)


def test_bodies_that_cannot_be_read_are_endured_for_a_while() -> None:
    rig = polling({"0.4000": "10.00"}, {})
    rig.venue.books[TICKER] = rest({"0.4000": "ten"}, {})
    with pytest.raises(FrameError, match="not a count"):
        rig.run(30)


def test_a_crossed_book_is_not_taken() -> None:
    rig = polling({"0.4000": "10.00"}, {"0.4000": "1.00"})
    rig.venue.books[TICKER] = rest({"0.6000": "1.00"}, {"0.6000": "1.00"})
    rig.run(0.6)
    assert rebuilt(rig.said).levels()[0] == [(400_000, 1000)]


def test_the_state_is_restated_every_ten_seconds() -> None:
    rig = polling({"0.4000": "10.00"}, {})
    rig.run(30)
    checkpoints = [m for m in of(rig.said, MarketBookSnapshot) if m.checkpoint and m.ticker == TICKER]
    assert len(checkpoints) == 3
    assert all(isinstance(message, Message) for message in rig.said)


def test_there_is_no_stream() -> None:
    rig = poller()
    assert rig.adapter.handshake(rig.now_ns) is None
    with pytest.raises(FrameError):
        rig.adapter.frame(json.dumps({}).encode(), S, 1)


def test_many_running_markets_are_read_more_rarely_and_stay_fresh() -> None:
    venue = usual_venue()
    extra = [f"KXETH15M-26AUG170100-0{number}" for number in range(7)]
    for ticker in extra:
        venue.markets[ticker] = market(ticker)
    rig = poller(venue=venue, subscribe=Subscribe(["KXBTC15M"], extra))
    rig.run(30)
    assert rig.adapter.freshness(rig.now_ns).fresh
    reads = sum(path.startswith(f"/markets/{extra[0]}/orderbook") for path in venue.asked)
    assert 5 <= reads <= 10
    assert len(venue.asked) <= 30 * 4 + 5
