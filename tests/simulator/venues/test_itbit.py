import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.simulator.venues.client import Book, empty_book, is_crossed, put, samples, shape
from tests.simulator.venues.conftest import Start

BOOK = "/marketdata/BTCUSD"
EXECUTIONS = "/executiondata/BTCUSD"


def taking(book: Book) -> Any:
    def take(message: Any) -> None:
        if message["type"] == "SNAPSHOT":
            for side in ("bids", "asks"):
                book[side].clear()
                for level in message[side]:
                    put(book, side, level["price"], level["amount"])
        elif message["type"] == "UPDATE":
            put(book, {"BUY": "bids", "SELL": "asks"}[message["side"]], message["price"], message["amount"])

    return take


def test_the_first_frame_is_the_whole_book_and_each_later_one_a_level(start: Start) -> None:
    exchange = start("itbit")
    with exchange.stream(BOOK) as client:
        first, *others = client.hear_many(20)
    snapshot, update = samples("paxos_itbit", "marketdata_shapes.jsonl")
    assert list(first) == list(snapshot)
    assert shape(first) == shape(snapshot)
    assert len(first["bids"]) > 300
    assert first["final_snapshot"] is True
    assert {other["type"] for other in others} == {"UPDATE"}
    assert {list(other) == list(update) for other in others} == {True}
    assert shape(others[0]) == shape(update)


def test_the_levels_lead_from_the_first_book_to_the_true_one_and_never_cross(start: Start) -> None:
    exchange, book = start("itbit", rate=3_000.0), empty_book()
    take = taking(book)
    with exchange.stream(BOOK) as client:
        for _ in range(150):
            take(json.loads(client.hear()))
            assert not is_crossed(book)
        exchange.wait_for_truth(client, book, take)


def test_a_level_that_is_gone_is_said_as_zero(start: Start) -> None:
    with start("itbit", rate=3_000.0).stream(BOOK) as client:
        client.hear_until(lambda m: m.get("amount") == "0")


def test_whatever_a_client_says_is_not_answered(start: Start) -> None:
    exchange = start("itbit")
    with exchange.stream(BOOK) as client:
        client.say({"type": "SUBSCRIBE"})
        client.say("{")
        assert {message["type"] for message in client.hear_many(10)} == {"SNAPSHOT", "UPDATE"}


def test_an_unknown_market_has_no_address(start: Start) -> None:
    exchange = start("itbit")
    with pytest.raises(InvalidStatus) as refused, exchange.stream("/marketdata/NOPEUSD"):
        pass
    assert refused.value.response.status_code == 404


def test_executions_begin_with_the_last_one_and_tell_no_side(start: Start) -> None:
    exchange = start("itbit", rate=3_000.0)
    with exchange.stream(EXECUTIONS) as client:
        first, second = client.hear_many(2)
    assert set(first) == {"market", "match_number", "price", "amount", "executed_at"}
    assert first["match_number"] < second["match_number"]
    listed = {
        item["match_number"]: item for item in exchange.get("/v2/markets/BTCUSD/recent-executions")["items"]
    }
    assert {"market": "BTCUSD", **listed[second["match_number"]]} == second


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("unknown_type", "sim_unknown"), ("unknown_field", "sim_unknown_field"), ("unknown_symbol", "ETHUSD")],
)
def test_strange_frames_can_be_ordered(start: Start, kind: str, mark: str) -> None:
    exchange = start("itbit")
    with exchange.stream(BOOK) as client:
        client.hear()
        exchange.inject(kind)
        client.hear_until(lambda m: mark in client.heard[-1])


def test_a_crossed_book_can_be_ordered(start: Start) -> None:
    exchange, book = start("itbit"), empty_book()
    take = taking(book)
    with exchange.stream(BOOK) as client:
        take(json.loads(client.hear()))
        exchange.inject("cross")

        def crosses(message: Any) -> bool:
            take(message)
            return is_crossed(book)

        client.hear_until(crosses)


def test_a_lost_level_leaves_no_trace(start: Start) -> None:
    exchange, book = start("itbit", rate=3_000.0), empty_book()
    take = taking(book)
    with exchange.stream(BOOK) as client:
        take(json.loads(client.hear()))
        exchange.get("/_sim/fault?kind=skip&count=100")
        for message in client.hear_many(30):
            take(message)
        exchange.pause()
        truth = exchange.true_book()
    assert book != truth


def test_rest_pages_have_the_documented_shapes(start: Start) -> None:
    exchange = start("itbit")
    exchange.pause()
    ticker = exchange.get("/v2/markets/BTCUSD/ticker")
    assert list(ticker) == [
        "market", "best_bid", "best_ask", "last_execution", "last_day", "today", "snapshot_at",
    ]  # fmt: skip
    assert 300 < float(ticker["last_day"]["volume"]) < 400
    assert float(ticker["today"]["volume"]) <= float(ticker["last_day"]["volume"])
    book = exchange.get("/v2/markets/BTCUSD/order-book")
    assert book["bids"][0] == ticker["best_bid"]
    assert book["asks"][0] == ticker["best_ask"]
    rebuilt = empty_book()
    taking(rebuilt)({"type": "SNAPSHOT", **book})
    assert rebuilt == exchange.true_book()
    assert exchange.get("/v2/markets")["markets"][0]["market"] == "BTCUSD"
    problem = exchange.get("/v2/markets/NOPEUSD/ticker", 404)
    assert set(problem) == {"type", "title", "status", "detail"}
