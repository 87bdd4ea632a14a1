"""An exchange moved by its recorded messages."""

import json
from typing import Any, cast

import pytest

from messages import BookChanged, Message
from simulator.recorded.prices import NO_BOOK_YET, RecordedExchange
from simulator.recorded.world import RecordedWorld
from simulator.session import Session
from simulator.settings import Settings
from simulator.venue import Request
from simulator.venues.bullish import BullishVenue
from simulator.venues.coinbase import CoinbaseVenue
from tests.simulator.recorded.logs import (
    T0_NS,
    USD_E8,
    changed,
    closed,
    levels,
    snapshot,
    started,
    traded,
    volume,
    withdrawn,
)

NOW_NS = 1_795_000_000 * 10**9


class Listener:
    """A client's session that keeps what it is sent."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.closed: list[int] = []
        self.path = "/"

    def send(self, text: str) -> None:
        if not self.closed:
            self.heard.append(json.loads(text))

    def close(self, code: int, reason: str = "") -> None:
        self.closed.append(code)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if message["type"] == kind]


def request(path: str) -> Request:
    return Request(path, [], {})


def coinbase(*played: Message) -> RecordedExchange:
    world = RecordedWorld(1.0, {"coinbase": 60_000.0})
    venue = RecordedExchange(CoinbaseVenue(Settings(), world))
    for message in played:
        venue.play(message, NOW_NS)
    return venue


def listening(venue: RecordedExchange) -> Listener:
    listener = Listener()
    session = cast(Session, listener)
    venue.opened(session)
    wanted = {"type": "subscribe", "product_ids": ["BTC-USD"], "channels": ["level2_batch", "matches"]}
    venue.received(session, json.dumps(wanted))
    return listener


def sides(venue: RecordedExchange) -> dict[str, list[list[str]]]:
    book: dict[str, list[list[str]]] = cast(Any, venue.books())["BTC-USD"]
    return book


def test_until_the_recording_has_a_book_nobody_is_let_in() -> None:
    venue = coinbase(started("coinbase"), volume("coinbase", 5), traded("coinbase"))
    assert venue.quiet == NO_BOOK_YET
    admitted = venue.admit(request("/"))
    assert admitted is not None
    assert admitted.status == 503
    assert venue.rest(request("/products/BTC-USD/book")).status == 503
    assert venue.books() == {}
    venue.play(snapshot("coinbase"), NOW_NS)
    assert venue.quiet == ""
    assert venue.admit(request("/")) is None
    assert venue.rest(request("/products/BTC-USD/book")).status == 200


def test_a_client_gets_the_recorded_book_and_then_its_changes() -> None:
    venue = coinbase(snapshot("coinbase"))
    client = listening(venue)
    (first,) = client.of("snapshot")
    assert first["bids"][0] == ["60000.00", "0.01000000"]
    assert len(first["asks"]) == 60
    venue.play(
        changed("coinbase", [(60_000 * USD_E8, 5)], [(60_001 * USD_E8, 0), (60_002 * USD_E8, 9)]), NOW_NS
    )
    (update,) = client.of("l2update")
    assert sorted(update["changes"]) == [
        ["buy", "60000.00", "0.00000005"],
        ["sell", "60001.00", "0.00000000"],
        ["sell", "60002.00", "0.00000009"],
    ]
    assert sides(venue)["asks"][0] == ["60002.00", "0.00000009"]


def test_a_checkpoint_of_what_is_known_says_nothing_and_a_difference_is_a_change() -> None:
    venue = coinbase(snapshot("coinbase"))
    client = listening(venue)
    heard = len(client.heard)
    venue.play(snapshot("coinbase", checkpoint=True), NOW_NS)
    assert len(client.heard) == heard
    venue.play(snapshot("coinbase", 60_001), NOW_NS)
    assert client.of("l2update")
    assert sides(venue)["bids"][0][0] == "60001.00"
    assert not client.closed


def test_levels_may_change_sides_and_whole_sides_may_move_in_one_message() -> None:
    venue = coinbase(snapshot("coinbase"))
    was, now = snapshot("coinbase"), snapshot("coinbase", 60_100)
    gone = changed(
        "coinbase",
        [*((price, 0) for price, _ in was.bids), *now.bids],
        [*((price, 0) for price, _ in was.asks), *now.asks],
    )
    venue.play(gone, NOW_NS)
    assert venue.quiet == ""
    assert sides(venue)["bids"][0][0] == "60100.00"
    assert len(sides(venue)["bids"]) == len(sides(venue)["asks"]) == 60


@pytest.mark.parametrize("end", [withdrawn("coinbase"), closed("coinbase"), started("coinbase")])
def test_where_the_book_is_not_known_it_is_quiet_and_then_wants_fresh_snapshots(end: Message) -> None:
    venue = coinbase(snapshot("coinbase"))
    client = listening(venue)
    heard = len(client.heard)
    venue.play(end, NOW_NS)
    venue.play(changed("coinbase", [(60_000 * USD_E8, 5)], []), NOW_NS)
    venue.play(traded("coinbase"), NOW_NS)
    assert venue.quiet
    assert len(client.heard) == heard
    assert venue.admit(request("/")) is not None
    assert not client.closed
    venue.play(snapshot("coinbase", 60_500), NOW_NS)
    assert client.closed == [1012]
    assert listening(venue).of("snapshot")[0]["bids"][0][0] == "60500.00"


def test_the_last_book_of_a_feed_that_was_told_to_stop_stays() -> None:
    venue = coinbase(snapshot("coinbase"), closed("coinbase", "none"))
    assert venue.quiet == ""


def test_a_book_that_loses_a_side_is_not_served() -> None:
    venue = coinbase(snapshot("coinbase"))
    empty: BookChanged = changed("coinbase", [], [(price, 0) for price, _ in levels(60_001, 1)])
    venue.play(empty, NOW_NS)
    assert "empty" in venue.quiet
    venue.heartbeat(NOW_NS + 10**9)


def test_trades_are_told_with_numbers_without_a_hole_and_count() -> None:
    venue = coinbase(traded("coinbase", 59_990), snapshot("coinbase"))
    client = listening(venue)
    assert client.of("last_match")[0]["price"] == "59990"
    venue.play(traded("coinbase", 60_001), NOW_NS)
    venue.play(traded("coinbase", 60_002, 250_000_000), NOW_NS)
    first, second = client.of("match")
    assert (second["price"], second["size"], second["side"]) == ("60002", "2.5", "sell")
    assert second["trade_id"] == first["trade_id"] + 1


def test_the_day_volume_is_the_recorded_one() -> None:
    venue = coinbase(snapshot("coinbase"), volume("coinbase", 4_321))
    stats = json.loads(venue.rest(request("/products/BTC-USD/stats")).body)
    assert float(stats["volume"]) == pytest.approx(4_321, rel=1e-4)


def test_what_the_venues_decimals_cannot_write_is_counted_and_left_out() -> None:
    world = RecordedWorld(1.0, {"bullish": 60_000.0})
    venue = RecordedExchange(BullishVenue(Settings(), world))
    book = snapshot("bullish")
    venue.play(book, NOW_NS)
    venue.play(changed("bullish", [(60_000 * USD_E8 + 1_000_000, 5)], []), NOW_NS)
    other = BookChanged("bullish", "ETH-USD", 1, T0_NS, T0_NS, [], [])
    venue.play(other, NOW_NS)
    assert venue.unshown == 2
    assert len(sides(venue)["bids"]) == 60
