"""Books, the roll and the settlement, as a client sees them."""

import json
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from simulator.kalshi.keys import DemoKey
from tests.simulator.kalshi.client import Stream, kalshi_world

SPEED = 300


class Mirror:
    """One market's book, rebuilt from the stream."""

    def __init__(self) -> None:
        self.sides: dict[str, dict[str, Decimal]] = {"yes": {}, "no": {}}

    def take(self, frame: dict[str, Any]) -> None:
        body = frame["msg"]
        if frame["type"] == "orderbook_snapshot":
            for side in self.sides:
                levels = body.get(f"{side}_dollars_fp", [])
                assert levels or f"{side}_dollars_fp" not in body
                self.sides[side] = {price: Decimal(count) for price, count in levels}
        else:
            levels = self.sides[body["side"]]
            size = levels.get(body["price_dollars"], Decimal(0)) + Decimal(body["delta_fp"])
            assert size >= 0
            if size:
                levels[body["price_dollars"]] = size
            else:
                del levels[body["price_dollars"]]

    def bids(self) -> list[list[str]]:
        return [[p, f"{c:.2f}"] for p, c in sorted(self.sides["yes"].items(), reverse=True)]

    def asks(self, yes_prices: bool) -> list[list[str]]:
        def own(price: str) -> str:
            return price if yes_prices else f"{1 - Decimal(price):.4f}"

        return [[p, f"{c:.2f}"] for p, c in sorted((own(p), c) for p, c in self.sides["no"].items())]


def _watch(stream: Stream, ticker: str, yes_prices: bool) -> Mirror:
    mirror = Mirror()
    stream.command(
        "subscribe", channels=["orderbook_delta"], market_tickers=[ticker], use_yes_price=yes_prices
    )
    mirror.take(stream.kind("orderbook_snapshot"))
    return mirror


@pytest.mark.parametrize("yes_prices", [False, True])
def test_a_book_rebuilt_from_the_stream_equals_the_true_one_and_the_rest_one(
    key: DemoKey, yes_prices: bool
) -> None:
    with kalshi_world(key, rate=1500.0) as world, world.stream() as stream:
        ticker = world.running_market(left_s=6.0)["ticker"]
        mirror = _watch(stream, ticker, yes_prices)
        for _ in range(300):
            mirror.take(stream.kind("orderbook_delta"))
        world.sim("pause")
        true = world.sim("books")["books"][ticker]
        rest = world.get(f"/markets/{ticker}/orderbook").json()["orderbook_fp"]
        # The acknowledgement comes after all that was sent before the pause.
        end = stream.command("list_subscriptions")
        while (frame := stream.take()).get("id") != end:
            mirror.take(frame)
        assert mirror.bids() == true["bids"] == rest["yes_dollars"][::-1]
        assert mirror.asks(yes_prices) == true["asks"]
        assert [[f"{1 - Decimal(p):.4f}", c] for p, c in true["asks"]] == rest["no_dollars"][::-1]


def test_books_are_never_crossed_and_stand_on_the_tick_grid(key: DemoKey) -> None:
    with kalshi_world(key, rate=1500.0, speed=60.0) as world, world.stream() as stream:
        mirror = _watch(stream, world.running_market(left_s=6.0)["ticker"], yes_prices=True)
        for _ in range(400):
            frame = stream.take()
            mirror.take(frame)
            price = Decimal(frame["msg"].get("price_dollars", "0.1"))
            coarse = Decimal("0.1") <= price <= Decimal("0.9")
            assert price % (Decimal("0.01") if coarse else Decimal("0.001")) == 0
            bids, asks = mirror.bids(), mirror.asks(yes_prices=True)
            assert not bids or not asks or bids[0][0] < asks[0][0]


def _index_of(frame: dict[str, Any]) -> tuple[int, int]:
    """Stamp in ms and value in cents."""
    data = json.loads(frame["msg"]["data"])
    return data["time"], int(Decimal(data["value"]) * 100)


@pytest.fixture(scope="module")
def rolled(key: DemoKey) -> list[dict[str, Any]]:
    """All lifecycle and index frames over a little more than two whole windows of 3 s."""
    with kalshi_world(key, rate=100.0, speed=SPEED) as world, world.stream() as stream:
        stream.command("subscribe", channels=["market_lifecycle_v2"])
        stream.command("subscribe", channels=["cfbenchmarks_value"], index_ids=["BRTI"])
        settled = 0
        while settled < 3:
            frame = stream.take()
            quarter = str(frame["msg"].get("market_ticker", "")).startswith("KXBTC15M")
            settled += quarter and frame["msg"]["event_type"] == "settled"
        world_markets = world.get("/markets", series_ticker="KXBTC15M", status="settled").json()["markets"]
        return [*stream.frames, {"type": "rest", "msg": world_markets}]


def _life(frames: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {
        f["msg"]["market_ticker"]: f["msg"]
        for f in frames
        if f["type"] == "market_lifecycle_v2"
        and f["msg"]["event_type"] == kind
        and f["msg"]["market_ticker"].startswith("KXBTC15M")
    }


def test_the_official_settlement_is_the_mean_of_the_sixty_values_before_the_close(
    rolled: list[dict[str, Any]],
) -> None:
    values = dict(_index_of(f) for f in rolled if f["type"] == "cfbenchmarks_value")
    checked = 0
    for market in rolled[-1]["msg"]:
        close_ms = _milliseconds(market["close_time"])
        stamps = [close_ms * SPEED // 1000 - n for n in range(1, 61)]
        have = [values[second * 1000 // SPEED] for second in stamps if second * 1000 // SPEED in values]
        if len(have) == 60:
            expected = (2 * sum(have) + 60) // 120
            assert int(Decimal(market["expiration_value"]) * 100) == expected
            checked += 1
    assert checked >= 2


def _milliseconds(stamp: str) -> int:
    return round(datetime.fromisoformat(stamp).timestamp() * 1000)


def test_the_strike_is_the_previous_settlement_and_the_result_follows_from_it(
    rolled: list[dict[str, Any]],
) -> None:
    markets = sorted(rolled[-1]["msg"], key=lambda m: str(m["close_time"]))
    for before, after in pairwise(markets):
        assert before["close_time"] == after["open_time"]
        assert Decimal(str(after["floor_strike"])) == Decimal(before["expiration_value"])
    for market in markets:
        reached = Decimal(market["expiration_value"]) >= Decimal(str(market["floor_strike"]))
        assert market["result"] == ("yes" if reached else "no")
        assert market["settlement_value_dollars"] == ("1.0000" if reached else "0.0000")


def test_lifecycle_tells_creation_strike_result_and_settlement(rolled: list[dict[str, Any]]) -> None:
    created, struck = _life(rolled, "created"), _life(rolled, "metadata_updated")
    determined, settled = _life(rolled, "determined"), _life(rolled, "settled")
    assert created
    assert all("floor_strike" not in m["additional_metadata"] for m in created.values())
    for body in struck.values():
        assert body["yes_sub_title"] == f"Target Price: ${body['floor_strike']:,.2f}"
    by_rest = {m["ticker"]: m for m in rolled[-1]["msg"]}
    for ticker, body in determined.items():
        assert body["result"] == by_rest[ticker]["result"]
    # The first to be settled may have been determined before anybody listened.
    closes = {m["ticker"]: m["close_time"] for m in rolled[-1]["msg"]}
    first = min(settled, key=lambda ticker: str(closes[ticker]))
    assert set(determined) <= set(settled) <= {first, *determined}
    assert all("result" not in body for body in settled.values())


def test_the_last_minute_carries_the_running_settlement_average(rolled: list[dict[str, Any]]) -> None:
    frames = [f for f in rolled if f["type"] == "cfbenchmarks_value"]
    sizes = [
        f["msg"]["last_60s_windowed_average_15min"]["window_size"]
        for f in frames
        if "last_60s_windowed_average_15min" in f["msg"]
    ]
    assert max(sizes) == 60
    assert 0.05 < len(sizes) / len(frames) < 0.15


def test_the_fast_index_comes_five_times_a_second(key: DemoKey) -> None:
    with kalshi_world(key, speed=1.0) as world, world.stream() as stream:
        stream.command("subscribe", channels=["cfbenchmarks_value_5hz"], index_ids=["all"])
        stamps = [stream.kind("cfbenchmarks_value_5hz")["msg"]["source_ts_ms"] for _ in range(4)]
    assert [b - a for a, b in pairwise(stamps)] == [200, 200, 200]
