from itertools import pairwise
from typing import Any

import orjson
import pytest

from actors.adapter import Get, Output
from actors.errors import ActorsError, BookError, DeafError, RefusedError
from messages import BookSnapshot, DayVolume, TradePrinted
from tests.actors.prices.adapter_suite import STEP_NS, Drive, make, names_of, sent
from tests.actors.prices.captures import CAPTURES

SAMPLES = CAPTURES.parent / "samples" / "lmax_digital" / "ws_shapes.jsonl"


def ticker(bid: Any, ask: Any) -> bytes:
    frame = {"type": "TICKER", "instrument_id": "btc-usd", "timestamp": "2026-07-07T23:00:09.000Z"}
    return orjson.dumps({**frame, "best_bid": bid, "best_ask": ask, "trade_id": "x"})


def closed(drive: Drive) -> bytes:
    return orjson.dumps({**drive.case.ticker_same, "type": "ORDER_BOOK", "status": "CLOSED"})


def gets(outputs: list[Output]) -> list[Get]:
    return [output for output in outputs if isinstance(output, Get)]


def test_we_ping_less_than_once_in_thirty_seconds() -> None:
    handshake = make("lmax").handshake(0)
    assert handshake is not None
    assert handshake.ping_s > 30


def test_one_subscription_is_all_that_is_sent() -> None:
    drive = Drive("lmax").session("lmax")
    drive.pass_s(60.0, drive.case.ticker_same)
    assert len(sent(drive.outputs)) == 1


def test_the_shapes_of_public_clients_are_understood() -> None:
    if not SAMPLES.exists():
        pytest.skip(f"no samples at {SAMPLES}")
    drive = Drive("lmax")
    subscription, *frames = SAMPLES.read_bytes().splitlines()
    assert sent(drive.outputs) == [subscription.decode()]
    for frame in frames:
        drive.frame(frame)
    assert names_of(drive.outputs) == ["BookSnapshot", "QuoteChanged"]


def test_no_trade_and_no_volume_is_ever_said() -> None:
    drive = Drive("lmax").session("lmax")
    drive.pass_s(30.0, drive.case.ticker_same)
    assert not any(isinstance(output, TradePrinted | DayVolume) for output in drive.outputs)


def test_rest_is_left_alone_while_the_stream_speaks() -> None:
    drive = Drive("lmax")
    drive.session("lmax")
    for number in range(300):
        book = {
            **drive.case.ticker_same,
            "type": "ORDER_BOOK",
            "bids": [{"price": "1", "quantity": str(number + 1)}],
        }
        drive.frame(orjson.dumps(book))
        for _ in range(10):
            drive.now_ns += STEP_NS
            drive.outputs += drive.adapter.tick(drive.now_ns)
    assert gets(drive.outputs) == []


def test_two_questions_are_seconds_apart_and_none_follows_the_handshake_closely() -> None:
    drive = Drive("lmax")
    asked_ns = [drive.now_ns]
    for _ in range(95):
        drive.now_ns += STEP_NS
        drive.adapter.pinged(drive.now_ns)
        out = drive.adapter.tick(drive.now_ns)
        asked_ns += [drive.now_ns for get in gets(out) if get.path == "/v1/orderbook/btc-usd"]
    assert len(asked_ns) >= 3
    assert all(later - earlier >= 2_900_000_000 for earlier, later in pairwise(asked_ns))


def test_a_refusal_without_a_time_gives_an_hour_of_peace() -> None:
    drive = Drive("lmax").session("lmax")
    (get,) = gets(drive.pass_s(4.0))
    drive.reply(get, 429, b'{"error_message":"Too many requests"}')
    assert gets(drive.pass_s(60.0)) == []
    drive.now_ns += 3_539_000_000_000
    drive.adapter.pinged(drive.now_ns)
    assert gets(drive.pass_s(2.0)) != []


def test_the_book_comes_by_rest_where_the_stream_has_nothing_to_say() -> None:
    drive = Drive("lmax")
    (get,) = gets(drive.pass_s(4.0))
    out = drive.reply(get, 200, drive.case.ticker_same)
    assert names_of(out) == ["BookSnapshot", "QuoteChanged"]
    assert drive.adapter.freshness(drive.now_ns).fresh
    assert names_of(drive.frame(orjson.dumps({**drive.case.ticker_same, "type": "ORDER_BOOK"}))) == []


def test_a_rest_book_that_comes_after_the_streams_is_not_taken() -> None:
    drive = Drive("lmax")
    (get,) = gets(drive.pass_s(4.0))
    drive.session("lmax")
    assert drive.reply(get, 200, drive.case.ticker_moved) == []


def test_a_closed_market_is_not_knocked_at_in_vain() -> None:
    drive = Drive("lmax")
    (get,) = gets(drive.pass_s(4.0))
    with pytest.raises(RefusedError, match="market is CLOSED") as refused:
        drive.reply(get, 200, {**drive.case.ticker_same, "status": "CLOSED"})
    assert refused.value.retry_after_s == 30.0


def test_a_market_that_closes_is_waited_for_without_a_book_and_without_rest() -> None:
    drive = Drive("lmax").session("lmax")
    drive.frame(closed(drive))
    assert gets(drive.pass_s(300.0, drive.case.ticker_moved)) == []
    freshness = drive.adapter.freshness(drive.now_ns)
    assert (freshness.fresh, freshness.why_not) == (False, "the market is CLOSED")
    out = drive.frame(orjson.dumps({**drive.case.ticker_same, "type": "ORDER_BOOK"}))
    assert [m.checkpoint for m in out if isinstance(m, BookSnapshot)] == [False]
    assert drive.adapter.freshness(drive.now_ns).fresh


def test_a_feed_that_begins_in_the_pause_waits_too() -> None:
    drive = Drive("lmax")
    drive.frame(closed(drive))
    assert gets(drive.pass_s(60.0)) == []


def test_the_ticker_is_evidence_against_a_book_that_stands_still_for_two_seconds() -> None:
    drive = Drive("lmax").session("lmax")
    drive.now_ns += 1_000_000_000
    drive.frame(ticker("63520.0", "63530.0"))
    assert drive.adapter.freshness(drive.now_ns).fresh  # a second behind is what the book always is
    drive.now_ns += 1_500_000_000
    drive.frame(ticker("63520.0", "63530.0"))
    assert "the ticker shows" in drive.adapter.freshness(drive.now_ns).why_not
    drive.now_ns += 1_000_000_000
    with pytest.raises(DeafError, match="the ticker shows"):
        drive.frame(ticker("63520.0", "63530.0"))


def test_a_ticker_with_an_empty_side_is_understood() -> None:
    assert Drive("lmax").session("lmax").frame(ticker(None, "63530.0")) == []


def test_whatever_ends_the_feed_asks_for_a_pause_before_the_next_handshake() -> None:
    endings: list[ActorsError] = []
    for frame in (b"junk", b'{"type":"STATUS","status":"MAINTENANCE"}'):
        with pytest.raises(ActorsError) as ended:
            Drive("lmax").session("lmax").frame(frame)
        endings.append(ended.value)
    with pytest.raises(DeafError) as deaf:
        Drive("lmax").session("lmax").pass_s(9.0, alive=False)
    drive = Drive("lmax").session("lmax")
    with pytest.raises(DeafError) as moved:
        drive.pass_s(9.0, drive.case.ticker_moved)
    assert [error.retry_after_s for error in (*endings, deaf.value, moved.value)] == [3.0, 30.0, 3.0, 3.0]


def test_a_refusal_before_the_book_ends_the_feed() -> None:
    with pytest.raises(RefusedError, match="CHANNEL_UNAVAILABLE"):
        Drive("lmax").frame(b'{"type":"ERROR","error_code":"CHANNEL_UNAVAILABLE","error_message":"no"}')


def test_a_crossed_book_that_is_not_mended_in_two_seconds_ends_the_feed() -> None:
    drive = Drive("lmax").session("lmax")
    wrong = [{"price": "63600", "quantity": "1"}]
    drive.frame(orjson.dumps({**drive.case.ticker_same, "type": "ORDER_BOOK", "bids": wrong}))
    with pytest.raises(BookError, match="stays crossed"):
        drive.pass_s(2.5)
