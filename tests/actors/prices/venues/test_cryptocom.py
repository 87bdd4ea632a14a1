from pathlib import Path
from typing import Any

import orjson
import pytest

from actors.adapter import AdapterCounts, Get
from actors.errors import ConfigurationError, DeafError, GapError, RefusedError
from actors.prices.publisher import Standing
from messages import BookChanged, BookSnapshot, DayVolume, DriftSeen, TradePrinted
from simulator.settings import Settings
from simulator.venues.cryptocom import CryptocomStream, CryptocomVenue
from simulator.world import World
from tests.actors.prices.adapter_suite import Drive, make, messages, names_of, sent
from tests.actors.prices.captures import START_NS, fed
from tests.simulator.venues.client import Recorder

SAMPLES = Path(__file__).parents[5] / "shared" / "reference" / "samples" / "cryptocom"
BOOK = "book.BTC_USD.50"
U = 338686661310464 + 39040  # where the session's updates end


def samples(file: str) -> list[bytes]:
    path = SAMPLES / file
    if not path.exists():
        pytest.skip(f"no sample {file}")
    return path.read_bytes().splitlines()


def push(channel: str, record: dict[str, Any]) -> bytes:
    result = {"instrument_name": "BTC_USD", "subscription": BOOK, "channel": channel, "depth": 50}
    frame = {"id": -1, "method": "subscribe", "code": 0, "result": {**result, "data": [record]}}
    return orjson.dumps(frame)


def update(last: int, follows: int, **sides: list[list[str]]) -> bytes:
    changes = {"asks": sides.get("asks", []), "bids": sides.get("bids", [])}
    stamps = {"t": 1_783_465_202_000, "tt": 1_783_465_202_000}
    return push("book.update", {"update": changes, **stamps, "u": last, "pu": follows, "cs": 1})


def snapshot(last: int, bids: list[list[str]], asks: list[list[str]]) -> bytes:
    stamps = {"t": 1_783_465_202_000, "tt": 1_783_465_202_000}
    return push("book", {"bids": bids, "asks": asks, **stamps, "u": last, "cs": 1})


def levels(first: int, step: int, count: int) -> list[list[str]]:
    return [[f"{first + step * n}.00", "1.00000", "1"] for n in range(count)]


def subscriptions(drive: Drive) -> list[Any]:
    asked = [orjson.loads(frame) for frame in sent(drive.outputs)]
    return [frame for frame in asked if frame["method"] == "subscribe"]


def test_a_second_passes_between_connecting_and_subscribing() -> None:
    drive = Drive("cryptocom")
    drive.pass_s(0.9)
    assert subscriptions(drive) == []
    drive.pass_s(0.2)
    (asked,) = subscriptions(drive)
    drive.pass_s(5.0)
    assert subscriptions(drive) == [asked]
    assert asked["nonce"] == (drive.now_ns - 5_100_000_000) // 1_000_000
    assert {**asked, "nonce": 0} == {
        "id": 1,
        "method": "subscribe",
        "params": {
            "channels": [BOOK, "trade.BTC_USD", "ticker.BTC_USD"],
            "book_subscription_type": "SNAPSHOT_AND_UPDATE",
            "book_update_frequency": 10,
        },
        "nonce": 0,
    }


def test_a_clock_set_back_does_not_put_the_subscription_off() -> None:
    drive = Drive("cryptocom")
    drive.pass_s(0.5)
    drive.now_ns -= 3_600_000_000_000
    drive.pass_s(0.2)
    assert len(subscriptions(drive)) == 1


def test_recorded_frames_are_understood() -> None:
    adapter = make("cryptocom")
    frames = [line.replace(b"BTC_USD.10", b"BTC_USD.50") for line in samples("market_btc_usd_202606.jsonl")]
    out = fed(adapter, frames)
    said = messages(out)
    assert [m for m in said if isinstance(m, DriftSeen)] == []
    (book,) = [m for m in said if isinstance(m, BookSnapshot)]
    assert book.bids == [(6_396_264_000_000, 27_217_000), (6_396_059_000_000, 3_139_000)]
    (trade,) = [m for m in said if isinstance(m, TradePrinted)]
    assert (trade.trade_id, trade.taker_buys) == ("1782032437671850129", False)
    assert [m.volume_e8 for m in said if isinstance(m, DayVolume)] == [265_750_530_000]
    assert sent(out) == ['{"id":1782032467342,"method":"public/respond-heartbeat"}']
    assert adapter.acks.late(2**62) == ["trade.BTC_USD"]


def test_a_recorded_snapshot_and_update_of_another_symbol_make_a_book() -> None:
    frames = samples("book_delta_heartbeat_errors_202609.jsonl")
    book, later = (line.replace(b"ETHUSD-PERP", b"BTC_USD") for line in frames[2:4])
    # The two were not recorded in a row.
    later = later.replace(b'"pu":375554807297984', b'"pu":375554806244928')
    (changed,) = [m for m in fed(make("cryptocom"), [book, later]) if isinstance(m, BookChanged)]
    assert changed.bids == [(274_812_000_000, 0), (274_810_000_000, 545_820_000)]
    assert changed.asks == [(275_020_000_000, 0), (275_311_000_000, 26_160_000)]
    assert changed.venue_ns == 1_790_114_273_659_000_000


def test_recorded_refusals_are_told_apart() -> None:
    frames = samples("book_delta_heartbeat_errors_202609.jsonl")
    symbol = frames[7].replace(b'"id":11', b'"id":1').replace(b"NOPEUSD-PERP", b"BTC_USD")
    with pytest.raises(ConfigurationError, match="Unknown symbol"):
        fed(make("cryptocom"), [symbol])
    with pytest.raises(RefusedError, match="Maximum subscriptions exceeded"):
        fed(make("cryptocom"), [frames[8].replace(b'"id":9', b'"id":1')])


def test_updates_between_a_gap_and_the_fresh_snapshot_are_not_believed() -> None:
    drive = Drive("cryptocom").session("cryptocom")
    assert names_of(drive.frame(update(U + 1024, U + 512))) == ["BookWithdrawn"]
    (unsubscribed, subscribed) = [orjson.loads(frame) for frame in sent(drive.outputs)[-2:]]
    assert (unsubscribed["method"], subscribed["method"]) == ("unsubscribe", "subscribe")
    assert subscribed["params"]["channels"] == unsubscribed["params"]["channels"] == [BOOK]
    assert drive.frame(update(U + 1536, U + 1024)) == []
    assert not drive.adapter.freshness(drive.now_ns).fresh
    fresh = snapshot(U + 2048, levels(63_500, -1, 50), levels(63_501, 1, 50))
    assert names_of(drive.frame(fresh)) == ["BookSnapshot", "QuoteChanged"]
    assert names_of(drive.frame(update(U + 2560, U + 2048, bids=[["63500.00", "2", "1"]]))) == [
        "BookChanged",
        "QuoteChanged",
    ]


def test_a_gap_that_no_snapshot_mends_ends_the_feed() -> None:
    drive = Drive("cryptocom").session("cryptocom")
    drive.frame(update(U + 1024, U + 512))
    with pytest.raises(GapError):
        drive.pass_s(4.0)


def test_an_empty_update_shows_that_a_resting_book_is_followed() -> None:
    drive = Drive("cryptocom").session("cryptocom")
    for _ in range(20):
        drive.now_ns += 5_000_000_000
        assert drive.frame(update(U, U)) == []
        assert drive.adapter.freshness(drive.now_ns).age_ms == 0
        drive.adapter.tick(drive.now_ns)
    assert drive.adapter.freshness(drive.now_ns).fresh


def test_what_is_pushed_out_of_the_fifty_levels_is_said_to_be_gone() -> None:
    drive = Drive("cryptocom")
    drive.frame(snapshot(1, levels(63_500, -1, 50), levels(63_501, 1, 50)))
    out = drive.frame(update(2, 1, bids=[["63500.50", "0.1", "1"]], asks=[["63500.60", "0.1", "1"]]))
    (changed,) = [m for m in messages(out) if isinstance(m, BookChanged)]
    assert changed.bids == [(6_350_050_000_000, 10_000_000), (6_345_100_000_000, 0)]
    assert changed.asks == [(6_350_060_000_000, 10_000_000), (6_355_000_000_000, 0)]
    assert len(drive.adapter.publisher.book.bids.sizes) == 50


REST_BOOK = {
    "id": -1,
    "method": "public/get-book",
    "code": 0,
    "result": {
        "depth": 50,
        "data": [{"bids": levels(63_500, -1, 3), "asks": levels(63_501, 1, 3), "t": 1_783_465_200_000}],
        "instrument_name": "BTC_USD",
    },
}


def book_get(drive: Drive) -> Get:
    return next(o for o in drive.outputs if isinstance(o, Get) and o.tag == "book")


def late() -> Drive:
    """A stream whose snapshot has not come a second after it was asked for."""
    drive = Drive("cryptocom")
    drive.pass_s(2.2)
    return drive


def test_the_book_is_not_asked_for_by_rest_while_the_streams_is_not_late() -> None:
    drive = Drive("cryptocom")
    drive.pass_s(1.5)
    assert not [o for o in drive.outputs if isinstance(o, Get) and o.tag == "book"]


def test_the_book_by_rest_stands_in_until_the_stream_has_one() -> None:
    drive = late()
    assert book_get(drive).path == "/exchange/v1/public/get-book?instrument_name=BTC_USD&depth=50"
    assert names_of(drive.reply(book_get(drive), 200, REST_BOOK)) == ["BookSnapshot", "QuoteChanged"]
    drive.pass_s(1.0)
    assert names_of(drive.frame(snapshot(1, levels(63_600, -1, 50), levels(63_601, 1, 50)))) == [
        "BookSnapshot",
        "QuoteChanged",
    ]
    drive.pass_s(5.0)
    assert drive.adapter.publisher.standing is Standing.STANDS


def test_a_book_by_rest_that_comes_after_the_streams_is_not_taken() -> None:
    drive = late().session("cryptocom")
    assert drive.reply(book_get(drive), 200, REST_BOOK) == []


def test_a_book_by_rest_that_no_stream_follows_ends_the_feed() -> None:
    drive = late()
    drive.reply(book_get(drive), 200, REST_BOOK)
    with pytest.raises(DeafError, match="but the one by REST"):
        drive.pass_s(5.0)


def test_trades_told_with_the_acknowledgement_were_before_us() -> None:
    drive = Drive("cryptocom").session("cryptocom")
    trade = {"d": "7", "t": 1_783_465_202_000, "p": "63500", "q": "0.1", "s": "BUY", "i": "BTC_USD", "m": "1"}
    before = push("trade", trade).replace(b'"id":-1', b'"id":1')
    assert drive.frame(before) == []
    assert names_of(drive.frame(push("trade", trade))) == ["TradePrinted"]


def test_the_touch_of_a_one_sided_book_is_null() -> None:
    drive = Drive("cryptocom").session("cryptocom")
    body = drive.case.ticker_same
    body["result"]["data"][0]["b"] = None
    ticker = drive.adapter.read_ticker(body)
    assert (ticker.bid_e8, ticker.ask_e8) == (0, 6_350_320_000_000)


def test_a_stamp_that_is_no_number_is_drift_and_zero() -> None:
    drive = Drive("cryptocom").session("cryptocom")
    odd = update(U + 512, U, bids=[["63500.10", "2", "1"]]).replace(b'"t":1783465202000', b'"t":"noon"')
    out = drive.frame(odd)
    assert names_of(out) == ["DriftSeen", "BookChanged", "QuoteChanged"]
    (changed,) = [m for m in messages(out) if isinstance(m, BookChanged)]
    assert changed.venue_ns == 0


@pytest.mark.parametrize(("code", "wait_s"), [(42901, 10.0), (9010001, 5.0), (40107, 0.0)])
def test_who_is_busy_is_given_time(code: int, wait_s: float) -> None:
    drive = Drive("cryptocom")
    with pytest.raises(RefusedError) as refused:
        drive.frame(orjson.dumps({"id": 1, "method": "subscribe", "code": code, "message": "no"}))
    assert refused.value.retry_after_s == wait_s


def test_a_quiet_quarter_hour_on_the_simulated_venue_passes_without_a_word() -> None:
    market = CryptocomVenue(Settings(), World(1)).market
    stream, session = CryptocomStream(market), Recorder()
    adapter = make("cryptocom")
    stream.opened(session, START_NS)  # type: ignore[arg-type]
    out, beats = adapter.opened(1, START_NS), 0
    for tick in range(9_000):
        now_ns = START_NS + tick * 100_000_000
        stream.publish(now_ns)
        stream.heartbeat(now_ns)
        heard, session.sent = session.sent, []
        for text in heard:
            out += adapter.frame(text.encode(), now_ns, tick)
        out += adapter.tick(now_ns)
        for said in sent(out):
            beats += "respond-heartbeat" in said
            stream.received(session, said, now_ns)  # type: ignore[arg-type]
        out = []
        assert tick < 20 or adapter.freshness(now_ns).fresh
    assert session.closes == []
    assert beats == 29  # none at once, then one every half minute
    assert adapter.counts() == AdapterCounts()
