import json
from typing import Any

import pytest

from simulator.server import Reply, Request
from simulator.settings import Settings
from simulator.venues.binance import BinanceUsVenue
from simulator.venues.binance_rest import BinancePages
from simulator.world import World
from tests.simulator.venues.client import samples, shape
from tests.simulator.venues.conftest import Start

MINUTE_NS = 60_000_000_000


def pages(weight_limit: int = 6_000) -> BinancePages:
    return BinancePages(BinanceUsVenue(Settings(), World(1)).market, "BTCUSD", 77, weight_limit)


def ask(of: BinancePages, path: str, now_ns: int = MINUTE_NS, **query: Any) -> Reply:
    return of(Request(f"/api/v3/{path}", [(key, str(value)) for key, value in query.items()], {}), now_ns)


def body(reply: Reply) -> Any:
    return json.loads(reply.body)


def test_pages_have_the_documented_shapes(start: Start) -> None:
    exchange = start("binance")
    (real,) = samples("binance", "rest_depth_btcusdt.json")
    depth = exchange.get("/api/v3/depth?symbol=BTCUSDT&limit=7")
    assert list(depth) == list(real)
    cut = {"bids": depth["bids"][:1], "asks": depth["asks"][:1]}
    assert shape({**depth, **cut}) == shape({**real, "bids": real["bids"][:1], "asks": real["asks"][:1]})
    assert len(depth["bids"]) == len(depth["asks"]) == 7
    assert len(exchange.get("/api/v3/depth?symbol=BTCUSDT")["bids"]) == 100
    assert len(exchange.get("/api/v3/depth?symbol=BTCUSDT&limit=9999")["asks"]) > 1_000
    touch = exchange.get("/api/v3/ticker/bookTicker?symbol=BTCUSDT")
    assert list(touch) == ["symbol", "bidPrice", "bidQty", "askPrice", "askQty"]
    day = exchange.get("/api/v3/ticker/24hr?symbol=BTCUSDT")
    assert float(day["lowPrice"]) <= float(day["lastPrice"]) <= float(day["highPrice"])
    assert 14_000 < float(day["volume"]) < 16_000
    trades = exchange.get("/api/v3/trades?symbol=BTCUSDT&limit=3")
    assert shape(trades) == [
        {
            "id": "number",
            "price": "number text",
            "qty": "number text",
            "quoteQty": "number text",
            "time": "number",
            "isBuyerMaker": "bool",
            "isBestMatch": "bool",
        }
    ]
    assert [trade["id"] for trade in trades] == list(range(trades[0]["id"], trades[0]["id"] + 3))
    assert float(trades[0]["quoteQty"]) == pytest.approx(float(trades[0]["price"]) * float(trades[0]["qty"]))
    assert exchange.get("/api/v3/ping") == {}
    assert exchange.get("/api/v3/time")["serverTime"] > 1_700_000_000_000
    assert float(exchange.get("/api/v3/ticker/price?symbol=BTCUSDT")["price"]) > 50_000


def test_the_snapshot_bears_the_number_of_the_last_update() -> None:
    of = pages()
    assert body(ask(of, "depth", symbol="BTCUSD"))["lastUpdateId"] == 77
    of.update_id += 5
    assert body(ask(of, "depth", symbol="BTCUSD"))["lastUpdateId"] == 82


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("depth", {}, 400, -1102),
        ("depth", {"symbol": ""}, 400, -1102),
        ("depth", {"symbol": "BTCUSDT"}, 400, -1121),
        ("depth", {"symbol": "btcusd"}, 400, -1121),
        ("depth", {"symbol": "BTCUSD", "limit": "x"}, 400, -1100),
        ("depth", {"symbol": "BTCUSD", "limit": "²"}, 400, -1100),
        ("depth", {"symbol": "BTCUSD", "colour": "red"}, 400, -1101),
        ("ticker/24hr", {"symbol": "NOPE"}, 400, -1121),
        ("dance", {}, 404, None),
    ],
)
def test_a_wrong_question_gets_the_documented_code(
    path: str, query: dict[str, str], status: int, code: int | None
) -> None:
    reply = ask(pages(), path, MINUTE_NS, **query)
    assert reply.status == status
    assert body(reply).get("code") == code


def test_an_invalid_symbol_is_said_in_the_documented_words() -> None:
    assert body(ask(pages(), "depth", symbol="X")) == {"code": -1121, "msg": "Invalid symbol."}


def test_deeper_books_weigh_more() -> None:
    for limit, weight in ((5, 5), (100, 5), (101, 25), (500, 25), (1_000, 50), (1_001, 250), (5_000, 250)):
        reply = ask(pages(), "depth", symbol="BTCUSD", limit=limit)
        assert reply.headers["x-mbx-used-weight-1m"] == str(weight)


def test_who_asks_too_much_waits_for_the_next_minute() -> None:
    of = pages(weight_limit=500)
    now_ns = 10 * MINUTE_NS + 15 * MINUTE_NS // 60
    assert [ask(of, "depth", now_ns, symbol="BTCUSD", limit=5_000).status for _ in range(3)] == [
        200,
        200,
        429,
    ]
    reply = ask(of, "depth", now_ns, symbol="BTCUSD")
    assert (reply.status, reply.headers["Retry-After"], body(reply)["code"]) == (429, "45", -1003)
    assert ask(of, "depth", 11 * MINUTE_NS, symbol="BTCUSD").status == 200


def test_who_does_not_hear_is_banned_for_two_minutes() -> None:
    of = pages(weight_limit=5)
    now_ns = 10 * MINUTE_NS
    statuses = [ask(of, "depth", now_ns, symbol="BTCUSD").status for _ in range(13)]
    assert statuses == [200] + [429] * 10 + [418] * 2
    reply = ask(of, "time", now_ns + MINUTE_NS)
    assert (reply.status, reply.headers["Retry-After"]) == (418, "60")
    assert "IP banned until" in body(reply)["msg"]
    assert ask(of, "time", now_ns + 2 * MINUTE_NS).status == 200
