"""Every command and its replies, on a live stream."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from simulator.kalshi.keys import DemoKey, make_demo_key
from simulator.settings import KalshiSettings
from tests.simulator.kalshi.client import Stream, World, kalshi_world, sign


@pytest.fixture
def stream(calm: World) -> Iterator[Stream]:
    with calm.stream() as stream:
        yield stream


def _tickers(world: World, count: int) -> list[str]:
    markets = world.get("/markets", series_ticker="KXBTCD", status="open").json()["markets"]
    return [world.running_market()["ticker"], *(m["ticker"] for m in markets)][:count]


def test_each_channel_gets_one_acknowledgement_and_its_own_sid(calm: World, stream: Stream) -> None:
    ticker = calm.running_market()["ticker"]
    sent = stream.command(
        "subscribe", channels=["orderbook_delta", "ticker", "trade"], market_tickers=[ticker]
    )
    for channel in ("orderbook_delta", "ticker", "trade"):
        frame = stream.reply(sent, "subscribed")
        assert frame["msg"]["channel"] == channel
        assert "sid" not in frame
    assert len({f["msg"]["sid"] for f in stream.frames if f["type"] == "subscribed"}) == 3
    listed = stream.reply(stream.command("list_subscriptions"), "ok")
    assert [place["channel"] for place in listed["msg"]] == ["orderbook_delta", "ticker", "trade"]


def test_a_snapshot_follows_the_acknowledgement_with_number_one(calm: World, stream: Stream) -> None:
    ticker = calm.running_market()["ticker"]
    sent = stream.command("subscribe", channels=["orderbook_delta"], market_ticker=ticker)
    sid = stream.reply(sent)["msg"]["sid"]
    snapshot = stream.take()
    assert (snapshot["type"], snapshot["sid"], snapshot["seq"]) == ("orderbook_snapshot", sid, 1)
    assert "id" not in snapshot
    assert abs(snapshot["sending_ts_ms"] - time.time() * 1000) < 5000
    for side in ("yes_dollars_fp", "no_dollars_fp"):
        prices = [price for price, _ in snapshot["msg"].get(side, [])]
        assert prices == sorted(prices)


def test_a_second_subscribe_merges_and_sends_snapshots_of_the_new_markets_only(
    calm: World, stream: Stream
) -> None:
    first, second = _tickers(calm, 2)
    stream.reply(stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[first]))
    stream.kind("orderbook_snapshot")
    sent = stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[first, second])
    ok = stream.reply(sent)
    assert (ok["type"], ok["msg"]) == ("ok", {"market_tickers": [first, second]})
    assert stream.kind("orderbook_snapshot")["msg"]["market_ticker"] == second
    again = stream.reply(stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[first]))
    assert again["type"] == "ok"
    stream.reply(stream.command("list_subscriptions"))
    snapshots = [f for f in stream.frames if f["type"] == "orderbook_snapshot"]
    assert len(snapshots) == 2


def test_numbers_run_without_a_gap_over_all_markets_and_acknowledgements(calm: World, stream: Stream) -> None:
    tickers = _tickers(calm, 4)
    sid = stream.reply(stream.command("subscribe", channels=["orderbook_delta"], market_tickers=tickers[:1]))[
        "msg"
    ]["sid"]
    added = stream.command(
        "update_subscription", sids=[sid], action="add_markets", market_tickers=tickers[1:]
    )
    stream.reply(added)
    gone = stream.command("update_subscription", sid=sid, action="delete_markets", market_tickers=tickers[3:])
    assert stream.reply(gone)["msg"]["market_tickers"] == tickers[:3]
    while sum(f["type"] == "orderbook_delta" for f in stream.frames) < 20:
        stream.take()
    numbers = [f["seq"] for f in stream.frames if f.get("sid") == sid]
    assert numbers == list(range(1, len(numbers) + 1))


def test_get_snapshot_answers_with_the_commands_id_and_no_ok(calm: World, stream: Stream) -> None:
    ticker = calm.running_market()["ticker"]
    sid = stream.reply(stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker]))[
        "msg"
    ]["sid"]
    sent = stream.command("update_subscription", sid=sid, action="get_snapshot", market_tickers=[ticker])
    assert stream.reply(sent)["type"] == "orderbook_snapshot"
    stream.reply(stream.command("list_subscriptions"))
    assert [f["type"] for f in stream.frames if f.get("id") == sent] == ["orderbook_snapshot"]


def test_the_ticker_channel_has_no_numbers_and_starts_on_request(calm: World, stream: Stream) -> None:
    ticker = calm.running_market()["ticker"]
    stream.command("subscribe", channels=["ticker"], market_tickers=[ticker], send_initial_snapshot=True)
    frame = stream.kind("ticker")
    assert "seq" not in frame
    assert frame["msg"]["market_ticker"] == ticker
    ok = stream.reply(stream.command("subscribe", channels=["ticker"], market_tickers=["OTHER"]))
    assert "seq" not in ok


def test_unsubscribe_ends_the_data_of_its_sid(calm: World, stream: Stream) -> None:
    ticker = calm.running_market()["ticker"]
    sid = stream.reply(stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker]))[
        "msg"
    ]["sid"]
    sent = stream.command("unsubscribe", sids=[sid, 99])
    frame = stream.reply(sent)
    assert (frame["type"], frame["sid"]) == ("unsubscribed", sid)
    assert stream.reply(sent)["msg"]["code"] == 7
    assert stream.reply(stream.command("list_subscriptions"))["msg"] == []
    fresh = stream.reply(stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker]))
    assert fresh["msg"]["sid"] == sid + 1


def test_the_index_channels_take_and_list_indices(stream: Stream) -> None:
    sid = stream.reply(stream.command("subscribe", channels=["cfbenchmarks_value"]))["msg"]["sid"]
    listed = stream.reply(stream.command("update_subscription", sid=sid, action="indexlist"))
    assert (listed["type"], listed["msg"]) == ("cfbenchmarks_value_indexlist", {"index_ids": ["BRTI"]})
    joined = stream.command("update_subscription", sid=sid, action="subscribe_indices", index_ids=["BRTI"])
    assert stream.reply(joined)["msg"] == {"index_ids": ["BRTI"]}
    assert stream.kind("cfbenchmarks_value")["msg"]["index_id"] == "BRTI"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("not json", 1),
        ([1, 2], 1),
        ({"id": 1, "cmd": "dance"}, 5),
        ({"id": 1, "cmd": {"a": 1}, "params": {"x": 1}}, 5),
        ({"id": 1, "cmd": "subscribe"}, 2),
        ({"id": 1, "cmd": "subscribe", "params": {"channels": []}}, 3),
        ({"id": 1, "cmd": "subscribe", "params": {"channels": ["orderbook"]}}, 8),
        ({"id": 1, "cmd": "subscribe", "params": {"channels": [{"a": 1}]}}, 8),
        ({"id": 1, "cmd": "subscribe", "params": {"channels": ["orderbook_delta"]}}, 14),
        (
            {
                "id": 1,
                "cmd": "subscribe",
                "params": {"channels": ["orderbook_delta"], "market_id": "x", "market_ticker": "A"},
            },
            11,
        ),
        ({"id": 1, "cmd": "subscribe", "params": {"channels": ["trade"], "market_tickers": [1]}}, 11),
        (
            {"id": 1, "cmd": "subscribe", "params": {"channels": ["cfbenchmarks_value"], "index_ids": ["X"]}},
            11,
        ),
        ({"id": 1, "cmd": "subscribe", "params": {"channels": ["pyth_value"]}}, 28),
        ({"id": 1, "cmd": "unsubscribe", "params": {"x": 1}}, 4),
        ({"id": 1, "cmd": "unsubscribe", "params": {"sids": [7]}}, 7),
        ({"id": 1, "cmd": "update_subscription", "params": {"sids": [1, 2], "action": "add_markets"}}, 12),
        ({"id": 1, "cmd": "update_subscription", "params": {"sid": 9, "action": "add_markets"}}, 7),
    ],
)
def test_a_wrong_command_is_told_by_its_code(stream: Stream, command: Any, code: int) -> None:
    stream.raw(command)
    frame = stream.kind("error")
    assert frame["msg"]["code"] == code
    assert ("id" in frame) is isinstance(command, dict)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, 15),
        ({"action": "add_markets"}, 14),
        ({"action": "explode", "market_tickers": ["A"]}, 13),
        ({"action": "subscribe_indices", "index_ids": ["BRTI"]}, 13),
        ({"action": "get_snapshot", "market_tickers": ["ELSEWHERE"]}, 11),
    ],
)
def test_a_wrong_update_is_told_by_its_code(
    calm: World, stream: Stream, params: dict[str, Any], code: int
) -> None:
    ticker = calm.running_market()["ticker"]
    sid = stream.reply(stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker]))[
        "msg"
    ]["sid"]
    assert stream.reply(stream.command("update_subscription", sid=sid, **params))["msg"]["code"] == code


def test_commands_may_come_as_binary_frames(stream: Stream) -> None:
    stream.socket.send(b'{"id": 5, "cmd": "list_subscriptions"}')
    assert stream.take()["id"] == 5


def test_a_market_beyond_the_limit_is_refused(key: DemoKey) -> None:
    with kalshi_world(key, KalshiSettings(subscription_market_limit=2)) as world, world.stream() as stream:
        sent = stream.command("subscribe", channels=["trade"], market_tickers=["A", "B", "C"])
        assert stream.reply(sent)["msg"]["code"] == 26


def test_the_disputed_readings_can_be_switched(key: DemoKey) -> None:
    readings = KalshiSettings(ok_takes_seq=False, snapshot_gives_ok=True, ticker_has_seq=True, legacy_ok=True)
    with kalshi_world(key, readings) as world, world.stream() as stream:
        ticker = world.running_market()["ticker"]
        sid = stream.reply(
            stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker])
        )["msg"]["sid"]
        sent = stream.command("update_subscription", sid=sid, action="get_snapshot", market_tickers=[ticker])
        ok, snapshot = stream.reply(sent), stream.reply(sent)
        assert ok["market_tickers"] == [ticker]
        assert (ok["type"], snapshot["type"]) == ("ok", "orderbook_snapshot")
        assert snapshot["seq"] == ok["seq"] + 1
        numbers = [f["seq"] for f in stream.frames if f.get("sid") == sid and f["type"] != "ok"]
        assert numbers == list(range(1, len(numbers) + 1))
        assert "subscriptions" in stream.reply(stream.command("list_subscriptions"))
        stream.command("subscribe", channels=["ticker"], market_tickers=[ticker], send_initial_snapshot=True)
        assert stream.kind("ticker")["seq"] == 1


def test_a_stream_without_a_valid_signature_is_refused_with_401(calm: World) -> None:
    stale = sign(calm.key, skew_ms=-6000)
    wrong_path = sign(calm.key, path="/trade-api/v2/markets")
    for headers in ({}, stale, wrong_path):
        with pytest.raises(InvalidStatus) as refused, calm.stream(headers):
            pass
        assert refused.value.response.status_code == 401
        assert b"token_authentication_failure" in (refused.value.response.body or b"")


def test_an_ed25519_key_opens_a_stream(tmp_path_factory: pytest.TempPathFactory) -> None:
    key = make_demo_key(tmp_path_factory.mktemp("ed"), "ed25519")
    with kalshi_world(key) as world, world.stream() as stream:
        assert stream.reply(stream.command("list_subscriptions"))["msg"] == []
