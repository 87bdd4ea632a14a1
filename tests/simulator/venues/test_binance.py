import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from simulator.server import Request
from simulator.settings import Settings
from simulator.venues.binance import RULES, US_RULES, BinanceStream, BinanceUsVenue, BinanceVenue, Rules
from simulator.venues.binance_rest import BinancePages
from simulator.world import World
from tests.simulator.venues.client import (
    Book,
    Client,
    Exchange,
    Recorder,
    empty_book,
    is_crossed,
    put,
    samples,
    shape,
)
from tests.simulator.venues.conftest import Start

DEPTH = "btcusdt@depth@100ms"
TOUCH = "btcusdt@bookTicker"
TRADE = "btcusdt@trade"
SECOND_NS = 1_000_000_000


def subscribe(*streams: str, number: int = 1) -> dict[str, object]:
    return {"method": "SUBSCRIBE", "params": list(streams), "id": number}


def is_depth(message: Any) -> bool:
    return bool(message.get("data", message).get("e") == "depthUpdate")


class Local:
    """A book kept as the documents say: hold, snapshot, drop, go on; loss is what `missing` counts."""

    def __init__(self) -> None:
        self.book: Book = empty_book()
        self.last = 0
        self.missing = 0
        self.held: list[Any] = []

    def begin(self, exchange: Exchange, symbol: str = "BTCUSDT") -> None:
        snapshot = exchange.get(f"/api/v3/depth?symbol={symbol}&limit=5000")
        self.last = snapshot["lastUpdateId"]
        for side in ("bids", "asks"):
            for price, size in snapshot[side]:
                put(self.book, side, price, size)
        for message in self.held:
            self.take(message)

    def take(self, message: Any) -> None:
        if not is_depth(message):
            return
        data = message.get("data", message)
        if not self.last:
            self.held.append(message)
        elif data["u"] > self.last:
            self.missing += data["U"] > self.last + 1
            self.last = data["u"]
            for side, key in (("bids", "b"), ("asks", "a")):
                for price, size in data[key]:
                    put(self.book, side, price, size)


def follow(client: Client, *streams: str) -> None:
    client.say(subscribe(*(streams or (DEPTH,))))
    client.hear_until(lambda m: m == {"result": None, "id": 1})


@pytest.mark.parametrize(("venue", "symbol"), [("binance", "BTCUSDT"), ("binance_us", "BTCUSD")])
def test_updates_on_a_rest_snapshot_lead_to_the_true_book(start: Start, venue: str, symbol: str) -> None:
    exchange, local = start(venue, rate=3_000.0), Local()
    stream = f"{symbol.lower()}@depth@100ms"
    with exchange.stream(f"/stream?streams={stream}") as client:
        for message in client.hear_many(3):
            local.take(message)
        local.begin(exchange, symbol)
        for message in client.hear_many(15):
            local.take(message)
            assert not is_crossed(local.book)
        exchange.wait_for_truth(client, local.book, local.take)
    assert local.missing == 0


def test_each_update_begins_one_after_the_one_before(start: Start) -> None:
    with start("binance").stream("/stream") as client:
        follow(client)
        heard = [client.hear_until(is_depth)["data"] for _ in range(12)]
    assert [one["U"] for one in heard[1:]] == [one["u"] + 1 for one in heard[:-1]]
    assert all(one["u"] >= one["U"] for one in heard)


def test_combined_streams_have_the_shapes_that_were_captured(start: Start) -> None:
    real = {one["stream"]: one for one in samples("binance", "depth_and_trade_btcusdt_first60.jsonl")}
    with start("binance").stream(f"/stream?streams={DEPTH}/{TRADE}/{TOUCH}") as client:
        for stream in (DEPTH, TRADE):
            ours = client.hear_until(
                lambda m: m["stream"] == stream and (stream == TRADE or (m["data"]["b"] and m["data"]["a"]))  # noqa: B023
            )
            assert list(ours) == list(real[stream])
            assert list(ours["data"]) == list(real[stream]["data"])
            cut = {"b": [["1.0", "1.0"]], "a": [["1.0", "1.0"]]} if stream == DEPTH else {}
            assert shape({**ours["data"], **cut}) == shape({**real[stream]["data"], **cut})
        ours = client.hear_until(lambda m: m["stream"] == TOUCH)
    (documented,) = [one for one in samples("binance", "docs_examples.jsonl") if list(one)[:2] == ["u", "s"]]
    assert list(ours["data"]) == list(documented)
    assert shape(ours["data"]) == shape(documented)
    assert float(ours["data"]["b"]) < float(ours["data"]["a"])


def test_the_day_ticker_has_the_documented_shape(start: Start) -> None:
    (real,) = [one for one in samples("binance", "docs_examples.jsonl") if one.get("e") == "24hrTicker"]
    with start("binance").stream("/ws/btcusdt@ticker") as client:
        ours = json.loads(client.hear())
    assert list(ours) == list(real)
    assert shape(ours) == shape(real)
    assert 14_000 < float(ours["v"]) < 16_000
    assert float(ours["q"]) / float(ours["v"]) == pytest.approx(84_000, rel=0.05)
    assert ours["L"] - ours["F"] + 1 == ours["n"]


def test_raw_streams_are_not_wrapped(start: Start) -> None:
    with start("binance").stream(f"/ws/{DEPTH}") as client:
        assert json.loads(client.hear())["e"] == "depthUpdate"
    with start("binance").stream("/ws") as client:
        follow(client, "btcusdt@aggTrade", "btcusdt@miniTicker", "btcusdt@depth5@100ms", "btcusdt@depth")
        client.hear_until(lambda m: m.get("e") == "aggTrade" and m["f"] == m["l"])
        client.hear_until(lambda m: m.get("e") == "24hrMiniTicker")
        partial = client.hear_until(lambda m: "lastUpdateId" in m)
        assert [len(partial["bids"]), len(partial["asks"])] == [5, 5]
        client.hear_until(is_depth)


def test_subscriptions_can_be_listed_and_ended(start: Start) -> None:
    with start("binance").stream("/stream") as client:
        follow(client, DEPTH, TRADE, "nosuch@depth")
        client.say({"method": "UNSUBSCRIBE", "params": [DEPTH, TRADE], "id": "abc"})
        client.hear_until(lambda m: m == {"result": None, "id": "abc"})
        client.say({"method": "LIST_SUBSCRIPTIONS", "id": 3})
        assert json.loads(client.hear()) == {"result": ["nosuch@depth"], "id": 3}


def test_the_form_of_the_streams_can_be_asked_for_and_changed(start: Start) -> None:
    with start("binance").stream("/ws") as client:
        client.say({"method": "GET_PROPERTY", "params": ["combined"], "id": 2})
        assert json.loads(client.hear()) == {"result": False, "id": 2}
        client.say({"method": "SET_PROPERTY", "params": ["combined", True], "id": 5})
        assert json.loads(client.hear()) == {"result": None, "id": 5}
        follow(client)
        assert json.loads(client.hear())["stream"] == DEPTH


@pytest.mark.parametrize("kind", ["skip", "repeat"])
def test_the_numbers_show_a_skipped_or_repeated_frame(start: Start, kind: str) -> None:
    exchange = start("binance")
    with exchange.stream(f"/stream?streams={DEPTH}") as client:
        last = client.hear_until(is_depth)["data"]["u"]
        exchange.inject(kind)
        for _ in range(30):
            data = json.loads(client.hear())["data"]
            if data["U"] != last + 1:
                assert (data["U"] > last) == (kind == "skip")
                return
            last = data["u"]
    pytest.fail("the numbers stayed whole")


def test_a_crossed_book_can_be_ordered(start: Start) -> None:
    exchange, local = start("binance"), Local()
    with exchange.stream(f"/stream?streams={DEPTH}") as client:
        local.take(json.loads(client.hear()))
        local.begin(exchange)
        exchange.inject("cross")
        for _ in range(30):
            local.take(json.loads(client.hear()))
            if is_crossed(local.book):
                return
    pytest.fail("the book was never crossed")


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("unknown_type", "sim_unknown"), ("unknown_field", "sim_unknown_field"), ("unknown_symbol", "ETHUSDT")],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("binance")
    with exchange.stream("/stream") as client:
        follow(client)
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


@pytest.mark.parametrize(
    ("path", "stream"), [(f"/stream?streams={DEPTH}", "!serverShutdown"), (f"/ws/{DEPTH}", None)]
)
def test_the_server_can_be_told_to_announce_its_end(start: Start, path: str, stream: str | None) -> None:
    exchange = start("binance")
    with exchange.stream(path) as client:
        client.hear()
        exchange.inject("reconnect_request")
        told = client.hear_until(lambda m: "serverShutdown" in client.heard[-1])
    assert told.get("stream") == stream
    assert shape(told.get("data", told)) == {"e": "text", "E": "number"}


def test_an_acknowledgement_can_be_missing(start: Start) -> None:
    with start("binance", faults=["missing_ack:binance"]).stream("/stream") as client:
        client.say(subscribe(DEPTH))
        assert is_depth(json.loads(client.hear()))


def test_a_path_that_is_no_stream_is_refused(start: Start) -> None:
    exchange = start("binance")
    for path in ("/", "/wsx", "/v2"):
        with pytest.raises(Exception, match="404"), exchange.stream(path):
            pass


# by the clock


def stream(rules: Rules = RULES) -> Any:
    venue = BinanceVenue(Settings(), World(1))
    return BinanceStream(venue.market, BinancePages(venue.market, rules.symbol, 1, 6_000), rules)


def visitor(path: str = "/stream") -> Any:
    recorder: Any = Recorder()
    recorder.path = path
    return recorder


def run(binance: Any, from_s: int, to_s: int) -> None:
    for tenth in range(from_s * 10, to_s * 10):
        binance.heartbeat(tenth * SECOND_NS // 10)


@pytest.mark.parametrize(("rules", "pings"), [(RULES, 18), (US_RULES, 2)])
def test_the_server_pings_as_often_as_documented(rules: Rules, pings: int) -> None:
    binance, session = stream(rules), visitor()
    binance.opened(session, 3_600 * SECOND_NS)
    for second in range(3_600, 3_960):
        run(binance, second, second + 1)
        session.heard_pongs = session.pings
    assert session.pings == pings
    assert session.closes == []


@pytest.mark.parametrize(("rules", "limit_s"), [(RULES, 60), (US_RULES, 600)])
def test_who_does_not_answer_pings_is_put_out(rules: Rules, limit_s: int) -> None:
    binance, session = stream(rules), visitor()
    binance.opened(session, 3_600 * SECOND_NS)
    run(binance, 3_600, 3_600 + limit_s)
    assert session.closes == []
    run(binance, 3_600 + limit_s, 3_601 + limit_s)
    assert session.closes[0] == (1008, "Pong timeout")


def test_a_connection_lives_for_a_day() -> None:
    binance, session = stream(), visitor()
    binance.opened(session, 0)
    binance.heartbeat(86_400 * SECOND_NS - 1)
    assert session.closes == []
    binance.heartbeat(86_400 * SECOND_NS)
    assert session.closes == [(1000, "24 hours are over")]


def test_the_sixth_message_within_a_second_ends_the_connection() -> None:
    binance, session = stream(), visitor()
    binance.opened(session, 0)
    for _ in range(5):
        binance.received(session, '{"method":"LIST_SUBSCRIPTIONS","id":1}', 10 * SECOND_NS)
    assert (len(session.sent), session.closes) == (5, [])
    binance.received(session, '{"method":"LIST_SUBSCRIPTIONS","id":1}', 10 * SECOND_NS)
    assert session.closes == [(1008, "Too many requests")]


def test_the_clients_own_pings_are_messages_too() -> None:
    binance, session = stream(), visitor()
    binance.opened(session, 0)
    session.heard_pings = 6
    binance.heartbeat(10 * SECOND_NS)
    assert session.closes == [(1008, "Too many requests")]


def test_a_connection_holds_no_more_than_1024_streams() -> None:
    binance, session = stream(), visitor()
    binance.opened(session, 0)
    binance.received(session, json.dumps(subscribe(*[f"coin{n}@trade" for n in range(1_024)])), SECOND_NS)
    assert (json.loads(session.sent[-1]), session.closes) == ({"result": None, "id": 1}, [])
    binance.received(session, json.dumps(subscribe(TRADE)), SECOND_NS)
    assert session.closes == [(1008, "Too many streams")]


def test_the_301st_connection_in_a_moment_is_refused() -> None:
    venue = BinanceUsVenue(Settings(), World(1))
    request = Request("/stream", [], {})
    assert [venue.admit(request) for _ in range(300)] == [None] * 300
    reply = venue.admit(request)
    assert reply is not None
    assert reply.status == 429


def test_what_was_held_back_is_sent_at_once_when_asked_for() -> None:
    world = World(1, rate=1_000.0)
    venue, session, local = BinanceVenue(Settings(), world), visitor(f"/ws/{DEPTH}"), Local()
    venue.opened(session)
    local.last = venue._pages.update_id  # type: ignore[attr-defined]
    for side, levels in (("bids", venue.market.book.bids()), ("asks", venue.market.book.asks())):
        for price, size in levels:
            put(local.book, side, str(price), str(size))
    for step in range(200):
        world.advance()
        venue.step(step * 2_000_000, world)
    assert session.sent == []
    venue.flush(SECOND_NS)
    (frame,) = session.sent
    data = json.loads(frame)
    assert data["U"] == local.last + 1
    for side, key in (("bids", "b"), ("asks", "a")):
        for price, size in data[key]:
            ticks, lots = round(float(price) * 100), round(float(size) * 1e8)
            put(local.book, side, str(ticks), str(lots))
    assert {int(p): int(s) for p, s in local.book["bids"].items()} == dict(venue.market.book.bids())
    assert {int(p): int(s) for p, s in local.book["asks"].items()} == dict(venue.market.book.asks())
    venue.flush(SECOND_NS)
    assert len(session.sent) == 1


def test_over_the_wire_pongs_are_noticed(start: Start) -> None:
    exchange = start("binance")
    with exchange.stream("/stream") as client:
        for _ in range(8):
            client.socket.ping()
        with pytest.raises(ConnectionClosed) as closed:
            client.hear()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "Too many requests")
