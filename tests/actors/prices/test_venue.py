"""What the shared base does beyond what the suite of all adapters shows."""

from itertools import pairwise

import orjson
import pytest

from actors.adapter import Get
from actors.errors import DeafError
from messages import DriftSeen
from tests.actors.prices.adapter_suite import STEP_NS, Drive, names_of


def trade(number: int) -> bytes:
    data = {"symbol": "BTC/USD", "side": "buy", "price": 63502.0, "qty": 0.001, "ord_type": "limit"}
    stamp = {"trade_id": number, "timestamp": "2026-07-07T23:00:09.0Z"}
    return orjson.dumps({"channel": "trade", "type": "update", "data": [{**data, **stamp}]})


def test_trades_that_the_book_does_not_follow_are_evidence() -> None:
    drive = Drive("kraken").session("kraken")
    drive.now_ns += 1_000_000_000
    drive.frame(trade(1))
    assert "trades go on" in drive.adapter.freshness(drive.now_ns).why_not
    drive.now_ns += 1_000_000_000
    with pytest.raises(DeafError, match="trades go on"):
        drive.frame(trade(2))


def test_a_trade_just_before_its_book_frame_accuses_nobody() -> None:
    drive = Drive("kraken").session("kraken")
    for number in range(5):
        drive.now_ns += 3_000_000_000
        drive.frame(trade(number))
        drive.adapter.book_came(drive.now_ns)
        assert drive.adapter.freshness(drive.now_ns).fresh


def test_trades_while_a_fresh_snapshot_is_awaited_are_no_evidence() -> None:
    drive = Drive("kraken").session("kraken")
    drive.adapter.heal("a test", drive.now_ns, [])
    for number in range(25):
        assert names_of(drive.frame(trade(number))) == ["TradePrinted"]
    assert drive.adapter.freshness(drive.now_ns).why_not == "a test"


def test_a_stamp_that_cannot_be_read_is_drift_and_zero() -> None:
    drive = Drive("kraken").session("kraken")
    out = drive.frame(trade(1).replace(b"2026-07-07T23:00:09.0Z", b"nine o'clock"))
    assert names_of(out) == ["DriftSeen", "TradePrinted"]
    assert [message.what for message in out if isinstance(message, DriftSeen)] == ["value"]


def test_an_answer_to_a_question_that_nobody_asked_is_drift() -> None:
    drive = Drive("coinbase").session("coinbase")
    assert names_of(drive.reply(Get("/x", "x"), 200, {})) == ["DriftSeen"]
    assert names_of(drive.reply(Get("/x", "x"), 404, {})) == ["DriftSeen"]
    assert names_of(drive.reply(Get("/x", "x"), 0, b"no route")) == []


def test_a_refusal_of_any_question_silences_all_of_them() -> None:
    drive = Drive("bitstamp").session("bitstamp")
    book = next(o for o in drive.outputs if isinstance(o, Get) and o.tag == "book")
    drive.reply(Get(drive.adapter.ticker_path(), "ticker"), 200, drive.case.ticker_same)
    drive.reply(book, 429, b"", 30.0)
    assert [o for o in drive.pass_s(29.0) if isinstance(o, Get)] == []
    assert [o for o in drive.pass_s(2.0) if isinstance(o, Get)] != []


def test_the_age_is_that_of_the_newest_data_and_never_negative() -> None:
    drive = Drive("kraken")
    assert drive.adapter.freshness(drive.now_ns).age_ms == -1
    drive.session("kraken")
    last_ns = drive.now_ns - STEP_NS  # the session ends with a ticker, which is no market data of ours
    assert drive.adapter.freshness(last_ns + 2_000_000_000).age_ms == 2_000
    assert drive.adapter.freshness(last_ns - 1).age_ms == 0


def test_pings_are_no_sign_of_life_where_the_stream_has_its_own() -> None:
    drive = Drive("kraken").session("kraken")
    for _ in range(45):
        drive.now_ns += STEP_NS
        drive.adapter.round_trip(1_000_000, drive.now_ns)
        drive.adapter.pinged(drive.now_ns)
        drive.adapter.tick(drive.now_ns)
    drive.now_ns += 6 * STEP_NS
    with pytest.raises(DeafError, match="has sent nothing"):
        drive.adapter.tick(drive.now_ns)


def test_checkpoints_are_never_further_apart_than_was_set() -> None:
    drive = Drive("kraken", checkpoint_s=2).session("kraken")
    told_ns = []
    for _ in range(100):
        drive.frame(orjson.dumps(drive.case.keepalive))
        if "BookSnapshot" in names_of(drive.adapter.tick(drive.now_ns)):
            told_ns.append(drive.now_ns)
    apart_ns = [later - earlier for earlier, later in pairwise(told_ns)]
    assert len(apart_ns) >= 4
    assert max(apart_ns) <= 2_000_000_000
