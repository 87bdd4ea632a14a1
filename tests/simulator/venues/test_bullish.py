import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from simulator.server import Request
from simulator.settings import Settings
from simulator.venues.bullish import ROOT, BullishVenue
from simulator.world import World
from tests.simulator.venues.client import Book, Recorder, empty_book, samples, shape
from tests.simulator.venues.conftest import Start

BOOK = f"{ROOT}/orderbook"
TRADES = f"{ROOT}/trades"
TICK = f"{ROOT}/tick"
PAGES = "/trading-api/v1"
S_NS = 1_000_000_000
NOW_NS = 1_795_380_000 * S_NS


def command(method: str, number: str = "1", **params: str) -> dict[str, object]:
    return {"jsonrpc": "2.0", "type": "command", "method": method, "params": params, "id": number}


def subscribe(topic: str, symbol: str = "BTCUSD", number: str = "1") -> dict[str, object]:
    return command("subscribe", number, topic=topic, symbol=symbol)


def levels(flat: list[str]) -> list[tuple[str, str]]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def book_of(data: Any) -> Book:
    return {side: {Decimal(p): Decimal(q) for p, q in levels(data[side])} for side in ("bids", "asks")}


def is_book(message: Any) -> bool:
    return bool(message.get("dataType") == "V1TALevel2")


def real(file: str, data_type: str) -> Any:
    return next(frame for frame in samples("bullish", file) if frame.get("dataType") == data_type)


def cut(frame: Any) -> Any:
    """The frame with one level, one trade, and without what only perpetuals have."""
    data = {key: value for key, value in frame["data"].items() if key not in PERPETUAL}
    for name, count in (("bids", 2), ("asks", 2), ("trades", 1), ("ammData", 0)):
        if name in data:
            data[name] = data[name][:count]
    return {**frame, "data": data}


PERPETUAL = ("markPrice", "fundingRate", "openInterest", "ammData")


# The book


def test_a_subscription_is_acknowledged_and_the_whole_book_comes_at_once(start: Start) -> None:
    with start("bullish").stream(BOOK) as client:
        client.say(subscribe("l2Orderbook"))
        told = samples("bullish", "simnext_session.jsonl")[1]
        told["result"]["message"] = told["result"]["message"].replace("BTC-USDC-PERP", "BTCUSD")
        assert json.loads(client.hear()) == told
        first = json.loads(client.hear())
        assert first["data"]["sequenceNumberRange"][0] == first["data"]["sequenceNumberRange"][1]
        assert len(first["data"]["bids"]) == len(first["data"]["asks"]) == 400


@pytest.mark.parametrize(
    ("file", "path", "topic", "data_type"),
    [
        ("simnext_session.jsonl", BOOK, "l2Orderbook", "V1TALevel2"),
        ("simnext_session.jsonl", BOOK, "l1Orderbook", "V1TALevel1"),
        ("production_btcusdc_2025.jsonl", BOOK, "l2Orderbook", "V1TALevel2"),
        ("production_btcusdc_2025.jsonl", TRADES, "anonymousTrades", "V1TAAnonymousTradeUpdate"),
        ("production_btcusdc_2025.jsonl", TICK, "tick", "V1TATickerResponse"),
    ],
)
def test_frames_have_the_shapes_that_were_captured(
    start: Start, file: str, path: str, topic: str, data_type: str
) -> None:
    theirs = cut(real(file, data_type))
    with start("bullish").stream(path) as client:
        client.say(subscribe(topic))
        ours = cut(client.hear_until(lambda m: m.get("dataType") == data_type))
    assert list(ours) == list(theirs)
    assert shape(ours["data"]) == shape(theirs["data"])
    assert ours["type"] == "snapshot"


def test_every_frame_is_a_whole_book_best_first_and_their_numbers_leave_no_hole(start: Start) -> None:
    with start("bullish", rate=3_000.0).stream(BOOK) as client:
        client.say(subscribe("l2Orderbook"))
        last, wide = 0, 0
        for _ in range(8):
            frame = client.hear_until(is_book)
            assert frame["type"] == "snapshot"
            first, end = frame["data"]["sequenceNumberRange"]
            assert last in (0, first - 1)
            last, wide = end, wide + (end > first)
            book = book_of(frame["data"])
            assert list(book["bids"]) == sorted(book["bids"], reverse=True)
            assert list(book["asks"]) == sorted(book["asks"])
            assert max(book["bids"]) < min(book["asks"])
    assert wide > 3


def test_the_last_frame_shows_the_best_levels_of_the_true_book(start: Start) -> None:
    exchange, book = start("bullish"), empty_book()
    with exchange.stream(BOOK) as client:
        client.say(subscribe("l2Orderbook"))

        def take(message: Any) -> None:
            if is_book(message):
                book.update(book_of(message["data"]))

        take(client.hear_until(is_book))
        exchange.wait_for_truth(client, book, take, depth=200)


def test_whoever_comes_later_has_no_hole_either(start: Start) -> None:
    exchange = start("bullish", rate=3_000.0)
    with exchange.stream(BOOK) as early, exchange.stream(BOOK) as late:
        early.say(subscribe("l2Orderbook"))
        early.hear_until(is_book)
        late.say(subscribe("l2Orderbook"))
        for client in (late, early):
            ranges = [client.hear_until(is_book)["data"]["sequenceNumberRange"] for _ in range(3)]
            assert [b[0] - a[1] for a, b in pairwise(ranges)] == [1, 1]


def test_both_topics_count_the_same_states(start: Start) -> None:
    exchange = start("bullish")
    exchange.pause()
    with exchange.stream(BOOK) as client:
        client.say(subscribe("l2Orderbook"))
        whole = client.hear_until(is_book)["data"]
        client.say(subscribe("l1Orderbook", number="2"))
        touch = client.hear_until(lambda m: m.get("dataType") == "V1TALevel1")
        assert touch["type"] == "snapshot"
        assert touch["data"]["bid"] == whole["bids"][:2]
        assert touch["data"]["ask"] == whole["asks"][:2]
        assert int(touch["data"]["sequenceNumber"]) >= whole["sequenceNumberRange"][1]
        page = exchange.get(f"{PAGES}/markets/BTCUSD/orderbook/hybrid")
        assert page["sequenceNumber"] >= int(touch["data"]["sequenceNumber"])


def test_the_touch_is_told_at_every_change_without_a_hole(start: Start) -> None:
    with start("bullish", rate=3_000.0).stream(BOOK) as client:
        client.say(subscribe("l1Orderbook"))
        client.hear_until(lambda m: m.get("type") == "snapshot")
        updates = client.hear_many(30)
        numbers = [int(update["data"]["sequenceNumber"]) for update in updates]
        assert {update["type"] for update in updates} == {"update"}
        assert numbers == list(range(numbers[0], numbers[0] + 30))


class Visitor(Recorder):
    def __init__(self, path: str = BOOK) -> None:
        super().__init__()
        self.path = path
        self.aborted = 0

    def abort(self) -> None:
        self.aborted += 1

    def heard(self, data_type: str = "V1TALevel2") -> list[Any]:
        frames = [json.loads(text) for text in self.sent]
        return [frame for frame in frames if frame.get("dataType") == data_type]


def visit(path: str = BOOK, topic: str = "l2Orderbook") -> tuple[BullishVenue, Any]:
    venue, visitor = BullishVenue(Settings(), World(1)), Visitor(path)
    venue._of(visitor).opened(visitor, NOW_NS)  # type: ignore[arg-type]
    if topic:
        say(venue, visitor, subscribe(topic))
    return venue, visitor


def say(venue: BullishVenue, visitor: Any, message: object, at_ns: int = NOW_NS) -> None:
    venue._of(visitor).received(visitor, json.dumps(message), at_ns)


def change(venue: BullishVenue, visitor: Any, at_ns: int) -> None:
    venue._of(visitor).book_changed(venue.market.move(at_ns, World(1)), at_ns)


def test_a_book_that_stands_still_is_told_again_under_a_new_number_and_its_old_stamp() -> None:
    venue, visitor = visit()
    before = visitor.heard()[-1]["data"]
    for tenth in range(1, 36):
        venue.heartbeat(NOW_NS + tenth * S_NS // 10)
    again = [frame["data"] for frame in visitor.heard()[1:]]
    assert 3 <= len(again) <= 4
    assert [data["sequenceNumberRange"] for data in again] == [
        [before["sequenceNumberRange"][1] + n] * 2 for n in range(1, len(again) + 1)
    ]
    assert {tuple(data["bids"]) for data in again} == {tuple(before["bids"])}
    assert {data["timestamp"] for data in again} == {before["timestamp"]}
    assert again[-1]["publishedAtTimestamp"] > before["publishedAtTimestamp"]


def test_changes_wait_for_the_cadence_and_are_flushed_on_demand() -> None:
    venue, visitor = visit()
    change(venue, visitor, NOW_NS + S_NS)
    count = len(visitor.heard())
    change(venue, visitor, NOW_NS + S_NS + 100_000_000)
    change(venue, visitor, NOW_NS + S_NS + 200_000_000)
    assert len(visitor.heard()) == count
    venue.flush(NOW_NS + S_NS + 210_000_000)
    assert len(visitor.heard()) == count + 1
    first, last = visitor.heard()[-1]["data"]["sequenceNumberRange"]
    assert last == first + 1
    change(venue, visitor, NOW_NS + S_NS + 250_000_000)
    venue.heartbeat(NOW_NS + 2 * S_NS)
    assert len(visitor.heard()) == count + 2


def test_one_stamp_in_two_hundred_is_cut_short() -> None:
    venue, visitor = visit()
    for number in range(1, 400):
        change(venue, visitor, NOW_NS + number * S_NS)
    lengths = [len(frame["data"]["timestamp"]) for frame in visitor.heard()]
    assert lengths.count(7) == 2
    assert set(lengths) == {7, 13}


# Commands


def test_a_second_subscription_gets_no_answer_and_changes_nothing() -> None:
    venue, visitor = visit()
    count = len(visitor.sent)
    say(venue, visitor, subscribe("l2Orderbook", number="2"))
    assert len(visitor.sent) == count
    change(venue, visitor, NOW_NS + S_NS)
    assert len(visitor.sent) == count + 1


def test_after_an_unsubscription_the_book_can_be_had_anew() -> None:
    venue, visitor = visit()
    say(venue, visitor, command("unsubscribe", "2", topic="l2Orderbook", symbol="BTCUSD"))
    result = json.loads(visitor.sent[-1])["result"]
    assert result["message"] == "Successfully unsubscribed ( BTCUSD 2)"
    count = len(visitor.sent)
    change(venue, visitor, NOW_NS + S_NS)
    assert len(visitor.sent) == count
    say(venue, visitor, subscribe("l2Orderbook", number="3"))
    assert len(visitor.sent) == count + 2


def test_a_keepalive_is_answered_as_captured() -> None:
    frames = samples("bullish", "simnext_session.jsonl")
    venue, visitor = visit(topic="")
    say(venue, visitor, frames[5])
    assert json.loads(visitor.sent[-1]) == frames[6]


REFUSED = [
    (
        BOOK,
        subscribe("l2Orderbook", "NOPE-USDC-PERP", "12"),
        "29013",
        "'NOPE-USDC-PERP' is not a valid symbol",
    ),
    (BOOK, command("subscribe", "12", topic="l2Orderbook"), "29013", "'' is not a valid symbol"),
    (BOOK, subscribe("abcde", number="12"), "29013", "'abcde' is not a valid topic"),
    (BOOK, subscribe("anonymousTrades", number="12"), "29013", "'anonymousTrades' is not a valid topic"),
    (BOOK, command("nope", "12"), "29012", "'nope' is not a valid method"),
    (TICK, subscribe("tick", "NOPE-USDC-PERP", "12"), "29014", "INVALID_MARKET_ERROR"),
]


@pytest.mark.parametrize(("path", "said", "code", "name"), REFUSED, ids=[row[3] for row in REFUSED])
def test_what_cannot_be_subscribed_is_an_error(path: str, said: object, code: str, name: str) -> None:
    venue, visitor = visit(path, topic="")
    say(venue, visitor, said)
    error = {"code": "-32602", "errorCode": code, "errorCodeName": name}
    assert [json.loads(text) for text in visitor.sent] == [{"jsonrpc": "2.0", "id": "12", "error": error}]


@pytest.mark.parametrize("text", ["hello", "[]", "{}", "5", '{"id":[1],"method":{}}'])
def test_what_is_no_command_is_an_invalid_method(text: str) -> None:
    venue, visitor = visit(topic="")
    venue._of(visitor).received(visitor, text, NOW_NS)
    assert json.loads(visitor.sent[-1]) == samples("bullish", "simnext_session.jsonl")[8]


@pytest.mark.parametrize("path", [TRADES, TICK, f"{TICK}/BTCUSD"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=st.sampled_from(["subscribe", "unsubscribe", "keepalivePing", "", 5, None]),
    params=st.dictionaries(
        st.sampled_from(["topic", "symbol"]),
        st.sampled_from(["tick", "anonymousTrades", "BTCUSD", "", None, 1, [], {}]),
    )
    | st.none()
    | st.lists(st.integers(), max_size=2),
    number=st.none() | st.integers() | st.text(max_size=4) | st.lists(st.none(), max_size=1),
)
def test_nothing_that_a_client_says_brings_a_path_down(
    path: str, method: object, params: object, number: object
) -> None:
    venue, visitor = HELD.setdefault(path, visit(path, topic=""))
    say(venue, visitor, {"method": method, "params": params, "id": number})
    for text in visitor.sent:
        json.loads(text)
    visitor.sent.clear()


HELD: dict[str, tuple[BullishVenue, Any]] = {}


@pytest.mark.parametrize(
    ("path", "topic", "said_every_s", "is_cut"),
    [
        (BOOK, "", 0, True),
        (TRADES, "anonymousTrades", 0, True),
        (TRADES, "", 20, False),
        (BOOK, "l2Orderbook", 0, False),
    ],
)
def test_a_connection_on_which_nobody_speaks_for_a_minute_is_cut(
    path: str, topic: str, said_every_s: int, is_cut: bool
) -> None:
    venue, visitor = visit(path, topic)
    for second in range(1, 62):
        if said_every_s and second % said_every_s == 0:
            say(venue, visitor, command("keepalivePing", str(second)), NOW_NS + second * S_NS)
        venue.heartbeat(NOW_NS + second * S_NS)
    assert bool(visitor.aborted) == is_cut
    assert visitor.closes == []


def test_the_client_sees_no_closing_frame_when_it_is_cut(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.venues.bullish_commands._IDLE_NS", 300_000_000)
    with start("bullish").stream(TRADES) as client, pytest.raises(ConnectionClosedError) as closed:
        client.hear()
    assert closed.value.rcvd is None


# The other paths


def test_the_latest_hundred_trades_come_first_then_each_as_it_happens(start: Start) -> None:
    with start("bullish", rate=3_000.0).stream(TRADES) as client:
        client.say(subscribe("anonymousTrades"))
        ack = json.loads(client.hear())
        assert ack["result"]["message"] == "Successfully subscribed (anonymousTrades BTCUSD)"
        snapshot = json.loads(client.hear())
        ids = [int(trade["tradeId"]) for trade in snapshot["data"]["trades"]]
        assert ids == sorted(ids, reverse=True)
        assert snapshot["type"] == "snapshot"
        updates = client.hear_many(10)
        assert {update["type"] for update in updates} == {"update"}
        more = [int(trade["tradeId"]) for update in updates for trade in update["data"]["trades"]]
        assert more == list(range(ids[0] + 1, ids[0] + 11))
        makers = [trade for update in updates for trade in update["data"]["trades"] if not trade["isTaker"]]
        assert 1 <= len(makers) <= 2


def test_ticks_are_subscribed_to_or_come_by_the_path(start: Start) -> None:
    exchange = start("bullish")
    with exchange.stream(TICK) as asking, exchange.stream(f"{TICK}/BTCUSD") as coming:
        asking.say(subscribe("tick"))
        assert json.loads(asking.hear())["result"] == {
            "responseCode": 200,
            "responseCodeName": "OK",
            "message": "Successfully subscribed",
        }
        for client in (asking, coming):
            assert json.loads(client.hear())["type"] == "snapshot"
            update = json.loads(client.hear())
            assert update["type"] == "update"
            data = update["data"]
            assert float(data["low"]) <= float(data["last"]) <= float(data["high"])
            assert float(data["bestBid"]) < float(data["bestAsk"])
            assert float(data["baseVolume"]) > 800


def test_a_path_that_does_not_exist_is_not_found(start: Start) -> None:
    exchange = start("bullish")
    with pytest.raises(InvalidStatus, match="404"), exchange.stream(f"{ROOT}/dance"):
        pass


# Faults


def test_a_lost_frame_leaves_a_hole_and_a_repeated_one_repeats_its_numbers(start: Start) -> None:
    exchange = start("bullish")
    with exchange.stream(BOOK) as client:
        client.say(subscribe("l2Orderbook"))

        def numbers() -> list[int]:
            return list(client.hear_until(is_book)["data"]["sequenceNumberRange"])

        before = numbers()
        exchange.inject("skip")
        while (now := numbers())[0] == before[1] + 1:
            before = now
        assert now[0] > before[1] + 1
        exchange.inject("repeat")
        before = now
        while (now := numbers()) != before:
            before = now


def test_a_crossed_book_can_be_ordered_and_the_next_frame_mends_it(start: Start) -> None:
    exchange = start("bullish")
    with exchange.stream(BOOK) as client:
        client.say(subscribe("l2Orderbook"))
        client.hear_until(is_book)
        exchange.inject("cross")
        crossed = client.hear_until(
            lambda m: is_book(m) and float(m["data"]["bids"][0]) > float(m["data"]["asks"][0])
        )
        assert float(crossed["data"]["bids"][0]) - float(crossed["data"]["asks"][0]) > 1
        after = client.hear_until(is_book)
        assert float(after["data"]["bids"][0]) < float(after["data"]["asks"][0])


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("unknown_type", "sim_unknown"), ("unknown_field", "sim_unknown_field"), ("unknown_symbol", '"ETHUSD"')],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("bullish")
    with exchange.stream(BOOK) as client:
        client.say(subscribe("l2Orderbook"))
        client.hear()
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


@pytest.mark.parametrize(
    ("path", "topic"), [(BOOK, "l2Orderbook"), (TRADES, "anonymousTrades"), (TICK, "tick")]
)
def test_an_acknowledgement_can_be_missing(start: Start, path: str, topic: str) -> None:
    with start("bullish", faults=["missing_ack:bullish"]).stream(path) as client:
        client.say(subscribe(topic))
        assert json.loads(client.hear())["type"] == "snapshot"


def test_an_address_can_be_refused(start: Start) -> None:
    exchange = start("bullish", faults=["refuse:bullish:status=403,on=stream"])
    with pytest.raises(InvalidStatus, match="403"), exchange.stream(BOOK):
        pass


# REST


def test_rest_pages_have_the_documented_shapes(start: Start) -> None:
    exchange = start("bullish")
    tick = exchange.get(f"{PAGES}/markets/BTCUSD/tick")
    assert set(tick) == {
        "createdAtDatetime", "createdAtTimestamp", "high", "low", "bestBid", "bidVolume", "bestAsk",
        "vwap", "open", "close", "last", "change", "percentage", "average", "baseVolume", "quoteVolume",
        "bancorPrice", "lastTradeDatetime", "lastTradeTimestamp", "lastTradeQuantity", "ammData", "askVolume",
    }  # fmt: skip
    assert float(tick["quoteVolume"]) == pytest.approx(
        float(tick["baseVolume"]) * float(tick["vwap"]), rel=1e-3
    )
    trades = exchange.get(f"{PAGES}/markets/BTCUSD/trades")
    assert set(trades[0]) == {
        "tradeId", "symbol", "price", "quantity", "quoteAmount", "side", "isTaker", "createdAtTimestamp",
        "createdAtDatetime",
    }  # fmt: skip
    assert int(trades[0]["tradeId"]) > int(trades[-1]["tradeId"])
    amount = float(trades[0]["price"]) * float(trades[0]["quantity"])
    assert float(trades[0]["quoteAmount"]) == pytest.approx(amount, abs=1e-3)
    book = exchange.get(f"{PAGES}/markets/BTCUSD/orderbook/hybrid")
    assert set(book) == {"bids", "asks", "datetime", "timestamp", "sequenceNumber"}
    assert set(book["bids"][0]) == {"price", "priceLevelQuantity", "type"}
    assert len(book["bids"]) == len(book["asks"]) == 200
    assert exchange.get(f"{PAGES}/markets")[0] == exchange.get(f"{PAGES}/markets/BTCUSD")
    assert set(exchange.get(f"{PAGES}/time")) == {"datetime", "timestamp"}


def page(venue: BullishVenue, path: str, at_ns: int = NOW_NS) -> tuple[int, bytes]:
    reply = venue._pages(Request(PAGES + path, [], {}), at_ns)
    return reply.status, reply.body


def test_unknown_markets_are_answered_as_probed() -> None:
    venue = BullishVenue(Settings(), World(1))
    assert page(venue, "/markets/NOPE/orderbook/hybrid") == (404, b"")
    for path, status, code in (
        ("/markets/NOPE/tick", 400, 28004),
        ("/markets/NOPE/trades", 400, 28004),
        ("/markets/NOPE", 400, 21000),
        ("/markets/BTCUSD/dance", 400, 21000),
    ):
        got, body = page(venue, path)
        assert (got, json.loads(body)["errorCode"]) == (status, code)
    assert page(venue, "/dance")[0] == 404


def test_who_asks_too_often_gets_nothing_for_a_minute() -> None:
    venue = BullishVenue(Settings(), World(1))
    answers = [page(venue, "/time")[0] for _ in range(501)]
    assert answers == [200] * 500 + [429]
    assert json.loads(page(venue, "/time", NOW_NS + 59 * S_NS)[1])["errorCode"] == 96000
    assert page(venue, "/time", NOW_NS + 61 * S_NS)[0] == 200
