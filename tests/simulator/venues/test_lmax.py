import json
from itertools import pairwise
from typing import Any

import pytest

from simulator.settings import Settings
from simulator.venues.lmax import LmaxStream, LmaxVenue
from simulator.world import World
from tests.simulator.venues.client import Book, Recorder, empty_book, put, samples, shape
from tests.simulator.venues.conftest import Start

PATH = "/v1/web-socket"
S = 1_000_000_000


def channels(*names: str) -> list[dict[str, object]]:
    return [{"name": name, "instruments": ["btc-usd"]} for name in names]


def subscribe(*names: str) -> dict[str, object]:
    return {"type": "SUBSCRIBE", "channels": channels(*names)}


def take_into(book: Book) -> Any:
    def take(message: Any) -> None:
        if message["type"] == "ORDER_BOOK":
            for side in ("bids", "asks"):
                book[side].clear()
                for level in message[side]:
                    put(book, side, level["price"], level["quantity"])

    return take


def stream() -> LmaxStream:
    return LmaxStream(LmaxVenue(Settings(), World(1)).market)


def followed(lmax: Any) -> Recorder:
    session = Recorder()
    lmax.opened(session, 0)
    lmax.received(session, json.dumps(subscribe("ORDER_BOOK", "TICKER")), 0)
    return session


def test_a_subscription_is_answered_with_all_that_is_subscribed(start: Start) -> None:
    with start("lmax").stream(PATH) as client:
        client.say(subscribe("ORDER_BOOK", "TICKER"))
        said = client.hear_until(lambda m: m["type"] == "SUBSCRIPTIONS")
        assert said == {"type": "SUBSCRIPTIONS", "channels": channels("ORDER_BOOK", "TICKER")}


def test_frames_have_the_shapes_of_public_clients(start: Start) -> None:
    _, book, ticker = samples("lmax_digital", "ws_shapes.jsonl")
    with start("lmax", rate=5_000.0).stream(PATH) as client:
        client.say(subscribe("ORDER_BOOK", "TICKER"))
        ours = client.hear_until(lambda m: m["type"] == "ORDER_BOOK")
        assert shape(ours) == shape({**book, "status": "OPEN"})
        ours = client.hear_until(lambda m: m["type"] == "TICKER")
    session = {f"session_{name}": "1.0" for name in ("open", "low", "high")}
    assert shape(ours) == shape({**ticker, **session})
    assert "side" not in ours


def test_the_last_book_is_the_true_one(start: Start) -> None:
    exchange, book = start("lmax", rate=5_000.0), empty_book()
    take = take_into(book)
    with exchange.stream(PATH) as client:
        client.say(subscribe("ORDER_BOOK"))
        take(client.hear_until(lambda m: m["type"] == "ORDER_BOOK"))
        exchange.wait_for_truth(client, book, take)


def test_numbers_have_the_documented_decimals(start: Start) -> None:
    with start("lmax").stream(PATH) as client:
        client.say(subscribe("ORDER_BOOK"))
        book = client.hear_until(lambda m: m["type"] == "ORDER_BOOK")
    for level in book["bids"] + book["asks"]:
        assert len(level["price"].partition(".")[2]) == 6
        assert len(level["quantity"].partition(".")[2]) >= 4


def test_a_book_waits_for_the_flush_and_goes_out_once() -> None:
    lmax = stream()
    session = followed(lmax)
    lmax.book_changed([], 5 * S)
    assert [json.loads(text)["type"] for text in session.sent] == ["SUBSCRIPTIONS"]
    lmax.flush(6 * S)
    lmax.flush(7 * S)
    assert [json.loads(text)["type"] for text in session.sent] == ["SUBSCRIPTIONS", "ORDER_BOOK"]


def test_where_nobody_flushes_a_changed_book_goes_out_after_a_second() -> None:
    lmax = stream()
    session = followed(lmax)
    sent_ns = []
    for tenth in range(100, 160):
        lmax.book_changed([], tenth * S // 10)
        before = len(session.sent)
        lmax.heartbeat(tenth * S // 10)
        sent_ns += [tenth * S // 10] * (len(session.sent) - before)
    apart_ns = {later - earlier for earlier, later in pairwise(sent_ns)}
    assert apart_ns == {1_100_000_000}


def test_whoever_comes_to_a_market_that_stands_still_is_sent_its_book() -> None:
    lmax = stream()
    followed(lmax)
    lmax.flush(S)
    late = followed(lmax)
    lmax.heartbeat(3 * S)
    assert json.loads(late.sent[-1])["type"] == "ORDER_BOOK"


def test_unsubscribing_leaves_the_rest() -> None:
    lmax = stream()
    session = followed(lmax)
    lmax.received(session, json.dumps({"type": "UNSUBSCRIBE", "channels": channels("ORDER_BOOK")}), 2 * S)  # type: ignore[arg-type]
    assert json.loads(session.sent[-1])["channels"] == channels("TICKER")
    lmax.flush(3 * S)
    assert json.loads(session.sent[-1])["type"] == "SUBSCRIPTIONS"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "PARSING_ERROR"),
        ("[]", "BAD_REQUEST"),
        ('{"type":"DANCE","channels":[]}', "BAD_REQUEST"),
        ('{"type":"SUBSCRIBE"}', "BAD_REQUEST"),
        (json.dumps(subscribe("TRADES")), "CHANNEL_UNAVAILABLE"),
        ('{"type":"SUBSCRIBE","channels":[{"name":"TICKER","instruments":["x"]}]}', "INSTRUMENT_NOT_FOUND"),
    ],
)
def test_what_cannot_be_subscribed_is_an_error(said: str, code: str) -> None:
    lmax, session = stream(), Recorder()
    lmax.opened(session, 0)  # type: ignore[arg-type]
    lmax.received(session, said, 0)  # type: ignore[arg-type]
    (answer,) = [json.loads(text) for text in session.sent]
    assert (answer["type"], answer["error_code"]) == ("ERROR", code)
    assert answer["error_message"]


def test_a_second_request_in_a_second_is_one_too_many() -> None:
    lmax = stream()
    session = followed(lmax)
    for at_ns in (S // 2, 2 * S):
        lmax.received(session, json.dumps(subscribe("TICKER")), at_ns)  # type: ignore[arg-type]
    assert [json.loads(text).get("error_code") for text in session.sent] == [None, "TOO_MANY_REQUESTS", None]


def test_it_pings_every_three_seconds_and_leaves_who_does_not_answer() -> None:
    lmax = stream()
    polite, silent = followed(lmax), followed(lmax)
    for second in range(99, 129):
        lmax.heartbeat(second * S)
        polite.heard_pongs = polite.pings
    assert polite.pings == 10
    assert polite.closes == []
    assert silent.closes[0] == (1000, "")


@pytest.mark.parametrize(("apart_s", "closes"), [(35, 0), (5, 1)])
def test_a_client_that_pings_more_than_once_in_thirty_seconds_is_cut_off(apart_s: int, closes: int) -> None:
    lmax = stream()
    session = followed(lmax)
    for second in range(100, 180):
        session.heard_pings += second % apart_s == 0
        session.heard_pongs = session.pings
        lmax.heartbeat(second * S)
        if session.closes:
            lmax.closed(session)  # type: ignore[arg-type]
            break
    assert [code for code, _ in session.closes] == [1008] * closes


@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        ("unknown_type", "sim_unknown"),
        ("unknown_field", "sim_unknown_field"),
        ("unknown_symbol", "eth-usd"),
        ("reconnect_request", '"status":"MAINTENANCE"'),
    ],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("lmax", rate=5_000.0)
    with exchange.stream(PATH) as client:
        client.say(subscribe("ORDER_BOOK", "TICKER"))
        client.hear()
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


def test_a_crossed_book_can_be_ordered(start: Start) -> None:
    exchange = start("lmax", rate=5_000.0, faults=["cross:lmax"])
    with exchange.stream(PATH) as client:
        client.say(subscribe("ORDER_BOOK"))
        book = client.hear_until(lambda m: m["type"] == "ORDER_BOOK")
        assert float(book["bids"][0]["price"]) > float(book["asks"][0]["price"])


def test_an_acknowledgement_can_be_missing(start: Start) -> None:
    with start("lmax", faults=["missing_ack:lmax"]).stream(PATH) as client:
        client.say(subscribe("ORDER_BOOK"))
        assert json.loads(client.hear())["type"] == "ORDER_BOOK"


def test_the_rest_book_is_that_of_the_market(start: Start) -> None:
    exchange, book = start("lmax"), empty_book()
    exchange.pause()
    take_into(book)({"type": "ORDER_BOOK", **exchange.get("/v1/orderbook/btc-usd")})
    assert book == exchange.true_book()
    assert exchange.get("/v1/ticker/btc-usd", 429) == {"error_message": "Too many requests"}
