import json
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zlib import crc32

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.venues.client import Book, Client, empty_book, samples, shape
from tests.simulator.venues.conftest import Start


def subscribe(channel: str, **params: object) -> dict[str, object]:
    return {"method": "subscribe", "params": {"channel": channel, "symbol": ["BTC/USD"], **params}}


def digits(number: str) -> str:
    return number.replace(".", "").lstrip("0")


class Replica:
    """A book kept from the texts of the wire alone, as Kraken's guide says."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.levels: dict[str, dict[str, str]] = {"bids": {}, "asks": {}}

    def take(self, text: str) -> None:
        message = json.loads(text, parse_float=str)
        if message.get("channel") != "book":
            return
        (data,) = message["data"]
        if message["type"] == "snapshot":
            self.levels = {"bids": {}, "asks": {}}
        for side in ("bids", "asks"):
            for level in data[side]:
                if Decimal(level["qty"]) == 0:
                    self.levels[side].pop(level["price"], None)
                else:
                    self.levels[side][level["price"]] = level["qty"]
            self.levels[side] = dict(self.best(side)[: self.depth])
        assert self.checksum() == data["checksum"]

    def best(self, side: str) -> list[tuple[str, str]]:
        return sorted(self.levels[side].items(), key=lambda kv: Decimal(kv[0]), reverse=side == "bids")

    def checksum(self) -> int:
        checked = self.best("asks")[:10] + self.best("bids")[:10]
        return crc32("".join(digits(price) + digits(qty) for price, qty in checked).encode())

    def book(self) -> Book:
        return {
            side: {Decimal(price): Decimal(qty) for price, qty in self.levels[side].items()}
            for side in ("bids", "asks")
        }


def take_many(replica: Replica, client: Client, count: int) -> None:
    for _ in range(count):
        replica.take(client.hear())


def test_a_client_is_greeted_with_the_status(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        greeting = json.loads(client.hear())
    assert shape(greeting) == shape(samples("kraken", "session_first60.jsonl")[0])
    assert greeting["data"][0]["system"] == "online"


def test_an_acknowledgement_comes_first_for_each_channel(start: Start) -> None:
    real = samples("kraken", "session_first60.jsonl")
    with start("kraken").stream("/v2") as client:
        client.say({**subscribe("book", depth=10), "req_id": 7})
        ack = client.hear_until(lambda m: "method" in m)
        assert shape(ack) == {**shape(real[1]), "req_id": "number"}  # type: ignore[dict-item]
        assert ack["result"] == {"channel": "book", "depth": 10, "snapshot": True, "symbol": "BTC/USD"}
        assert ack["req_id"] == 7
        client.say(subscribe("trade"))
        ack = client.hear_until(lambda m: "method" in m)
        assert shape(ack) == shape(real[2])
        assert ack["result"] == {"channel": "trade", "snapshot": False, "symbol": "BTC/USD"}


def test_frames_have_the_shapes_that_were_captured(start: Start) -> None:
    real = {(m.get("channel"), m.get("type")): m for m in samples("kraken", "session_first60.jsonl")}
    real["trade", "update"] = samples("kraken", "trade_update.jsonl")[0]
    real["ticker", "snapshot"] = real["ticker", "update"] = samples("kraken", "ticker_snapshot.json")[0]
    wanted = {("book", "snapshot"), ("trade", "update"), ("ticker", "snapshot"), ("ticker", "update")}
    with start("kraken").stream("/v2") as client:
        for channel in ("book", "trade", "ticker"):
            client.say(subscribe(channel))
        while wanted:
            message = client.hear_until(lambda m: (m.get("channel"), m.get("type")) in wanted)
            kind = message["channel"], message["type"]
            assert shape(message) == shape(real[kind]), kind
            assert list(message["data"][0]) == list(real[kind]["data"][0]), kind
            wanted.discard(kind)


def test_numbers_are_json_numbers_with_padded_text(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        client.say(subscribe("book"))
        client.hear_until(lambda m: m.get("type") == "snapshot")
        (data,) = json.loads(client.heard[-1], parse_float=str)["data"]
    for level in data["bids"] + data["asks"]:
        assert len(level["price"].partition(".")[2]) == 1
        assert len(level["qty"].partition(".")[2]) == 8
    assert [len(data[side]) for side in ("bids", "asks")] == [10, 10]


@pytest.mark.parametrize("depth", [10, 25, 100, 500, 1000])
def test_every_checksum_holds_and_the_book_is_the_true_one(start: Start, depth: int) -> None:
    exchange, replica, book = start("kraken", rate=4_000.0), Replica(depth), empty_book()
    with exchange.stream("/v2") as client:
        client.say(subscribe("book", depth=depth))
        take_many(replica, client, 600)

        def take(message: Any) -> None:
            replica.take(client.heard[-1])
            book.update(replica.book())

        book.update(replica.book())
        exchange.wait_for_truth(client, book, take, depth)


def test_a_book_without_truncation_would_be_wrong(start: Start) -> None:
    with start("kraken", rate=4_000.0).stream("/v2") as client:
        client.say(subscribe("book"))
        loose = Replica(depth=10_000)
        with pytest.raises(AssertionError):
            take_many(loose, client, 2_000)


def test_two_depths_are_served_side_by_side(start: Start) -> None:
    exchange = start("kraken", rate=2_000.0)
    with exchange.stream("/v2") as shallow, exchange.stream("/v2") as deep:
        shallow.say(subscribe("book", depth=10))
        deep.say(subscribe("book", depth=100))
        for client, replica in ((shallow, Replica(10)), (deep, Replica(100))):
            take_many(replica, client, 150)
            assert len(replica.levels["bids"]) == replica.depth


def test_symbols_depths_and_channels_that_do_not_exist_are_refused_one_by_one(start: Start) -> None:
    real = samples("kraken", "requests_and_replies.jsonl")[-1]
    with start("kraken").stream("/v2") as client:
        client.say({**subscribe("book", symbol=["XBT/USD", "BTC/USD"]), "req_id": 42})
        refused = client.hear_until(lambda m: "method" in m)
        assert shape(refused) == shape(real)
        assert refused["error"] == "Currency pair not supported XBT/USD"
        assert client.hear_until(lambda m: "method" in m)["success"] is True
        for request, error in (
            (subscribe("book"), "Already subscribed"),
            (subscribe("ticker", event_trigger="never"), "Event trigger not supported"),
            (subscribe("candles"), "Channel not supported"),
            ({"method": "unsubscribe", "params": subscribe("trade")["params"]}, "Subscription Not Found"),
            ({"method": "dance"}, "Unsupported event"),
        ):
            client.say(request)
            assert client.hear_until(lambda m: m.get("success") is False)["error"] == error
        client.say("{")
        assert client.hear_until(lambda m: m.get("success") is False)["error"] == "Malformed request"


def test_a_depth_that_is_not_offered_is_refused(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        client.say(subscribe("book", depth=11))
        assert client.hear_until(lambda m: "method" in m)["error"] == "Depth not supported"


def test_trades_and_ticker_tell_of_the_past_when_asked(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        client.say(subscribe("trade", snapshot=True))
        snapshot = client.hear_until(lambda m: m.get("channel") == "trade")
        assert snapshot["type"] == "snapshot"
        numbers = [trade["trade_id"] for trade in snapshot["data"]]
        assert numbers == list(range(numbers[0], numbers[0] + 50))
        following = client.hear_until(lambda m: m.get("channel") == "trade")
        assert following["data"][0]["trade_id"] == numbers[-1] + 1


def test_the_ticker_can_follow_the_best_prices(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        client.say(subscribe("ticker", event_trigger="bbo"))
        tickers = [client.hear_until(lambda m: m.get("channel") == "ticker")["data"][0] for _ in range(30)]
    touches = [(ticker["bid"], ticker["ask"]) for ticker in tickers]
    assert all(one != other for one, other in pairwise(touches))


def test_ping_is_answered_with_pong(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        client.say({"method": "ping", "req_id": 42})
        pong = client.hear_until(lambda m: m.get("method") == "pong")
    assert shape(pong) == shape(samples("kraken", "requests_and_replies.jsonl")[4])
    assert pong["req_id"] == 42


def test_heartbeats_come_when_nothing_else_does_and_only_to_subscribers(start: Start) -> None:
    exchange = start("kraken")
    with exchange.stream("/v2") as idle, exchange.stream("/v2") as client:
        client.say(subscribe("book"))
        client.hear_until(lambda m: m.get("type") == "snapshot")
        exchange.pause()
        for _ in range(2):
            assert client.hear_until(lambda m: m.get("channel") == "heartbeat") == {"channel": "heartbeat"}
        idle.say({"method": "ping"})
        assert [m.get("method") for m in idle.hear_many(2)] == [None, "pong"]


def test_an_unsubscribed_book_falls_silent(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        client.say(subscribe("book"))
        client.hear_until(lambda m: m.get("type") == "snapshot")
        client.say({"method": "unsubscribe", "params": subscribe("book")["params"]})
        ack = client.hear_until(lambda m: m.get("method") == "unsubscribe")
        assert ack["result"] == {"channel": "book", "depth": 10, "symbol": "BTC/USD"}
        client.say({"method": "ping"})
        assert json.loads(client.hear())["method"] == "pong"


def test_too_many_messages_are_refused(start: Start) -> None:
    with start("kraken").stream("/v2") as client:
        for number in range(250):
            client.say({"method": "ping", "req_id": number})
        assert client.hear_until(lambda m: "error" in m)["error"] == "Exceeded msg rate"


def test_there_is_no_stream_elsewhere(start: Start) -> None:
    with pytest.raises(InvalidStatus, match="404"), start("kraken").stream("/v3"):
        pass


@pytest.mark.parametrize("kind", ["skip", "corrupt_checksum", "cross"])
def test_faults_of_the_book_show_in_the_checksum(start: Start, kind: str) -> None:
    exchange, replica = start("kraken"), Replica(10)
    with exchange.stream("/v2") as client:
        client.say(subscribe("book"))
        while not replica.levels["bids"]:
            replica.take(client.hear())
        exchange.inject(kind)
        with pytest.raises(AssertionError):
            take_many(replica, client, 200)


def test_a_crossed_book_carries_a_checksum_that_is_right(start: Start) -> None:
    exchange, replica = start("kraken"), Replica(10)
    with exchange.stream("/v2") as client:
        client.say(subscribe("book"))
        while not replica.levels["bids"]:
            replica.take(client.hear())
        exchange.inject("cross")
        while Decimal(replica.best("bids")[0][0]) < Decimal(replica.best("asks")[0][0]):
            replica.take(client.hear())


@pytest.mark.parametrize("kind", ["unknown_type", "unknown_field", "unknown_symbol", "reconnect_request"])
def test_strange_frames_break_no_book(start: Start, kind: str) -> None:
    exchange = start("kraken")
    with exchange.stream("/v2") as client:
        client.say(subscribe("book"))
        client.hear_until(lambda m: m.get("type") == "snapshot")
        exchange.inject(kind)
        marks = {
            "unknown_type": "sim_unknown",
            "unknown_field": "sim_unknown_field",
            "unknown_symbol": "ETH/USD",
            "reconnect_request": '"system":"maintenance"',
        }
        client.hear_until(lambda m: marks[kind] in client.heard[-1])


def test_an_acknowledgement_can_be_missing(start: Start) -> None:
    exchange = start("kraken", faults=["missing_ack:kraken"])
    with exchange.stream("/v2") as client:
        client.say(subscribe("book"))
        client.hear_until(lambda m: m.get("channel") == "book")
        assert not any('"method":"subscribe"' in text for text in client.heard)


def test_rest_pages_have_the_shapes_that_were_captured(start: Start) -> None:
    exchange = start("kraken")
    depth = exchange.get("/0/public/Depth?pair=XBTUSD&count=5")
    assert shape(depth) == shape(samples("kraken", "rest_depth_xbtusd.json")[0])
    assert len(depth["result"]["XXBTZUSD"]["asks"]) == 5
    ticker = exchange.get("/0/public/Ticker?pair=XBTUSD")["result"]["XXBTZUSD"]
    (real,) = samples("kraken", "rest_ticker_xbtusdt.json")
    assert shape(ticker) == shape(real["result"]["XBTUSDT"])
    assert 2_000 < float(ticker["v"][1]) < 3_000
    status = exchange.get("/0/public/SystemStatus")
    assert shape(status) == shape(samples("kraken", "rest_system_status.json")[0])
    (pairs,) = samples("kraken", "rest_assetpairs.json")
    ours, theirs = exchange.get("/0/public/AssetPairs")["result"]["XXBTZUSD"], pairs["result"]["XXBTZUSD"]
    assert list(ours) == list(theirs)
    assert {**ours, "fees": 0, "fees_maker": 0} == {**theirs, "fees": 0, "fees_maker": 0}
    trades = exchange.get("/0/public/Trades?pair=XBTUSD")["result"]
    assert len(trades["XXBTZUSD"][0]) == 7
    assert trades["last"].isdigit()
    assert exchange.get("/0/public/Ticker?pair=NOPE") == {"error": ["EQuery:Unknown asset pair"]}


def test_rest_asked_too_often_says_so_with_status_200(start: Start) -> None:
    exchange = start("kraken")
    replies = [exchange.get("/0/public/SystemStatus") for _ in range(30)]
    assert {"error": ["EGeneral:Too many requests"]} in replies


def test_a_hung_up_client_is_forgotten(start: Start) -> None:
    exchange = start("kraken")
    with exchange.stream("/v2") as client:
        client.say(subscribe("book"))
        client.hear_until(lambda m: m.get("type") == "snapshot")
        exchange.inject("close")
        with pytest.raises(ConnectionClosed):
            client.hear_until(lambda m: False)
    with exchange.stream("/v2") as client:
        client.say(subscribe("book"))
        assert client.hear_until(lambda m: m.get("channel") == "book")["type"] == "snapshot"
