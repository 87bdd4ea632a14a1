import json
from typing import Any

import pytest

from tests.simulator.venues.client import Book, empty_book, is_crossed, put, samples, shape
from tests.simulator.venues.conftest import Start

PATH = "/v2/marketdata"
SUBSCRIBE = {"type": "subscribe", "subscriptions": [{"name": "l2", "symbols": ["BTCUSD"]}]}


def apply(book: Book, message: Any) -> None:
    if message["type"] == "l2_updates":
        for side, price, size in message["changes"]:
            put(book, {"buy": "bids", "sell": "asks"}[side], price, size)


def test_the_first_frame_holds_the_whole_book_trades_and_auctions(start: Start) -> None:
    (real,) = samples("gemini", "v2_l2_snapshot_trimmed.json")
    with start("gemini").stream(PATH) as client:
        client.say(SUBSCRIBE)
        first = json.loads(client.hear())
        assert list(first) == list(real)
        assert first["changes"][0][0] == "buy"
        assert first["changes"][-1][0] == "sell"
        assert len(first["changes"]) > 1_600
        assert shape(first["trades"]) == shape(real["trades"])
        numbers = [trade["event_id"] for trade in first["trades"]]
        assert numbers == list(range(numbers[0], numbers[0] - 50, -1))
        if real["auction_events"]:
            assert set(first["auction_events"][0]) <= set(real["auction_events"][0])
        assert list(client.hear_until(lambda m: m["type"] == "l2_updates")) == ["type", "symbol", "changes"]


def test_updates_and_trades_have_the_shapes_that_were_captured(start: Start) -> None:
    real = {message["type"]: message for message in samples("gemini", "v2_updates_trades_heartbeats.jsonl")}
    with start("gemini").stream(PATH) as client:
        client.say(SUBSCRIBE)
        client.hear()
        for kind in ("l2_updates", "trade"):
            ours = client.hear_until(lambda m: m["type"] == kind)  # noqa: B023 - used in the same turn
            assert list(ours) == list(real[kind])
            assert shape({**ours, "changes": []}) == shape({**real[kind], "changes": []})


def test_the_rebuilt_book_is_never_crossed_and_ends_as_the_true_one(start: Start) -> None:
    exchange, book = start("gemini", rate=4_000.0), empty_book()
    with exchange.stream(PATH) as client:
        client.say(SUBSCRIBE)
        for message in client.hear_many(300):
            apply(book, message)
            assert not is_crossed(book)
        exchange.wait_for_truth(client, book, lambda message: apply(book, message))


@pytest.mark.parametrize("symbol", ["btcusd", "NOPE"])
def test_a_symbol_that_is_not_known_in_upper_case_is_refused(start: Start, symbol: str) -> None:
    with start("gemini").stream(PATH) as client:
        client.say({"type": "subscribe", "subscriptions": [{"name": "l2", "symbols": [symbol]}]})
        assert json.loads(client.hear()) == samples("gemini", "v2_control.jsonl")[2]


def test_nonsense_is_refused(start: Start) -> None:
    with start("gemini").stream(PATH) as client:
        for said in ("{", "[]", {"type": "subscribe"}):
            client.say(said)
            assert json.loads(client.hear())["result"] == "error"


@pytest.mark.slow
def test_heartbeats_come_every_five_seconds_also_while_the_market_stands(start: Start) -> None:
    exchange = start("gemini")
    exchange.pause()
    with exchange.stream(PATH) as client:
        beats = [json.loads(client.hear()) for _ in range(2)]
    assert [shape(beat) for beat in beats] == [shape(samples("gemini", "v2_control.jsonl")[1])] * 2
    assert beats[1]["timestamp"] // 5_000 == beats[0]["timestamp"] // 5_000 + 1


def test_an_unsubscribed_book_falls_silent(start: Start) -> None:
    with start("gemini").stream(PATH) as client:
        client.say(SUBSCRIBE)
        client.hear()
        client.say({**SUBSCRIBE, "type": "unsubscribe"})
        client.say("{")
        client.hear_until(lambda m: m.get("result") == "error")
        client.say("{")
        assert json.loads(client.hear())["result"] == "error"


def test_a_crossed_book_can_be_ordered(start: Start) -> None:
    exchange, book = start("gemini"), empty_book()
    with exchange.stream(PATH) as client:
        client.say(SUBSCRIBE)
        apply(book, json.loads(client.hear()))
        exchange.inject("cross")
        for _ in range(300):
            apply(book, json.loads(client.hear()))
            if is_crossed(book):
                return
    pytest.fail("the book was never crossed")
