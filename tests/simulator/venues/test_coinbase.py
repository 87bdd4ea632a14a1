import json
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from simulator.book import ASK, BID, Change
from simulator.settings import Settings
from simulator.venues.coinbase import CoinbaseVenue, ExchangeStream
from simulator.venues.coinbase_rest import CoinbasePages
from simulator.world import World
from tests.simulator.venues.client import Book, Client, Recorder, is_crossed, put, samples, shape
from tests.simulator.venues.conftest import Start

OUR_CHANNELS = ["level2_batch", "ticker", "matches", "heartbeat"]


def subscribe(*channels: object, **fields: object) -> dict[str, object]:
    return {"type": "subscribe", "product_ids": ["BTC-USD"], "channels": list(channels), **fields}


def is_type(name: str) -> Callable[[Any], bool]:
    return lambda message: bool(message["type"] == name)


def apply(book: Book, message: Any) -> None:
    if message["type"] == "snapshot":
        for side in ("bids", "asks"):
            book[side].clear()
            for price, size in message[side]:
                put(book, side, price, size)
    elif message["type"] == "l2update":
        for side, price, size in message["changes"]:
            put(book, {"buy": "bids", "sell": "asks"}[side], price, size)


def read_snapshot(client: Client, channel: str = "level2_batch") -> Book:
    book: Book = {"bids": {}, "asks": {}}
    client.say(subscribe(channel))
    apply(book, client.hear_until(is_type("snapshot")))
    return book


def test_the_acknowledgement_comes_first_and_renames_the_batch_channels(start: Start) -> None:
    (real,) = samples("coinbase_exchange", "subscriptions_ack.jsonl")
    with start("coinbase").stream() as client:
        client.say(subscribe(*OUR_CHANNELS, "ticker_batch"))
        ack = json.loads(client.hear())
    assert shape(ack) == shape(real)
    assert [channel["name"] for channel in ack["channels"]] == [
        "level2_50", "ticker", "matches", "heartbeat", "ticker_1000"
    ]  # fmt: skip


def test_channels_may_be_objects_with_products_of_their_own(start: Start) -> None:
    with start("coinbase").stream() as client:
        own = {"name": "matches", "product_ids": ["BTC-USD"]}
        client.say({"type": "subscribe", "channels": [own, {"name": "status"}]})
        names = [channel["name"] for channel in json.loads(client.hear())["channels"]]
    assert names == ["matches", "status"]


def test_frames_have_the_shapes_that_were_captured(start: Start) -> None:
    real = {
        "snapshot": samples("coinbase_exchange", "snapshot_trimmed50.json")[0],
        "l2update": samples("coinbase_exchange", "l2update_first40.jsonl")[0],
        "last_match": samples("coinbase_exchange", "match_and_last_match.jsonl")[0],
        "match": samples("coinbase_exchange", "match_and_last_match.jsonl")[1],
        "heartbeat": samples("coinbase_exchange", "heartbeat.jsonl")[0],
        "ticker": samples("coinbase_exchange", "ticker.jsonl")[1],
    }
    wanted = set(real)
    with start("coinbase").stream() as client:
        client.say(subscribe(*OUR_CHANNELS))
        while wanted:
            message = client.hear_until(lambda m: m["type"] in wanted)
            assert shape(message) == shape(real[message["type"]])
            assert list(message) == list(real[message["type"]])
            wanted.discard(message["type"])


def test_the_rebuilt_book_is_never_crossed_and_ends_as_the_true_one(start: Start) -> None:
    exchange = start("coinbase", rate=4_000.0)
    with exchange.stream() as client:
        book = read_snapshot(client)
        assert len(book["bids"]) > 1_000
        for message in client.hear_many(50):
            apply(book, message)
            assert not is_crossed(book)
        exchange.wait_for_truth(client, book, lambda message: apply(book, message))


def test_the_open_book_is_told_in_batches_of_fifty_milliseconds_and_the_keyed_one_at_once() -> None:
    market = CoinbaseVenue(Settings(), World(1)).market
    coinbase: Any = ExchangeStream(market, CoinbasePages(market))
    batched, keyed = Recorder(), Recorder()
    for session, message in (
        (batched, subscribe("level2_batch")),
        (keyed, subscribe("level2", signature="c2ln", key="k", passphrase="p", timestamp="1")),
    ):
        coinbase.opened(session, 0)
        coinbase.received(session, json.dumps(message), 0)
        session.sent.clear()
    for step in range(50):  # of 2 ms
        now_ns = 10**18 + step * 2_000_000
        coinbase.book_changed([Change(ASK, 8_400_100, step + 1), Change(BID, 8_400_000, step + 1)], now_ns)
        coinbase.publish(now_ns)
    assert len(keyed.sent) == 50
    first, second = (json.loads(text)["changes"] for text in batched.sent)
    assert first == [["buy", "84000.00", "0.00000001"], ["sell", "84001.00", "0.00000001"]]
    assert second == [["buy", "84000.00", "0.00000026"], ["sell", "84001.00", "0.00000026"]]
    coinbase.flush(10**18 + 100_000_000)
    coinbase.flush(10**18 + 200_000_000)
    assert [json.loads(text)["changes"][0][2] for text in batched.sent[2:]] == ["0.00000050"]


def test_trades_are_numbered_without_a_hole_and_heartbeats_name_the_last(start: Start) -> None:
    with start("coinbase", rate=3_000.0).stream() as client:
        client.say(subscribe("matches", "heartbeat"))
        last = client.hear_until(is_type("last_match"))["trade_id"]
        beats = 0
        while beats < 2:
            message = json.loads(client.hear())
            if message["type"] == "match":
                assert message["trade_id"] == last + 1
                last += 1
            elif message["type"] == "heartbeat":
                assert message["last_trade_id"] == last
                beats += 1


def test_a_match_names_the_makers_side_and_a_ticker_the_takers(start: Start) -> None:
    with start("coinbase").stream() as client:
        client.say(subscribe("matches", "ticker"))
        match = client.hear_until(is_type("match"))
        ticker = client.hear_until(lambda m: m.get("trade_id") == match["trade_id"])
    assert ticker["type"] == "ticker"
    assert {match["side"], ticker["side"]} == {"buy", "sell"}
    assert 7_000 < float(ticker["volume_24h"]) < 9_000


@pytest.mark.parametrize("channel", ["level2", "level3", "full", "user"])
def test_keyed_channels_are_refused_and_the_state_is_shown(start: Start, channel: str) -> None:
    (real,) = samples("coinbase_exchange", "error_level2_needs_auth.json")
    with start("coinbase").stream() as client:
        client.say(subscribe(channel))
        assert json.loads(client.hear()) == real
        assert json.loads(client.hear()) == {"type": "subscriptions", "channels": []}


def test_level2_is_served_to_who_signs(start: Start) -> None:
    with start("coinbase").stream() as client:
        client.say(subscribe("level2", signature="c2ln", key="k", passphrase="p", timestamp="1"))
        assert json.loads(client.hear())["channels"][0]["name"] == "level2"
        assert client.hear_until(is_type("snapshot"))
        assert client.hear_until(is_type("l2update"))


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (subscribe(), "No channels provided"),
        (subscribe("dance"), "dance is not a valid channel"),
        (subscribe("matches", product_ids=["NOPE-USD"]), "NOPE-USD is not a valid product"),
        (subscribe("matches", product_ids=[]), " is not a valid product"),
        ({"type": "dance"}, "Type has to be either subscribe or unsubscribe"),
    ],
)
def test_what_cannot_be_subscribed_is_refused(start: Start, request_: dict[str, object], reason: str) -> None:
    with start("coinbase").stream() as client:
        client.say(request_)
        error = json.loads(client.hear())
    assert error == {"type": "error", "message": "Failed to subscribe", "reason": reason}


def test_malformed_json_is_an_error(start: Start) -> None:
    with start("coinbase").stream() as client:
        client.say("{")
        assert json.loads(client.hear()) == {"type": "error", "message": "Malformed JSON"}


def test_unsubscribing_shows_what_is_left(start: Start) -> None:
    with start("coinbase").stream() as client:
        client.say(subscribe("matches", "heartbeat"))
        client.hear()
        client.say({"type": "unsubscribe", "channels": ["matches"], "product_ids": ["BTC-USD"]})
        ack = client.hear_until(is_type("subscriptions"))
        assert [channel["name"] for channel in ack["channels"]] == ["heartbeat"]
        assert client.hear_until(lambda m: True)["type"] == "heartbeat"


@pytest.mark.slow
def test_who_does_not_subscribe_within_five_seconds_is_dropped(start: Start) -> None:
    with start("coinbase").stream() as silent, pytest.raises(ConnectionClosed):
        silent.hear()


def test_a_lost_frame_leaves_no_trace_on_the_wire(start: Start) -> None:
    exchange = start("coinbase")
    with exchange.stream() as client:
        book = read_snapshot(client)
        exchange.inject("skip")
        for message in client.hear_many(50):
            apply(book, message)
        exchange.pause()
        assert exchange.get("/_sim/state")["faults"] == []


def test_a_crossed_book_can_be_ordered(start: Start) -> None:
    exchange = start("coinbase")
    with exchange.stream() as client:
        book = read_snapshot(client)
        exchange.inject("cross")
        for _ in range(300):
            apply(book, json.loads(client.hear()))
            if is_crossed(book):
                return
    pytest.fail("the book was never crossed")


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("unknown_type", "sim_unknown"), ("unknown_field", "sim_unknown_field"), ("unknown_symbol", "ETH-USD")],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("coinbase")
    with exchange.stream() as client:
        read_snapshot(client)
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


def test_an_acknowledgement_can_be_missing(start: Start) -> None:
    with start("coinbase", faults=["missing_ack:coinbase"]).stream() as client:
        client.say(subscribe("level2_batch"))
        assert json.loads(client.hear())["type"] == "snapshot"


def test_rest_pages_have_the_documented_shapes(start: Start) -> None:
    exchange = start("coinbase")
    pages = {entry["url"]: entry for entry in samples("coinbase_exchange", "rest_shapes.jsonl")}
    for page in ("/products/BTC-USD/ticker", "/products/BTC-USD/stats"):
        assert list(exchange.get(page)) == pages[page]["fields"]
    for page in ("/products/NOPE-USD/book", "/products/BTC-USD/book?level=4"):
        assert exchange.get(page, pages[page]["status"]) == pages[page]["body"]
    (real,) = samples("coinbase_exchange", "rest_book_level2_trimmed10.json")
    ours = exchange.get("/products/BTC-USD/book?level=2")
    assert list(ours) == list(real)
    assert [type(entry) for entry in ours["bids"][0]] == [str, str, int]
    assert len(exchange.get("/products/BTC-USD/book?level=1")["bids"]) == 1
    trades = exchange.get("/products/BTC-USD/trades")
    assert set(trades[0]) == {"trade_id", "side", "size", "price", "time"}
    assert trades[0]["trade_id"] == trades[1]["trade_id"] + 1


def test_rest_refuses_who_asks_too_often(start: Start) -> None:
    exchange = start("coinbase")
    for _ in range(15):
        exchange.get("/products/BTC-USD/ticker")
    assert "rate limit" in exchange.get("/products/BTC-USD/ticker", 429)["message"]
