from typing import Any

import orjson
import pytest

from actors.adapter import Get, Handshake
from actors.errors import ConfigurationError, DeafError, GapError, RefusedError
from messages import BookChanged, BookSnapshot, DayVolume, DriftSeen, TradePrinted
from tests.actors.prices.adapter_suite import OPENED_NS, Drive, names_of, sent
from tests.actors.prices.captures import Follower
from tests.simulator.venues.client import samples

OPENED_MS = OPENED_NS // 10**6
TICK = Get("/trading-api/v1/markets/BTCUSD/tick", "ticker")
TRADES = Get("/trading-api/v1/markets/BTCUSD/trades", "trades")


def book(first: int, last: int, **more: Any) -> bytes:
    data = {
        "symbol": "BTCUSD",
        "bids": ["63500.1000", "0.50000000"],
        "asks": ["63510.0000", "2.00000000"],
        "sequenceNumberRange": [first, last],
        "timestamp": str(OPENED_MS),
        "publishedAtTimestamp": str(OPENED_MS),
    }
    return orjson.dumps({"type": "snapshot", "dataType": "V1TALevel2", "data": {**data, **more}})


def answer(number: str, **more: Any) -> bytes:
    return orjson.dumps({"jsonrpc": "2.0", "id": number, **more})


def refusal(code: str, name: str) -> dict[str, str]:
    return {"code": "-32602", "errorCode": code, "errorCodeName": name}


def trade(number: int, side: str = "BUY", is_taker: object = True, **more: Any) -> dict[str, Any]:
    return {
        "tradeId": str(100_086_000_000_000_000 + number),
        "symbol": "BTCUSD",
        "price": "63500.1000",
        "quantity": "0.01000000",
        "quoteAmount": "635.0010",
        "side": side,
        "isTaker": is_taker,
        "createdAtTimestamp": str(OPENED_MS + number),
        "createdAtDatetime": "2026-07-07T23:00:00.000Z",
        **more,
    }


def drifts(outputs: list[Any]) -> list[str]:
    return [message.name for message in outputs if isinstance(message, DriftSeen)]


def recorded(pair: str, file: str, data_type: str) -> list[bytes]:
    frames = [frame for frame in samples("bullish", file) if frame.get("dataType") == data_type]
    return [orjson.dumps(frame) for frame in frames if frame["data"]["symbol"] == pair]


@pytest.mark.parametrize(
    ("symbol", "pair", "file"),
    [
        ("BTC-USDC", "BTCUSDC", "production_btcusdc_2025.jsonl"),
        ("AAVE-USDC", "AAVEUSDC", "tardis_l1_l2_202604.jsonl"),
    ],
)
def test_frames_of_production_become_books(symbol: str, pair: str, file: str) -> None:
    (frame,) = recorded(pair, file, "V1TALevel2")
    drive = Drive("bullish", symbol=symbol)
    out = drive.frame(frame)
    assert names_of(out) == ["BookSnapshot", "QuoteChanged"]
    assert drive.adapter.counts().drifts == 0
    data = orjson.loads(frame)["data"]
    levels = {
        side: [(p, q) for p, q in zip(data[side][::2], data[side][1::2], strict=True)]
        for side in ("bids", "asks")
    }
    (snapshot,) = [message for message in out if isinstance(message, BookSnapshot)]
    for told, side in ((snapshot.bids, "bids"), (snapshot.asks, "asks")):
        assert told == [(round(float(p) * 1e8), round(float(q) * 1e8)) for p, q in levels[side]]


def test_the_control_frames_of_the_test_venue_are_understood() -> None:
    drive = Drive("bullish")
    for frame in samples("bullish", "simnext_session.jsonl"):
        if "result" in frame:
            drive.frame(orjson.dumps(frame))
    drive.pass_s(6.0)
    assert drifts(drive.outputs) == []


def test_dollars_are_watched_by_default_and_another_market_by_setting() -> None:
    assert '"symbol":"BTCUSD"' in sent(Drive("bullish").outputs)[0]
    drive = Drive("bullish", symbol="BTC-USDC")
    assert '"symbol":"BTCUSDC"' in sent(drive.outputs)[0]
    assert drive.adapter.ticker_path() == "/trading-api/v1/markets/BTCUSDC/tick"


def test_the_protocols_own_pings_are_left_out_and_the_venues_are_sent_and_timed() -> None:
    drive = Drive("bullish").session("bullish")
    assert drive.adapter.handshake(0) == Handshake(drive.adapter.stream_url, ping_s=0.0)
    drive.pass_s(1.0)
    (ping,) = [orjson.loads(frame) for frame in sent(drive.outputs) if "keepalivePing" in frame]
    assert ping["params"] == {}
    drive.adapter.latency(drive.now_ns)
    drive.frame(answer(ping["id"], result={"responseCode": 200, "message": "Keep alive pong"}))
    drive.frame(book(24_499_001, 24_499_001))
    took_ms = 1_100  # ten ticks after the ping and one frame
    assert drive.adapter.latency(drive.now_ns).p50_ms >= took_ms / 2 - 60


def test_a_keepalive_goes_out_well_within_twenty_seconds_and_every_number_is_used_once() -> None:
    drive = Drive("bullish").session("bullish")
    drive.pass_s(60.0, drive.case.ticker_same)
    asked = [orjson.loads(frame) for frame in sent(drive.outputs)]
    assert sum(frame["method"] == "keepalivePing" for frame in asked) == 20
    assert len({frame["id"] for frame in asked}) == len(asked)


def test_a_stamp_hours_old_disturbs_neither_latency_nor_freshness() -> None:
    drive = Drive("bullish").session("bullish")
    drive.adapter.latency(drive.now_ns)
    published_ms = (drive.now_ns + 60_000_000) // 10**6
    drive.frame(
        book(
            24_499_001,
            24_499_001,
            timestamp=str(OPENED_MS - 36_000_000),
            publishedAtTimestamp=str(published_ms),
        )
    )
    assert drive.adapter.latency(drive.now_ns).p99_ms < 100
    freshness = drive.adapter.freshness(drive.now_ns)
    assert freshness.fresh
    assert freshness.age_ms == 0


@pytest.mark.parametrize("stamp", ["1784801", "", "0", "-5", "99999999999999999999"])
def test_a_stamp_that_is_none_is_left_out(stamp: str) -> None:
    drive = Drive("bullish").session("bullish")
    drive.adapter.latency(drive.now_ns)
    out = drive.frame(book(24_499_001, 24_499_001, timestamp=stamp, publishedAtTimestamp=stamp))
    (changed,) = [message for message in out if isinstance(message, BookChanged)]
    assert changed.venue_ns == 0
    assert drive.adapter.latency(drive.now_ns).p50_ms == -1.0


def test_a_range_that_overlaps_the_last_one_is_taken() -> None:
    drive = Drive("bullish").session("bullish")
    out = drive.frame(book(24_498_999, 24_499_004))
    assert names_of(out) == ["BookChanged"]


def test_numbers_that_fall_back_too_often_end_the_feed() -> None:
    drive = Drive("bullish").session("bullish")
    for number in (300, 200, 100):
        assert names_of(drive.frame(book(number, number))) == ["BookWithdrawn"]
        drive.frame(book(number, number))
    with pytest.raises(GapError, match="fell from"):
        drive.frame(book(50, 50))


def test_changed_levels_before_the_whole_book_are_of_no_use() -> None:
    drive = Drive("bullish")
    frame = orjson.loads(book(7, 7))
    frame["type"] = "update"
    assert drive.frame(orjson.dumps(frame)) == []
    assert names_of(drive.frame(book(8, 8))) == ["BookSnapshot", "QuoteChanged"]


def test_changed_levels_lead_to_the_book_that_a_whole_frame_shows() -> None:
    drive = Drive("bullish").session("bullish")
    frame = orjson.loads(
        book(24_499_001, 24_499_001, bids=["63480.0000", "0.00000000", "63499.5000", "0.2"], asks=[])
    )
    frame["type"] = "update"
    drive.frame(orjson.dumps(frame))
    follower = Follower().follow(drive.outputs)
    whole = ["63500.1000", "0.50000000", "63499.5000", "0.2", "63499.0000", "0.12596486"]
    out = drive.frame(
        book(
            24_499_002, 24_499_002, bids=whole, asks=["63510.0000", "2.00000000", "63511.0000", "0.70000000"]
        )
    )
    assert names_of(out) == []
    assert follower.bids == dict(drive.adapter.publisher.book.bids.levels())


@pytest.mark.parametrize(
    ("code", "name", "error"),
    [
        ("29013", "'BTCUSD' is not a valid symbol", ConfigurationError),
        ("29014", "INVALID_MARKET_ERROR", ConfigurationError),
        ("29013", "'l2Orderbook' is not a valid topic", RefusedError),
    ],
)
def test_a_refused_subscription_ends_the_feed(code: str, name: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="bullish"):
        Drive("bullish").frame(answer("1", error=refusal(code, name)))


def test_an_error_to_another_command_is_drift() -> None:
    drive = Drive("bullish")
    assert drifts(drive.frame(answer("7", error=refusal("29012", "'nope' is not a valid method")))) == [
        "'nope' is not a valid method (29012)"
    ]


def test_a_tick_older_than_the_book_is_no_evidence_against_it() -> None:
    drive = Drive("bullish").session("bullish")
    old = {**drive.case.ticker_moved, "createdAtTimestamp": str(OPENED_MS - 75_000)}
    drive.pass_s(30.0, old)
    assert drive.adapter.freshness(drive.now_ns).fresh
    assert next(m.volume_e8 for m in drive.outputs if isinstance(m, DayVolume)) == 140_312_345_678
    with pytest.raises(DeafError):
        drive.pass_s(9.0, drive.case.ticker_moved)


def test_the_tick_of_a_one_sided_market_brings_its_volume() -> None:
    drive = Drive("bullish").session("bullish")
    body = {key: value for key, value in drive.case.ticker_same.items() if key != "bestBid"}
    assert names_of(drive.reply(TICK, 200, body)) == ["DayVolume"]


def test_trades_are_asked_for_behind_the_tick_and_never_while_the_venue_wants_peace() -> None:
    drive = Drive("bullish").session("bullish")
    assert TRADES not in drive.outputs
    assert TRADES in drive.reply(TICK, 200, drive.case.ticker_same)
    assert TRADES not in drive.reply(TICK, 429, b"slow down", 60.0)


def printed(outputs: list[Any]) -> list[tuple[str, bool]]:
    return [(m.trade_id[-3:], m.taker_buys) for m in outputs if isinstance(m, TradePrinted)]


def test_trades_since_the_last_answer_are_told_once_and_in_order() -> None:
    drive = Drive("bullish").session("bullish")
    assert printed(drive.reply(TRADES, 200, [trade(2), trade(1)])) == []
    assert printed(drive.reply(TRADES, 200, [trade(4, "SELL"), trade(3), trade(2)])) == [
        ("003", True),
        ("004", False),
    ]
    assert printed(drive.reply(TRADES, 200, [trade(3), trade(2), trade(1)])) == []
    assert drifts(drive.outputs) == []


@pytest.mark.parametrize(
    ("side", "is_taker", "taker_buys"),
    [("BUY", True, True), ("SELL", True, False), ("BUY", False, False), ("SELL", False, True)],
)
def test_the_side_of_a_makers_order_is_turned(side: str, is_taker: bool, taker_buys: bool) -> None:
    drive = Drive("bullish").session("bullish")
    drive.reply(TRADES, 200, [trade(1)])
    assert printed(drive.reply(TRADES, 200, [trade(2, side, is_taker), trade(1)])) == [("002", taker_buys)]


def test_more_trades_than_an_answer_holds_are_said_to_be_missing() -> None:
    drive = Drive("bullish").session("bullish")
    drive.reply(TRADES, 200, [trade(1)])
    out = drive.reply(TRADES, 200, [trade(number) for number in range(300, 200, -1)])
    assert drifts(out) == ["trades are missing between two answers"]
    assert len(printed(out)) == 100


def test_the_first_trades_of_a_new_market_are_told() -> None:
    drive = Drive("bullish").session("bullish")
    assert drive.reply(TRADES, 200, []) == []
    assert printed(drive.reply(TRADES, 200, [trade(1)])) == [("001", True)]


def test_trades_that_are_polled_neither_freshen_the_book_nor_speak_against_it() -> None:
    drive = Drive("bullish").session("bullish")
    for number in range(30):
        drive.reply(TRADES, 200, [trade(number + 1), trade(number)])
        drive.pass_s(1.0, drive.case.ticker_same)
    assert drive.adapter.freshness(drive.now_ns).fresh
    assert drive.adapter.freshness(drive.now_ns).age_ms > 29_000


@pytest.mark.parametrize(
    "wrong", [{"side": "LEFT"}, {"isTaker": 1}, {"tradeId": 5}, {"price": 63500.1}, {"quantity": "-1"}]
)
def test_trades_that_cannot_be_read_are_drift(wrong: dict[str, Any]) -> None:
    drive = Drive("bullish").session("bullish")
    drive.reply(TRADES, 200, [trade(1)])
    out = drive.reply(TRADES, 200, [trade(2, **wrong)])
    assert names_of(out) == ["DriftSeen"]
    assert printed(drive.reply(TRADES, 200, [trade(2), trade(1)])) == [("002", True)]


def test_no_trade_is_told_twice_however_many_come() -> None:
    drive = Drive("bullish").session("bullish")
    told: list[str] = []
    for start in range(0, 3_000, 50):
        out = drive.reply(TRADES, 200, [trade(number) for number in range(start + 100, start, -1)])
        told += [message.trade_id for message in out if isinstance(message, TradePrinted)]
    assert len(set(told)) == len(told) == 59 * 50
