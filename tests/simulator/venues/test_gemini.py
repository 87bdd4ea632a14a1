import json
from typing import Any

import pytest

from simulator.book import BID, Change
from simulator.settings import Settings
from simulator.venues.gemini import GeminiStream, GeminiVenue
from simulator.world import World
from tests.simulator.venues.client import Book, Client, Recorder, empty_book, is_crossed, put, samples, shape
from tests.simulator.venues.conftest import Start

DEPTH = "btcusd@depth@100ms"


def subscribe(*streams: str, number: int = 1) -> dict[str, object]:
    return {"id": number, "method": "subscribe", "params": list(streams)}


def is_depth(message: Any) -> bool:
    return bool(message.get("e") == "depthUpdate")


def apply(book: Book, message: Any) -> None:
    if is_depth(message):
        for side, key in (("bids", "b"), ("asks", "a")):
            for price, size in message[key]:
                put(book, side, price, size)


def follow(client: Client, *streams: str) -> None:
    client.say(subscribe(*(streams or (DEPTH,))))
    client.hear_until(lambda m: m == {"id": 1, "status": 200})


def test_the_whole_book_comes_before_the_acknowledgement(start: Start) -> None:
    real = samples("gemini", "new_ws_session.jsonl")
    with start("gemini").stream("/?snapshot=-1") as client:
        client.say(subscribe(DEPTH))
        first = json.loads(client.hear())
        assert shape(first) == shape(real[1])
        assert list(first) == list(real[1])
        assert first["U"] == first["u"]
        assert len(first["b"]) > 800
        assert json.loads(client.hear()) == real[2]


def test_the_snapshot_follows_the_url(start: Start) -> None:
    exchange = start("gemini")
    with exchange.stream("/?snapshot=7") as client:
        client.say(subscribe(DEPTH))
        first = json.loads(client.hear())
        assert [len(first["b"]), len(first["a"])] == [7, 7]
    for path in ("/", "/?snapshot=0"):
        with exchange.stream(path) as client:
            client.say(subscribe(DEPTH))
            assert json.loads(client.hear()) == {"id": 1, "status": 200}


def test_updates_are_contiguous_and_lead_to_the_true_book(start: Start) -> None:
    exchange, book = start("gemini", rate=4_000.0), empty_book()
    last = None
    with exchange.stream("/?snapshot=-1") as client:
        client.say(subscribe(DEPTH))
        for message in client.hear_many(15):
            if is_depth(message):
                assert last in (None, message["U"])
                assert message["u"] > message["U"] or last is None
                last = message["u"]
            apply(book, message)
            assert not is_crossed(book)
        exchange.wait_for_truth(client, book, lambda message: apply(book, message))


def test_trades_and_best_prices_have_the_shapes_that_were_captured(start: Start) -> None:
    trade, best, *_ = samples("gemini", "new_ws_trade_bookticker.jsonl")
    with start("gemini").stream("/?snapshot=-1") as client:
        follow(client, "btcusd@trade", "btcusd@bookTicker")
        ours = client.hear_until(lambda m: "t" in m)
        assert shape(ours) == shape(trade)
        assert list(ours) == list(trade)
        ours = client.hear_until(lambda m: "B" in m)
        assert shape(ours) == {key: value for key, value in shape(best).items() if key not in "cC"}  # type: ignore[attr-defined]
        assert float(ours["b"]) < float(ours["a"])


def test_stamps_are_nanoseconds_beyond_what_a_float_holds(start: Start) -> None:
    with start("gemini").stream("/?snapshot=1") as client:
        client.say(subscribe(DEPTH))
        assert json.loads(client.hear())["E"] > 2**53


def test_partial_books_show_their_levels(start: Start) -> None:
    with start("gemini").stream() as client:
        follow(client, "btcusd@depth5")
        partial = client.hear_until(lambda m: "lastUpdateId" in m)
    assert list(partial) == list(samples("gemini", "new_ws_trade_bookticker.jsonl")[3])
    assert [len(partial["bids"]), len(partial["asks"])] == [5, 5]


def test_one_bad_name_rejects_the_whole_subscription(start: Start) -> None:
    with start("gemini").stream("/?snapshot=-1") as client:
        client.say(subscribe(DEPTH, "nosuchperp@depth@100ms", number=4))
        assert json.loads(client.hear()) == samples("gemini", "new_ws_session.jsonl")[7]
        client.say({"id": 5, "method": "list_subscriptions"})
        assert json.loads(client.hear()) == {"id": 5, "status": 200, "result": []}


def test_methods_are_answered_with_their_number(start: Start) -> None:
    real = samples("gemini", "new_ws_session.jsonl")
    with start("gemini").stream() as client:
        client.say(real[5])
        assert json.loads(client.hear()) == real[6]
        client.say({"id": 11, "method": "dance"})
        assert json.loads(client.hear()) == real[8]
        client.say({"id": 7, "method": "conninfo"})
        assert json.loads(client.hear()) == real[9]
        client.say("{")
        assert json.loads(client.hear())["error"]["code"] == -1020


def test_an_unsubscribed_stream_falls_silent(start: Start) -> None:
    with start("gemini").stream() as client:
        follow(client)
        client.say({"id": 2, "method": "unsubscribe", "params": [DEPTH]})
        client.hear_until(lambda m: m.get("id") == 2)
        client.say({"id": 3, "method": "ping"})
        assert json.loads(client.hear()) == {"id": 3, "status": 200}


@pytest.mark.parametrize("kind", ["skip", "repeat"])
def test_the_sequence_shows_a_skipped_or_repeated_frame(start: Start, kind: str) -> None:
    exchange = start("gemini")
    with exchange.stream("/?snapshot=-1") as client:
        follow(client)
        last = client.hear_until(is_depth)["u"]
        exchange.inject(kind)
        for _ in range(300):
            message = client.hear_until(is_depth)
            if message["U"] != last:
                assert (message["U"] > last) == (kind == "skip")
                return
            last = message["u"]
    pytest.fail("the sequence stayed whole")


def test_a_crossed_book_can_be_ordered(start: Start) -> None:
    exchange, book = start("gemini"), empty_book()
    with exchange.stream("/?snapshot=-1") as client:
        client.say(subscribe(DEPTH))
        apply(book, json.loads(client.hear()))
        exchange.inject("cross")
        for _ in range(300):
            apply(book, json.loads(client.hear()))
            if is_crossed(book):
                return
    pytest.fail("the book was never crossed")


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("unknown_type", "sim_unknown"), ("unknown_field", "sim_unknown_field"), ("unknown_symbol", "ethusd")],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("gemini")
    with exchange.stream() as client:
        follow(client)
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


def test_an_acknowledgement_can_be_missing(start: Start) -> None:
    with start("gemini", faults=["missing_ack:gemini"]).stream() as client:
        client.say(subscribe(DEPTH))
        assert is_depth(json.loads(client.hear()))


def test_rest_pages_have_the_documented_shapes(start: Start) -> None:
    exchange = start("gemini")
    ticker = exchange.get("/v1/pubticker/btcusd")
    assert shape(ticker) == {
        "ask": "number text",
        "bid": "number text",
        "last": "number text",
        "volume": {"BTC": "number text", "USD": "number text", "timestamp": "number"},
    }
    assert 600 < float(ticker["volume"]["BTC"]) < 800
    assert float(ticker["volume"]["USD"]) / float(ticker["volume"]["BTC"]) == pytest.approx(84_000, rel=0.05)
    v2 = exchange.get("/v2/ticker/btcusd")
    assert set(v2) == {"symbol", "open", "high", "low", "close", "changes", "bid", "ask"}
    assert len(v2["changes"]) == 24
    book = exchange.get("/v1/book/btcusd?limit_bids=3&limit_asks=0")
    assert len(book["bids"]) == 3
    assert len(book["asks"]) > 800
    assert set(book["bids"][0]) == {"price", "amount", "timestamp"}
    trades = exchange.get("/v1/trades/btcusd?limit_trades=2")
    assert [set(trade) for trade in trades] == [
        {"timestamp", "timestampms", "tid", "price", "amount", "exchange", "type"}
    ] * 2
    assert exchange.get("/v1/book/nope", 400)["result"] == "error"
    assert exchange.get("/v9/book/btcusd", 404)["reason"] == "EndpointNotFound"


def stream() -> Any:
    return GeminiStream(GeminiVenue(Settings(), World(1)).market)


def test_what_changed_is_told_every_tenth_of_a_second_or_every_second() -> None:
    gemini = stream()
    sessions = {name: Recorder() for name in ("depth@100ms", "depth", "depth5@100ms", "depth5", "bookTicker")}
    for number, (name, session) in enumerate(sessions.items()):
        gemini.opened(session, 0)
        gemini.received(session, json.dumps(subscribe(f"btcusd@{name}", number=number)), 0)
    gemini.heartbeat(1_000_000_000_000)
    for session in sessions.values():
        session.sent.clear()
    for tenth in range(10_001, 10_011):
        for _ in range(3):
            price, size = gemini.market.book.bids(1)[0]
            gemini.book_changed(gemini.market.book.put([Change(BID, price, size + 1)]), tenth * 100_000_000)
        gemini.heartbeat(tenth * 100_000_000)
    assert {name: len(session.sent) for name, session in sessions.items()} == {
        "depth@100ms": 10, "depth": 1, "depth5@100ms": 10, "depth5": 1, "bookTicker": 30
    }  # fmt: skip
    updates = [json.loads(text) for text in sessions["depth@100ms"].sent]
    assert [len(update["b"]) for update in updates] == [1] * 10
    assert [update["U"] for update in updates[1:]] == [update["u"] for update in updates[:-1]]
    slow = json.loads(sessions["depth"].sent[0])
    assert (slow["U"], slow["u"], slow["b"]) == (updates[0]["U"], updates[-1]["u"], updates[-1]["b"])


def test_a_flush_tells_at_once_what_was_gathered() -> None:
    gemini, session = stream(), Recorder()
    gemini.opened(session, 0)
    gemini.received(session, json.dumps(subscribe(DEPTH)), 0)
    session.sent.clear()
    gemini.book_changed([Change(BID, 8_400_000, 7)], 1)
    assert session.sent == []
    gemini.flush(2)
    gemini.flush(3)
    assert [json.loads(text)["b"] for text in session.sent] == [[["84000.00000", "0.0000000700"]]]


def test_the_server_pings_every_twenty_seconds() -> None:
    gemini, session = stream(), Recorder()
    gemini.opened(session, 0)
    for tenth in range(1_000_000, 1_000_600):
        gemini.heartbeat(tenth * 100_000_000)
    assert session.pings == 3


def test_who_says_too_much_in_ten_seconds_is_refused() -> None:
    gemini, session = stream(), Recorder()
    gemini.opened(session, 0)
    for number in range(7_001):
        gemini.received(session, f'{{"id":{number},"method":"ping"}}', 10**18)
    assert json.loads(session.sent[-2]) == {"id": 6_999, "status": 200}
    assert json.loads(session.sent[-1])["error"]["code"] == -1003
