"""Commands answered, refused, left unanswered."""

from typing import Any

import pytest

from actors.errors import (
    ActorsError,
    ConfigurationError,
    DeafError,
    GapError,
    RefusedError,
    VenueError,
)
from tests.actors.kalshi.rig import BOOK, CLOSE_NS, TICKER, Rig, S, drifts, live, stream


def refuse(rig: Rig, channel: str, code: int, said: str = "no") -> None:
    command = next(c for c in rig.commands("subscribe") if c["params"]["channels"] == [channel])
    rig.frame({"id": command["id"], "type": "error", "msg": {"code": code, "msg": said}})


def test_a_refused_index_is_noted_and_the_rest_goes_on() -> None:
    rig = stream()
    rig.venue.books[TICKER] = BOOK
    for channel in ("cfbenchmarks_value", "cfbenchmarks_value_5hz"):
        refuse(rig, channel, 8, "Unknown channel name")
    rig.run(1)
    rig.ack_all()
    rig.snapshot()
    rig.run(20)
    assert {("channel", "cfbenchmarks_value"), ("code", "8 Unknown channel name")} <= drifts(rig)
    assert rig.adapter.freshness(rig.now_ns).fresh
    assert sum(c["params"]["channels"] == ["cfbenchmarks_value"] for c in rig.commands("subscribe")) == 1


@pytest.mark.parametrize(("code", "error"), [(25, GapError), (9, ConfigurationError), (10, VenueError)])
def test_errors_that_end_the_books_end_the_feed(code: int, error: type[ActorsError]) -> None:
    rig = live()
    with pytest.raises(error):
        rig.frame({"type": "error", "sid": 1, "seq": rig.seq + 1, "msg": {"code": code, "msg": "x"}})


def test_a_refused_fresh_book_ends_the_feed() -> None:
    rig = live()
    rig.seq += 1
    rig.delta("0.4500", "1.00")
    command = rig.commands("get_snapshot")[0]
    with pytest.raises(GapError, match="refused a fresh book"):
        rig.frame({"id": command["id"], "type": "error", "msg": {"code": 13, "msg": "Unsupported action"}})


def test_a_refused_market_is_tried_again_and_then_ends_the_feed() -> None:
    rig = stream()
    rig.run(1)
    said = {"code": 16, "msg": "Market not found", "market_ticker": TICKER}
    for tries in range(2):
        rig.frame({"id": subscribed_books(rig, tries), "type": "error", "msg": said})
        rig.run(2.5)
    with pytest.raises(RefusedError, match="refuses the book"):
        rig.frame({"id": subscribed_books(rig, 2), "type": "error", "msg": said})


def subscribed_books(rig: Rig, place: int) -> int:
    """Id of the n-th subscribe for the books."""
    sent = [c for c in rig.commands("subscribe") if c["params"]["channels"] == ["orderbook_delta"]]
    return int(sent[place]["id"])


def test_a_missing_acknowledgement_is_drift_and_the_command_is_sent_again() -> None:
    rig = stream()
    rig.run(6)
    sent = [c["params"]["channels"][0] for c in rig.commands("subscribe")]
    assert sent.count("orderbook_delta") == sent.count("trade") == 2
    assert ("ack", "subscribe orderbook_delta") in drifts(rig)
    with pytest.raises(DeafError, match="did not answer subscribe"):
        rig.run(6)


def test_data_counts_as_acknowledgement() -> None:
    rig = stream()
    rig.run(1)
    rig.snapshot()
    for _ in range(15):
        rig.run(1)
        rig.delta("0.4500", "1.00")
    assert len([c for c in rig.commands("subscribe") if "orderbook_delta" in c["params"]["channels"]]) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"id": 4, "type": "subscribed", "msg": {"channel": "orderbook_delta", "sid": 1}},
        {"id": 4, "sid": 1, "type": "ok", "msg": {"market_tickers": [TICKER]}},
        {"id": 4, "sid": 1, "seq": 1, "type": "ok", "msg": {"market_tickers": [TICKER]}},
        {"id": 4, "sid": 1, "type": "ok", "market_tickers": [TICKER]},
        {"id": 4, "type": "error", "msg": {"code": 6, "msg": "Already subscribed"}},
    ],
)
def test_every_shape_of_an_acknowledgement_is_taken(reply: dict[str, Any]) -> None:
    rig = stream()
    rig.run(1)
    assert rig.sent[3]["params"]["channels"] == ["orderbook_delta"]
    rig.frame(reply)
    rig.snapshot(seq=1)
    rig.run(3)
    assert rig.adapter.freshness(rig.now_ns).fresh


def test_a_market_left_out_of_an_acknowledgement_is_added_again() -> None:
    rig = live(now_ns=CLOSE_NS - 100 * S)
    rig.run(0.2)
    command = next(c for c in rig.commands("add_markets") if c["params"]["sid"] == 1)
    rig.frame({"id": command["id"], "sid": 1, "type": "ok", "msg": {"market_tickers": [TICKER]}})
    rig.run(0.2)
    assert ("ack", "orderbook_delta left a market out") in drifts(rig)
    assert len([c for c in rig.commands("add_markets") if c["params"]["sid"] == 1]) == 2


def test_an_ended_subscription_is_noticed() -> None:
    rig = live()
    rig.frame({"sid": 2, "type": "unsubscribed"})
    assert ("channel", "trade") in drifts(rig)
    with pytest.raises(VenueError, match="books is gone"):
        rig.frame({"id": 102, "sid": 1, "seq": 7, "type": "unsubscribed"})
