"""Each fault on a live stream of the simulated Kalshi, and what REST says under it."""

import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus

from simulator.kalshi.keys import DemoKey
from simulator.settings import KalshiSettings
from tests.simulator.kalshi.client import Stream, World, kalshi_world


@pytest.fixture(scope="module")
def busy(key: DemoKey) -> Iterator[World]:
    with kalshi_world(key, rate=600.0) as world:
        yield world


@pytest.fixture
def stream(busy: World) -> Iterator[Stream]:
    with busy.stream() as stream:
        ticker = busy.running_market()["ticker"]
        stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker])
        stream.kind("orderbook_delta")
        yield stream


def _numbers(stream: Stream, count: int) -> list[int]:
    """The sequence numbers of the next deltas."""
    return [stream.kind("orderbook_delta")["seq"] for _ in range(count)]


def _until_odd(stream: Stream) -> int:
    """Read until the numbers do not follow each other; by how much the odd one is off."""
    last = stream.frames[-1]["seq"]
    for _ in range(500):
        seq = stream.kind("orderbook_delta")["seq"]
        if seq != last + 1:
            return int(seq - last - 1)
        last = seq
    raise AssertionError("the numbers stayed in order")


def test_skip_leaves_one_number_out(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="skip")
    assert _until_odd(stream) == 1


def test_repeat_sends_one_number_twice(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="repeat")
    assert _until_odd(stream) == -1


def test_cross_bids_above_the_ask_under_a_valid_number(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="cross")
    frame = stream.until(lambda f: f["msg"].get("price_dollars") == "0.9990")
    assert (frame["msg"]["side"], frame["msg"]["delta_fp"]) == ("yes", "5.00")
    assert frame["seq"] == stream.frames[-2]["seq"] + 1
    assert _numbers(stream, 1) == [frame["seq"] + 1]


def test_an_unknown_market_slips_in_under_a_valid_number(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="unknown_symbol")
    frame = stream.until(lambda f: f["msg"]["market_ticker"].startswith("KXSIM15M"))
    assert _numbers(stream, 1) == [frame["seq"] + 1]


def test_an_acknowledgement_can_be_left_out(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="missing_ack")
    stream.command("subscribe", channels=["trade"])
    end = stream.command("list_subscriptions")
    before = len(stream.frames)
    assert [place["channel"] for place in stream.reply(end)["msg"]] == ["orderbook_delta", "trade"]
    assert "subscribed" not in {frame["type"] for frame in stream.frames[before:]}


@pytest.mark.parametrize("form", ["text", "json", "binary"])
def test_garbage_slips_in_once(busy: World, stream: Stream, form: str) -> None:
    busy.sim("fault", kind="garbage", form=form)
    for _ in range(500):
        raw = stream.socket.recv(5)
        try:
            fields = json.loads(raw)
        except ValueError:
            assert isinstance(raw, bytes) is (form == "binary")
            return
        if not isinstance(fields, dict):
            assert form == "json"
            return
    raise AssertionError("no garbage came")


def test_unknown_types_and_fields_slip_in(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="unknown_type")
    assert stream.until(lambda f: f["type"] == "sim_unknown")
    busy.sim("fault", kind="unknown_field")
    frame = stream.until(lambda f: "sim_unknown_field" in f)
    assert "sim_unknown_field" in frame["msg"]


def test_close_ends_the_stream_with_the_code_asked_for(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="close", code=1012, reason="restart")
    with pytest.raises(ConnectionClosed) as closed:
        _numbers(stream, 10_000)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1012, "restart")


def test_an_aborted_stream_ends_without_a_goodbye(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="close", abort=1)
    with pytest.raises(ConnectionClosedError) as closed:
        _numbers(stream, 10_000)
    assert closed.value.rcvd is None


def test_deaf_answers_pings_and_sends_nothing_until_it_is_over(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="deaf", duration_s=1)
    assert stream.socket.ping().wait(5)
    drained = 0
    while _arrives(stream, 0.3):
        drained += 1
        assert drained < 200
    assert stream.socket.ping().wait(5)
    assert _until_odd(stream) > 5


def _arrives(stream: Stream, within_s: float) -> bool:
    try:
        stream.take(within_s)
    except TimeoutError:
        return False
    return True


def test_a_deaf_session_stays_deaf_and_its_successor_hears(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="deaf")
    while _arrives(stream, 0.3):
        pass
    with busy.stream() as fresh:
        assert fresh.reply(fresh.command("list_subscriptions"))["msg"] == []
    assert not _arrives(stream, 0.1)


def test_stall_leaves_half_a_frame_and_answers_no_ping(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="stall")
    while _arrives(stream, 0.3):
        pass
    assert not stream.socket.ping().wait(0.2)
    # Nobody will answer the closing handshake either.
    stream.socket.close_timeout = 0.1


def test_lag_delays_every_frame_and_keeps_the_order(busy: World, stream: Stream) -> None:
    busy.sim("fault", kind="lag", ms=400, duration_s=1)
    late = stream.until(lambda f: "ts_ms" in f["msg"] and _age_ms(f) > 350)
    assert _numbers(stream, 50) == list(range(late["seq"] + 1, late["seq"] + 51))


def _age_ms(frame: dict[str, Any]) -> float:
    return time.time() * 1000 - float(frame["msg"]["ts_ms"])


def test_flood_multiplies_the_messages(busy: World, stream: Stream) -> None:
    def step() -> tuple[int, int]:
        return busy.sim("state")["step"], stream.frames[-1]["seq"]

    _numbers(stream, 100)
    before = step()
    _numbers(stream, 100)
    calm = step()
    busy.sim("fault", kind="flood", factor=10, duration_s=2)
    _numbers(stream, 2000)
    flooded = step()
    assert (flooded[1] - calm[1]) / (flooded[0] - calm[0]) > 2 * (calm[1] - before[1]) / (calm[0] - before[0])


@pytest.mark.parametrize(("status", "code"), [(429, "too_many_requests"), (500, "internal_server_error")])
def test_refuse_answers_rest_and_upgrades_so_often_as_told(busy: World, status: int, code: str) -> None:
    busy.sim("fault", kind="refuse", status=status, retry_after=7, count=2)
    reply = busy.get("/exchange/status")
    assert (reply.status_code, reply.headers["Retry-After"]) == (status, "7")
    assert reply.json()["error"]["code"] == code
    with pytest.raises(InvalidStatus) as refused, busy.stream():
        pass
    assert refused.value.response.status_code == status
    assert busy.get("/exchange/status").status_code == 200


def test_refuse_signature_finds_a_good_signature_wrong(busy: World) -> None:
    busy.sim("fault", kind="refuse_signature", count=1)
    with pytest.raises(InvalidStatus) as refused, busy.stream():
        pass
    assert refused.value.response.status_code == 401
    with busy.stream() as stream:
        assert stream.reply(stream.command("list_subscriptions"))


def test_a_fault_nobody_knows_is_refused_in_words(busy: World) -> None:
    assert "not known" in busy.sim("fault", kind="sulk")["error"]
    assert "no option 'loud'" in busy.sim("fault", kind="skip", loud=1)["error"]


def test_a_slow_reader_loses_its_subscriptions_with_error_25(key: DemoKey, eventually: Any) -> None:
    tight = KalshiSettings(slow_reader_bytes=20_000)
    with kalshi_world(key, tight, rate=20_000.0) as world, world.slow_stream() as stream:
        ticker = world.running_market()["ticker"]
        stream.command("subscribe", channels=["orderbook_delta"], market_tickers=[ticker])
        stream.take()
        # Reading nothing: the client's queue fills, then the sockets', then the simulator's buffer,
        # until it has nothing more to say on this stream.
        said = [-1]

        def fell_silent() -> bool:
            said.append(world.sim("state")["sessions"][0]["sent"])
            return said[-1] == said[-2]

        eventually(fell_silent, 20, 0.3)
        error = stream.until(lambda f: f["type"] == "error", 20)
        assert error["msg"]["code"] == 25
        assert error["seq"] == stream.frames[-2]["seq"] + 1
        assert stream.reply(stream.command("list_subscriptions"))["msg"] == []


def test_the_pause_stops_the_market_and_resume_lets_it_go_on(busy: World, stream: Stream) -> None:
    busy.sim("pause")
    try:
        end = stream.command("list_subscriptions")
        stream.reply(end)
        first = busy.sim("books")
        assert not _arrives(stream, 0.3)
        assert busy.sim("books") == first
        assert Decimal(first["books"][busy.running_market()["ticker"]]["bids"][0][1]) > 0
    finally:
        busy.sim("resume")
    assert stream.kind("orderbook_delta")
