import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from simulator.settings import Settings
from simulator.venues.coinbase import CoinbaseVenue
from simulator.venues.coinbase_advanced import AdvancedStream
from simulator.world import World
from tests.simulator.venues.client import Book, Client, Recorder, empty_book, is_crossed, put, samples, shape
from tests.simulator.venues.conftest import Start


def subscribe(channel: str) -> dict[str, object]:
    return {"type": "subscribe", "product_ids": ["BTC-USD"], "channel": channel}


def apply(book: Book, message: Any) -> None:
    if message["channel"] != "l2_data":
        return
    for event in message["events"]:
        if event["type"] == "snapshot":
            book["bids"].clear()
            book["asks"].clear()
        for update in event["updates"]:
            side = {"bid": "bids", "offer": "asks"}[update["side"]]
            put(book, side, update["price_level"], update["new_quantity"])


def hear_from(client: Client, channel: str) -> Any:
    return client.hear_until(lambda message: message["channel"] == channel)


def test_data_precedes_the_acknowledgement_of_level2(start: Start) -> None:
    real = samples("coinbase_advanced", "l2_data_sequence.jsonl")
    with start("coinbase").stream("/advanced") as client:
        client.say(subscribe("level2"))
        heard = [json.loads(client.hear())]
        while heard[-1]["channel"] != "subscriptions":
            heard.append(json.loads(client.hear()))
    assert [(m["channel"], m["events"][0].get("type")) for m in heard[:2]] == [
        ("l2_data", "snapshot"), ("l2_data", "update")
    ]  # fmt: skip
    assert shape(heard[0]) == shape(real[0])
    assert heard[1]["events"][0]["updates"] == []
    assert shape(heard[-1]) == shape(real[3])
    assert [m["sequence_num"] for m in heard] == list(range(len(heard)))


def test_the_sequence_counts_every_frame_of_the_connection(start: Start) -> None:
    with start("coinbase").stream("/advanced") as client:
        for channel in ("level2", "market_trades", "ticker", "heartbeats"):
            client.say(subscribe(channel))
        hear_from(client, "heartbeats")
        client.hear_many(300)
    assert [json.loads(text)["sequence_num"] for text in client.heard] == list(range(len(client.heard)))


def test_frames_have_the_shapes_that_were_captured(start: Start) -> None:
    real = {
        "market_trades": samples("coinbase_advanced", "market_trades.jsonl")[0],
        "ticker": samples("coinbase_advanced", "ticker.jsonl")[0],
        "heartbeats": samples("coinbase_advanced", "heartbeats_2024.jsonl")[1],
        "l2_data": samples("coinbase_advanced", "l2_data_sequence.jsonl")[-1],
    }
    del real["heartbeats"]["client_id"]  # not sent any more in 2026
    with start("coinbase").stream("/advanced") as client:
        for channel in ("market_trades", "ticker", "heartbeats", "level2"):
            client.say(subscribe(channel))
        for channel, theirs in real.items():
            ours = hear_from(client, channel)
            assert list(ours) == list(theirs)
            event = ours["events"][0]
            assert shape({**event, "type": ""}) == shape({**theirs["events"][0], "type": ""})
            if channel != "heartbeats":
                rows = next(key for key in event if isinstance(event[key], list))
                assert list(event[rows][0]) == list(theirs["events"][0][rows][0])


def test_trades_and_tickers_begin_with_a_snapshot(start: Start) -> None:
    with start("coinbase").stream("/advanced") as client:
        client.say(subscribe("market_trades"))
        (snapshot,) = hear_from(client, "market_trades")["events"]
        assert snapshot["type"] == "snapshot"
        numbers = [int(trade["trade_id"]) for trade in snapshot["trades"]]
        assert numbers == sorted(numbers, reverse=True)
        (update,) = hear_from(client, "market_trades")["events"]
        assert update["type"] == "update"
        assert int(update["trades"][0]["trade_id"]) == numbers[0] + 1
        client.say(subscribe("ticker"))
        assert hear_from(client, "ticker")["events"][0]["type"] == "snapshot"


def test_trades_are_those_of_the_exchange_feed(start: Start) -> None:
    exchange = start("coinbase")
    with exchange.stream("/advanced") as advanced, exchange.stream() as plain:
        advanced.say(subscribe("market_trades"))
        plain.say({"type": "subscribe", "product_ids": ["BTC-USD"], "channels": ["matches"]})
        match = plain.hear_until(lambda m: m["type"] == "match")

        def trade_of(message: Any) -> Any:
            trades = message["events"][0].get("trades", [])
            return [trade for trade in trades if trade["trade_id"] == str(match["trade_id"])]

        (trade,) = trade_of(advanced.hear_until(trade_of))
    assert (trade["price"], trade["size"]) == (match["price"], match["size"])
    assert trade["side"].lower() == match["side"]


def test_the_rebuilt_book_is_never_crossed_and_ends_as_the_true_one(start: Start) -> None:
    exchange, book = start("coinbase", rate=4_000.0), empty_book()
    with exchange.stream("/advanced") as client:
        client.say(subscribe("level2"))
        for message in client.hear_many(400):
            apply(book, message)
            assert not is_crossed(book)
        exchange.wait_for_truth(client, book, lambda message: apply(book, message))


def test_a_skipped_frame_leaves_a_hole_in_the_sequence(start: Start) -> None:
    exchange = start("coinbase")
    with exchange.stream("/advanced") as client:
        client.say(subscribe("level2"))
        hear_from(client, "subscriptions")
        exchange.inject("skip")
        for _ in range(300):
            before = json.loads(client.heard[-1])["sequence_num"]
            if json.loads(client.hear())["sequence_num"] == before + 2:
                return
    pytest.fail("no hole in the sequence")


def test_a_repeated_frame_repeats_its_number(start: Start) -> None:
    exchange = start("coinbase")
    with exchange.stream("/advanced") as client:
        client.say(subscribe("level2"))
        exchange.inject("repeat")
        client.hear()
        client.hear_until(lambda m: len(client.heard) > 1 and client.heard[-1] == client.heard[-2])


def test_a_crossed_book_can_be_ordered(start: Start) -> None:
    exchange, book = start("coinbase"), empty_book()
    with exchange.stream("/advanced") as client:
        client.say(subscribe("level2"))
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
    with exchange.stream("/advanced") as client:
        client.say(subscribe("level2"))
        client.hear()
        exchange.inject(kind)
        strange = client.hear_until(lambda m: mark in client.heard[-1])
    if kind == "unknown_symbol":
        assert [event["product_id"] for event in strange["events"]] == ["BTC-USD", "ETH-USD"]


def test_private_channels_need_a_key(start: Start) -> None:
    (real,) = samples("coinbase_advanced", "error_auth.json")
    with start("coinbase").stream("/advanced") as client:
        client.say(subscribe("user"))
        assert json.loads(client.hear()) == real


def test_nonsense_is_answered_with_an_error(start: Start) -> None:
    with start("coinbase").stream("/advanced") as client:
        for message in (
            "{",
            {"type": "dance"},
            subscribe("dance"),
            {**subscribe("ticker"), "product_ids": ["X"]},
        ):
            client.say(message)
            assert json.loads(client.hear())["type"] == "error"


def test_unsubscribing_shows_what_is_left(start: Start) -> None:
    with start("coinbase").stream("/advanced") as client:
        client.say(subscribe("level2"))
        client.say(subscribe("heartbeats"))
        client.hear_until(lambda m: "heartbeats" in m["events"][0].get("subscriptions", {}))
        client.say({**subscribe("level2"), "type": "unsubscribe"})
        left = client.hear_until(lambda m: m["channel"] == "subscriptions")["events"][0]["subscriptions"]
        assert left == {"heartbeats": ["heartbeats"]}


@pytest.mark.slow
def test_who_does_not_subscribe_is_dropped(start: Start) -> None:
    with start("coinbase").stream("/advanced") as silent, pytest.raises(ConnectionClosed):
        silent.hear()


def test_rest_pages_have_the_shapes_that_were_captured(start: Start) -> None:
    exchange = start("coinbase")
    market = "/api/v3/brokerage/market"
    book = exchange.get(f"{market}/product_book?product_id=BTC-USD&limit=5")
    assert shape(book) == shape(samples("coinbase_advanced", "rest_product_book.json")[0])
    assert len(book["pricebook"]["bids"]) == 5
    ticker = exchange.get(f"{market}/products/BTC-USD/ticker?limit=3")
    assert shape(ticker) == shape(samples("coinbase_advanced", "rest_ticker.json")[0])
    assert len(ticker["trades"]) == 3
    assert exchange.get(f"{market}/products/BTC-USD")["product_id"] == "BTC-USD"
    assert exchange.get(f"{market}/products/NOPE-USD", 404)["error"] == "NOT_FOUND"


def test_a_connection_that_nothing_is_sent_on_is_closed_unless_it_asked_for_heartbeats() -> None:
    advanced: Any = AdvancedStream(CoinbaseVenue(Settings(), World(1)).market)
    quiet, beating = Recorder(), Recorder()
    for session, channel in ((quiet, "level2"), (beating, "heartbeats")):
        advanced.opened(session, 0)
        advanced.received(session, json.dumps(subscribe(channel)), 0)
    for second in range(1, 91):
        advanced.heartbeat(second * 1_000_000_000)
    assert quiet.closes == [(1000, "idle")]
    assert not beating.closes
    assert len(beating.sent) == 91


def test_the_batched_ticker_comes_every_five_seconds() -> None:
    advanced: Any = AdvancedStream(CoinbaseVenue(Settings(), World(1)).market)
    session = Recorder()
    advanced.opened(session, 0)
    advanced.received(session, json.dumps(subscribe("ticker_batch")), 0)
    for second in range(1, 21):
        advanced.heartbeat(second * 1_000_000_000)
    assert [json.loads(text)["channel"] for text in session.sent].count("ticker_batch") == 1 + 4
