import json
from itertools import pairwise
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from simulator.settings import Settings
from simulator.venues.bitstamp import BitstampStream, BitstampVenue
from simulator.world import World
from tests.simulator.venues.client import Book, Recorder, empty_book, is_crossed, put, samples, shape
from tests.simulator.venues.conftest import Start

FULL = "order_book_btcusd"
DIFFS = "diff_order_book_btcusd"
TRADES = "live_trades_btcusd"


def subscribe(channel: str) -> dict[str, object]:
    return {"event": "bts:subscribe", "data": {"channel": channel}}


def control_frames() -> list[Any]:
    return samples("bitstamp", "control_frames.jsonl")


def book_of(data: Any) -> Book:
    book: Book = {"bids": {}, "asks": {}}
    for side in ("bids", "asks"):
        for price, amount in data[side]:
            put(book, side, price, amount)
    return book


@pytest.mark.parametrize("channel", [FULL, DIFFS, TRADES])
def test_a_subscription_is_acknowledged_before_anything_comes(start: Start, channel: str) -> None:
    with start("bitstamp").stream() as client:
        client.say(subscribe(channel))
        assert json.loads(client.hear()) == {**control_frames()[1], "channel": channel}
        assert json.loads(client.hear())["channel"] == channel


def test_frames_have_the_shapes_that_were_captured(start: Start) -> None:
    real = {
        FULL: samples("bitstamp", "order_book_full_trimmed.json")[0],
        DIFFS: samples("bitstamp", "diff_order_book_20260824.jsonl")[1],
        TRADES: samples("bitstamp", "live_trades.jsonl")[0],
    }
    for channel, theirs in real.items():
        with start("bitstamp").stream() as client:
            client.say(subscribe(channel))
            ours = client.hear_until(
                lambda m: (
                    m["event"] == "trade" or ("bids" in m["data"] and m["data"]["bids"] and m["data"]["asks"])
                )
            )
            rows_cut = {side: rows[:1] for side, rows in ours["data"].items() if isinstance(rows, list)}
            cut = {side: rows[:1] for side, rows in theirs["data"].items() if isinstance(rows, list)}
            assert shape(rows_cut) == shape(cut)
            assert list(ours) == list(theirs)
            assert list(ours["data"]) == list(theirs["data"])
            assert shape({**ours["data"], **rows_cut}) == shape({**theirs["data"], **cut})


def test_the_full_book_shows_the_best_hundred_levels_best_first(start: Start) -> None:
    with start("bitstamp").stream() as client:
        client.say(subscribe(FULL))
        for _ in range(50):
            data = client.hear_until(lambda m: m["event"] == "data")["data"]
            prices = {side: [float(price) for price, _ in data[side]] for side in ("bids", "asks")}
            assert prices["bids"] == sorted(prices["bids"], reverse=True)
            assert prices["asks"] == sorted(prices["asks"])
            assert len(data["bids"]) == len(data["asks"]) == 100
            assert prices["bids"][0] < prices["asks"][0]


def test_the_full_book_is_sampled_however_much_changes(start: Start) -> None:
    with start("bitstamp", rate=3_000.0).stream() as client:
        client.say(subscribe(FULL))
        shown = [m["data"] for m in client.hear_many(40) if m["event"] == "data"]
    stamps_us = [int(data["microtimestamp"]) for data in shown]
    apart_ms = [(after - before) / 1000 for before, after in pairwise(stamps_us)]
    # In front of a whole second, for which the books stand still, one comes early.
    early = [apart for apart in apart_ms if apart < 79.0]
    assert len(early) <= 1 + (stamps_us[-1] - stamps_us[0]) / 1e6


def test_the_last_full_book_is_the_true_one(start: Start) -> None:
    exchange, book = start("bitstamp"), empty_book()
    with exchange.stream() as client:
        client.say(subscribe(FULL))

        def take(message: Any) -> None:
            if message["event"] == "data":
                book.update(book_of(message["data"]))

        for message in client.hear_many(20):
            take(message)
        exchange.wait_for_truth(client, book, take, depth=100)


def test_diffs_on_a_rest_snapshot_lead_to_the_true_book(start: Start) -> None:
    exchange = start("bitstamp", rate=3_000.0)
    with exchange.stream() as client:
        client.say(subscribe(DIFFS))
        client.hear_many(3)
        snapshot = exchange.get("/api/v2/order_book/btcusd/?group=1")
        book, at_us = book_of(snapshot), int(snapshot["microtimestamp"])

        def take(message: Any) -> None:
            if message["event"] == "data" and int(message["data"]["microtimestamp"]) > at_us:
                for side in ("bids", "asks"):
                    for price, amount in message["data"][side]:
                        put(book, side, price, amount)

        for text in client.heard:
            take(json.loads(text))
        for message in client.hear_many(60):
            take(message)
            assert not is_crossed(book)
        exchange.wait_for_truth(client, book, take)


def test_a_trade_says_the_same_in_numbers_and_in_text(start: Start) -> None:
    with start("bitstamp").stream() as client:
        client.say(subscribe(TRADES))
        trade = client.hear_until(lambda m: m["event"] == "trade")["data"]
    assert float(trade["price_str"]) == trade["price"]
    assert float(trade["amount_str"]) == trade["amount"]
    taker_bought = trade["buy_order_id"] > trade["sell_order_id"]
    assert trade["type"] == (0 if taker_bought else 1)


def test_unsubscribing_and_the_heartbeat_are_acknowledged(start: Start) -> None:
    frames = control_frames()
    with start("bitstamp").stream() as client:
        client.say(subscribe(FULL))
        client.hear()
        client.say(frames[2])
        client.hear_until(lambda m: m == frames[3])
        client.say(frames[4])
        assert json.loads(client.hear()) == frames[5]


@pytest.mark.parametrize(
    ("said", "message", "code"),
    [
        (subscribe("order_book_BTCUSD"), "Invalid channel provided.", None),
        (subscribe("order_book_btc/usd"), "Invalid channel provided.", None),
        (subscribe("dance_btcusd"), "Invalid channel provided.", None),
        ({"event": "bts:subscribe", "data": {}}, "Bad subscription string.", None),
        ({"event": "dance"}, "Bad subscription string.", None),
        ("{", "Incorrect JSON format.", None),
        (subscribe("private-my_orders_btcusd-1"), "Connection is unauthorized.", "4009"),
    ],
)
def test_what_cannot_be_subscribed_is_an_error(
    start: Start, said: object, message: str, code: str | None
) -> None:
    with start("bitstamp").stream() as client:
        client.say(said)
        error = json.loads(client.hear())
    assert error == {"event": "bts:error", "channel": "", "data": {"code": code, "message": message}}


def test_an_unknown_pair_is_acknowledged_and_then_silent(start: Start) -> None:
    with start("bitstamp").stream() as client:
        client.say(subscribe("order_book_nopeusd"))
        assert json.loads(client.hear())["event"] == "bts:subscription_succeeded"
        client.say({"event": "bts:heartbeat"})
        assert json.loads(client.hear())["event"] == "bts:heartbeat"


def test_a_frame_of_512_bytes_ends_the_connection(start: Start) -> None:
    with start("bitstamp").stream() as client:
        client.say(json.dumps(subscribe(FULL)).ljust(511))
        client.hear()
        client.say(" " * 512)
        with pytest.raises(ConnectionClosed) as closed:
            client.hear_until(lambda m: False)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1009, "read limited at 513 bytes")


def test_a_reconnect_is_asked_for_in_both_documented_forms(start: Start) -> None:
    exchange, forms = start("bitstamp"), []
    with exchange.stream() as client:
        client.say(subscribe(FULL))
        for _ in range(2):
            exchange.inject("reconnect_request")
            forms.append(client.hear_until(lambda m: m["event"] == "bts:request_reconnect"))
    assert forms[0] == control_frames()[6]
    assert forms[1] == {**control_frames()[6], "data": ""}


@pytest.mark.parametrize("channel", [FULL, DIFFS])
def test_a_crossed_book_can_be_ordered(start: Start, channel: str) -> None:
    exchange = start("bitstamp")
    with exchange.stream() as client:
        client.say(subscribe(channel))
        client.hear_many(2)
        best_ask = min(exchange.true_book()["asks"])
        exchange.inject("cross")
        client.hear_until(
            lambda m: m["data"]["bids"] and float(m["data"]["bids"][0][0]) > float(best_ask) + 1
        )


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("unknown_type", "sim_unknown"), ("unknown_field", "sim_unknown_field"), ("unknown_symbol", "_ethusd")],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("bitstamp")
    with exchange.stream() as client:
        client.say(subscribe(FULL))
        client.hear()
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


def test_an_acknowledgement_can_be_missing(start: Start) -> None:
    with start("bitstamp", faults=["missing_ack:bitstamp"]).stream() as client:
        client.say(subscribe(FULL))
        assert json.loads(client.hear())["event"] == "data"


def test_rest_pages_have_the_documented_shapes(start: Start) -> None:
    exchange = start("bitstamp")
    book = exchange.get("/api/v2/order_book/btcusd/?group=1")
    (real,) = samples("bitstamp", "rest_order_book_trimmed20.json")
    assert list(book) == list(real)
    assert shape({**book, "bids": book["bids"][:1], "asks": book["asks"][:1]}) == shape(
        {**real, "bids": real["bids"][:1], "asks": real["asks"][:1]}
    )
    ticker = exchange.get("/api/v2/ticker/btcusd/")
    assert list(ticker) == [
        "timestamp", "open", "high", "low", "last", "volume", "vwap", "bid", "ask", "side", "open_24",
        "percent_change_24",
    ]  # fmt: skip
    assert all(isinstance(value, str) for value in ticker.values())
    assert 1_000 < float(ticker["volume"]) < 1_400
    trades = exchange.get("/api/v2/transactions/btcusd/")
    assert set(trades[0]) == {"date", "tid", "amount", "type", "price"}
    assert exchange.get("/api/v2/ticker/nopeusd/", 404)["status"] == "error"


def stream() -> Any:
    return BitstampStream(BitstampVenue(Settings(), World(1)).market)


def test_the_server_pings_every_54_seconds() -> None:
    bitstamp, session = stream(), Recorder()
    bitstamp.opened(session, 0)
    for second in range(54_000, 54_000 + 3 * 54):
        bitstamp.heartbeat(second * 1_000_000_000)
    assert session.pings == 3


def test_the_channel_after_the_1024th_ends_the_connection() -> None:
    bitstamp, session = stream(), Recorder()
    bitstamp.opened(session, 0)
    for number in range(1_025):
        bitstamp.received(session, json.dumps(subscribe(f"live_trades_coin{number}usd")), 0)
    assert len(session.sent) == 1_024
    assert session.closes == [(1000, "")]
