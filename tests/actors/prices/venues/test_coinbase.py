from decimal import Decimal
from typing import Any

import orjson
import pytest

from actors.errors import DeafError, RefusedError
from messages import BookChanged, TradePrinted
from tests.actors.prices.adapter_suite import Drive, make, names_of, sent
from tests.actors.prices.captures import Follower, counted, fed, lines, loads

CAPTURE = "coinbase/flashbook_coinbase_exchange_btconly_20260707.ndjson.gz"


def rebuilt(frames: list[bytes]) -> tuple[dict[int, int], dict[int, int]]:
    """The recording's book by plain decimals, without a line of the adapter."""
    sides: dict[str, dict[str, Decimal]] = {"buy": {}, "sell": {}}
    for raw in frames:
        frame = loads(raw)
        if frame["type"] == "snapshot":
            sides = {side: {} for side in sides}
            changes = [["buy", *level] for level in frame["bids"]] + [
                ["sell", *level] for level in frame["asks"]
            ]
        else:
            changes = frame.get("changes", [])
        for side, price, size in changes:
            sides[side][price] = Decimal(size)
    bids, asks = (
        {int(Decimal(price) * 10**8): int(size * 10**8) for price, size in sides[side].items() if size}
        for side in ("buy", "sell")
    )
    return bids, asks


@pytest.mark.parametrize("band_pct", [0, 5])
def test_the_recorded_session_gives_the_book_that_decimals_give(band_pct: float) -> None:
    frames = lines(CAPTURE)
    adapter = make("coinbase", band_pct=band_pct)
    follower = Follower().follow(fed(adapter, frames))
    bids, asks = rebuilt(frames)
    if band_pct:
        snapshot = loads(frames[1])
        mid = (Decimal(snapshot["bids"][0][0]) + Decimal(snapshot["asks"][0][0])) / 2 * 10**8
        bids = {price: size for price, size in bids.items() if price >= int(mid * Decimal("0.95"))}
        asks = {price: size for price, size in asks.items() if price <= int(mid * Decimal("1.05"))}
    assert dict(adapter.publisher.book.bids.levels()) == bids
    assert dict(adapter.publisher.book.asks.levels()) == asks
    assert (follower.bids, follower.asks) == (bids, asks)


def test_the_recorded_session_gives_each_message_once() -> None:
    outputs = fed(make("coinbase", band_pct=0), lines(CAPTURE))
    assert counted(outputs) == {
        "BookSnapshot": 1,
        "BookChanged": 979,
        "QuoteChanged": 338,
        "TradePrinted": 344,
        "DriftSeen": 1,  # the recorder did not ask for the ticker
    }
    ids = [int(output.trade_id) for output in outputs if isinstance(output, TradePrinted)]
    assert ids == list(range(ids[0], ids[0] + 344))
    assert sum(len(o.bids) + len(o.asks) for o in outputs if isinstance(o, BookChanged)) == 9730


def test_the_takers_side_fits_the_touch_before_the_trade() -> None:
    adapter = make("coinbase")
    adapter.opened(1, 0)
    fits = 0
    for number, frame in enumerate(lines(CAPTURE)):
        bid, _, ask, _ = adapter.publisher.quote
        for message in adapter.frame(frame, number * 1_000_000, number):
            if isinstance(message, TradePrinted):
                fits += message.price_e8 >= ask if message.taker_buys else message.price_e8 <= bid
    assert fits > 300


def heartbeat(last_trade_id: int) -> bytes:
    return orjson.dumps(
        {
            "type": "heartbeat",
            "last_trade_id": last_trade_id,
            "product_id": "BTC-USD",
            "sequence": 1,
            "time": "2026-07-07T23:00:02.000001Z",
        }
    )


def test_matches_that_stop_while_the_heartbeat_counts_on_are_deaf() -> None:
    drive = Drive("coinbase").session("coinbase")
    for number in range(30):
        drive.frame(heartbeat(1003 + number))
    with pytest.raises(DeafError, match="1002"):
        drive.frame(heartbeat(1034))


def test_matches_that_come_a_second_late_are_not_deaf() -> None:
    drive = Drive("coinbase").session("coinbase")
    for number in range(20):
        drive.frame(heartbeat(1003 + number // 10))
    drive.frame(heartbeat(1002))
    for _ in range(20):
        drive.frame(heartbeat(1003))


def test_a_refusal_before_the_book_ends_the_feed() -> None:
    drive = Drive("coinbase")
    with pytest.raises(RefusedError, match="require authentication"):
        drive.frame(
            b'{"type":"error","message":"Failed to subscribe","reason":"now require authentication."}'
        )


def test_the_acknowledgement_is_taken_under_either_name() -> None:
    for name in ("level2_batch", "level2_50"):
        drive = Drive("coinbase")
        channels: list[dict[str, Any]] = [
            {"name": each, "product_ids": ["BTC-USD"], "account_ids": None}
            for each in (name, "matches", "ticker", "heartbeat")
        ]
        assert drive.frame(orjson.dumps({"type": "subscriptions", "channels": channels})) == []


def ticker(bid: str, ask: str) -> bytes:
    fields = {"type": "ticker", "sequence": 1, "product_id": "BTC-USD", "price": bid, "trade_id": 1002}
    day = {"open_24h": "1", "volume_24h": "7413", "low_24h": "1", "high_24h": "1", "volume_30d": "1"}
    touch = {"best_bid": bid, "best_bid_size": "1", "best_ask": ask, "best_ask_size": "1"}
    rest = {"side": "buy", "time": "2026-07-07T23:00:09.0Z", "last_size": "1"}
    return orjson.dumps({**fields, **day, **touch, **rest})


def change(price: str, size: str) -> bytes:
    changes = {"changes": [["buy", price, size]], "time": "2026-07-07T23:00:02.0Z"}
    return orjson.dumps({"type": "l2update", "product_id": "BTC-USD", **changes})


def test_a_ticker_that_contradicts_a_silent_book_is_evidence() -> None:
    drive = Drive("coinbase").session("coinbase")
    drive.now_ns += 1_000_000_000
    drive.frame(ticker("63600.00", "63600.01"))
    assert drive.adapter.freshness(drive.now_ns).fresh  # the book comes in batches: it may follow yet
    assert not drive.adapter.freshness(drive.now_ns + 100_000_000).fresh
    drive.now_ns += 1_000_000_000
    with pytest.raises(DeafError, match="63700"):
        drive.frame(ticker("63700.00", "63700.01"))


def test_a_level_that_stays_at_the_touch_against_the_ticker_has_the_book_asked_for_anew() -> None:
    drive = Drive("coinbase").session("coinbase")
    for number in range(4):
        assert "BookWithdrawn" not in names_of(drive.frame(ticker("63500.10", "63500.90")))
        drive.frame(change("63400.00", f"0.{number + 1}"))
        drive.adapter.tick(drive.now_ns)
    mark = len(drive.outputs)
    drive.now_ns += 1_000_000_000
    drive.frame(change("63400.00", "0"))
    drive.frame(ticker("63500.10", "63500.90"))
    assert names_of(drive.outputs[mark:])[:2] == ["BookChanged", "BookWithdrawn"]
    assert "unsubscribe" in sent(drive.outputs[mark:])[0]


def test_the_band_is_asked_for_anew_when_the_price_leaves_its_middle() -> None:
    drive = Drive("coinbase").session("coinbase")
    gone = [["sell", price, "0"] for price in ("63500.90", "63510.50")]
    update = {
        "type": "l2update",
        "product_id": "BTC-USD",
        "changes": [*gone, ["sell", "65200.50", "1"], ["buy", "65200.00", "1"]],
        "time": "2026-07-07T23:00:02.0Z",
    }
    drive.frame(orjson.dumps(update))
    assert drive.adapter.freshness(drive.now_ns).fresh
    out = drive.adapter.tick(drive.now_ns)
    assert [type(output).__name__ for output in out][:3] == ["BookWithdrawn", "Send", "Send"]
    assert not drive.adapter.freshness(drive.now_ns).fresh
