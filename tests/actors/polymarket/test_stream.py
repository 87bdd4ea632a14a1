import json
from pathlib import Path
from typing import Any

import pytest

from actors.adapter import Get, Output, Send
from actors.errors import DeafError, FrameError, GapError
from actors.polymarket.settings import PolymarketSettings
from actors.polymarket.stream import PolymarketStream
from messages import (
    DriftSeen,
    PolymarketDefined,
    PolymarketQuote,
    PolymarketResolved,
    PolymarketWithdrawn,
)
from tests.actors.polymarket.pages import SLUG, body, event

SAMPLES = Path(__file__).parents[4] / "shared/reference/samples/polymarket"
S = 1_000_000_000
START = 1_795_385_700 * S
NOW = START + 100 * S
STAMP = str(NOW // 1_000_000)


def book(token: str, bids: Any, asks: Any, **more: Any) -> dict[str, Any]:
    levels = [[{"price": p, "size": s} for p, s in side] for side in (bids, asks)]
    frame = {"market": "0xc", "asset_id": token, "timestamp": STAMP, "hash": "h"}
    return {**frame, "bids": levels[0], "asks": levels[1], **more, "event_type": "book"}


def books() -> list[dict[str, Any]]:
    up = book("11", [("0.53", "1"), ("0.54", "2.5")], [("0.56", "3"), ("0.55", "4")], tick_size="0.01")
    down = book("22", [("0.45", "4")], [("0.47", "1"), ("0.46", "2.5")], last_trade_price="0.4")
    return [up, down]


def change(token: str, side: str, price: str, size: str, best_bid: str, best_ask: str) -> dict[str, Any]:
    return {
        "asset_id": token, "price": price, "size": size, "side": side, "hash": "h", "best_bid": best_bid,
        "best_ask": best_ask,
    }  # fmt: skip


def changes(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"market": "0xc", "price_changes": list(rows), "timestamp": STAMP, "event_type": "price_change"}


class Feed:
    """An adapter whose running quarter hour is found; frames get numbers from 10 on."""

    def __init__(self) -> None:
        self.adapter = PolymarketStream(PolymarketSettings())
        (get,) = [one for one in self.adapter.opened(1, NOW) if isinstance(one, Get)]
        self.adapter.reply(get, 200, body(event()), 0.0, NOW, 9)
        self.ref = 9
        self.at_ns = NOW

    def frame(self, *frames: Any) -> list[Output]:
        said: list[Output] = []
        for frame in frames:
            self.ref += 1
            self.at_ns += 1_000_000
            data = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
            said += self.adapter.frame(data, self.at_ns, self.ref)
        return said


def quotes(said: list[Output]) -> list[tuple[int, int, int, int]]:
    return [
        (one.bid_e6, one.bid_size_e6, one.ask_e6, one.ask_size_e6)
        for one in said
        if isinstance(one, PolymarketQuote)
    ]


def test_a_start_asks_for_the_running_quarter_hour_and_pings() -> None:
    adapter = PolymarketStream(PolymarketSettings())
    handshake = adapter.handshake(NOW)
    assert handshake is not None
    assert handshake.url.endswith("/ws/market")
    assert adapter.opened(1, NOW) == [Get(f"/events?slug={SLUG}", SLUG), Send(b"PING")]
    assert Send(b"PING") not in adapter.tick(NOW + 4 * S)
    assert Send(b"PING") in adapter.tick(NOW + 5 * S)
    assert adapter.frame(b"PONG", NOW + 5 * S, 2) == []


def test_the_first_books_come_in_an_array_and_make_the_quote_of_up() -> None:
    feed = Feed()
    assert not feed.adapter.freshness(NOW).fresh
    (quote,) = feed.frame(books())
    assert isinstance(quote, PolymarketQuote)
    assert quote == PolymarketQuote(
        SLUG, 10, feed.at_ns, NOW, START + 900 * S, 540_000, 2_500_000, 550_000, 4_000_000, -1
    )
    assert feed.adapter.freshness(feed.at_ns).fresh


def test_one_frame_changes_both_tokens_and_the_quote_follows_up() -> None:
    feed = Feed()
    feed.frame(books())
    up = change("11", "BUY", "0.54", "0", "0.53", "0.55")
    down = change("22", "SELL", "0.46", "0", "0.45", "0.47")
    assert quotes(feed.frame(changes(up, down))) == [(530_000, 1_000_000, 550_000, 4_000_000)]
    deep = change("11", "BUY", "0.5", "9", "0.53", "0.55")
    assert feed.frame(changes(deep)) == []


def test_a_contradicted_book_is_withdrawn_at_once_and_asked_for_anew_when_the_next_frame_repeats_it() -> None:
    feed = Feed()
    feed.frame(books())
    wrong = changes(change("11", "BUY", "0.5", "9", "0.52", "0.55"))
    (gone,) = feed.frame(wrong)
    assert isinstance(gone, PolymarketWithdrawn)
    assert "0.54/0.55, Polymarket names 0.52/0.55" in gone.reason
    assert not feed.adapter.freshness(feed.at_ns).fresh
    assert [json.loads(one.data)["operation"] for one in feed.frame(wrong) if isinstance(one, Send)] == [
        "unsubscribe",
        "subscribe",
    ]
    assert feed.frame(wrong) == []  # what was under way, before the fresh books
    assert len(quotes(feed.frame(books()))) == 1
    assert feed.adapter.counts().gaps == 1


def test_a_contradiction_that_the_next_frame_takes_back_costs_no_fresh_book() -> None:
    feed = Feed()
    feed.frame(books())
    feed.frame(changes(change("11", "BUY", "0.5", "9", "0.52", "0.55")))
    assert len(quotes(feed.frame(changes(change("11", "BUY", "0.5", "8", "0.54", "0.55"))))) == 1
    assert feed.adapter.counts().gaps == 0


def test_what_stands_is_said_again_with_the_stamp_that_it_had() -> None:
    feed = Feed()
    (quote,) = feed.frame(books())
    again = feed.adapter.tick(NOW + 10 * S)
    assert quote in again
    assert any(isinstance(one, PolymarketDefined) for one in again)


def test_the_quote_ends_with_the_quarter_hour() -> None:
    feed = Feed()
    feed.frame(books())
    feed.adapter.frame(b"PONG", START + 900 * S - 1, 99)
    (gone,) = [one for one in feed.adapter.tick(START + 900 * S) if isinstance(one, PolymarketWithdrawn)]
    assert gone.reason == "the quarter hour is over"
    assert "has not been found" in feed.adapter.freshness(START + 900 * S).why_not
    feed.at_ns = START + 900 * S
    assert feed.frame(changes(change("11", "BUY", "0.5", "9", "0.1", "0.2"))) == []


def test_a_result_is_said_once() -> None:
    feed = Feed()
    result = {
        "event_type": "market_resolved", "id": "1", "market": "0xc", "assets_ids": ["11", "22"],
        "winning_asset_id": "22", "winning_outcome": "Down", "timestamp": STAMP, "tags": [],
    }  # fmt: skip
    assert feed.frame(result) == [PolymarketResolved(SLUG, 10, feed.at_ns, "down")]
    assert feed.frame(result, result | {"winning_asset_id": "33"}) == []


def test_a_finer_tick_is_said_as_a_definition() -> None:
    feed = Feed()
    tick = {
        "event_type": "tick_size_change", "market": "0xc", "asset_id": "11", "new_tick_size": "0.001",
        "old_tick_size": "0.01", "timestamp": STAMP,
    }  # fmt: skip
    (defined,) = feed.frame(tick, tick | {"asset_id": "22"})
    assert isinstance(defined, PolymarketDefined)
    assert (defined.tick_e6, defined.frame) == (1_000, 10)


def test_what_is_not_documented_is_told_and_what_is_of_no_use_is_passed_over() -> None:
    feed = Feed()
    feed.frame(books())
    new = {"event_type": "news"}, books()[0] | {"extra": 1}, books()[0] | {"asset_id": "33"}
    assert [(one.what, one.name) for one in feed.frame(*new) if isinstance(one, DriftSeen)] == [
        ("type", "news"),
        ("field", "book.extra"),
        ("value", "asset_id 33"),
    ]
    assert (
        feed.frame(*({"event_type": kind} for kind in ("last_trade_price", "best_bid_ask", "new_market")))
        == []
    )
    assert feed.adapter.counts().drifts == 3


@pytest.mark.parametrize(
    "wrong",
    [
        b"INVALID OPERATION",
        b"[1]",
        json.dumps(book("11", [("1.5", "1")], [])).encode(),
        json.dumps(changes(change("11", "HOLD", "0.5", "1", "0.54", "0.55"))).encode(),
        json.dumps({"event_type": "book"}).encode(),
    ],
)
def test_what_cannot_be_read_ends_the_feed(wrong: bytes) -> None:
    feed = Feed()
    feed.frame(books())
    with pytest.raises(FrameError):
        feed.frame(wrong)


def test_an_answer_that_cannot_be_read_is_told_and_is_not_the_end() -> None:
    adapter = PolymarketStream(PolymarketSettings())
    get = next(one for one in adapter.opened(1, NOW) if isinstance(one, Get))
    (drift,) = adapter.reply(get, 200, b'{"error": 1}', 0.0, NOW, 2)
    assert isinstance(drift, DriftSeen)
    assert drift.what == "value"
    assert adapter.reply(get, 500, b"", 0.0, NOW, 3) == [
        DriftSeen("polymarket", NOW, "code", "GET /events 500", 1)
    ]
    assert adapter.reply(get, 0, b"no route", 0.0, NOW, 4) == []
    assert "no route" in adapter.freshness(NOW).why_not


def test_silence_and_missing_books_end_the_connection() -> None:
    with pytest.raises(GapError, match="sent no books"):
        Feed().adapter.tick(NOW + 6 * S)
    feed = Feed()
    feed.frame(books())
    with pytest.raises(DeafError, match="sent nothing"):
        feed.adapter.tick(NOW + 13 * S)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the recorded frames are not here")
def test_recorded_frames_are_understood() -> None:
    recorded = (SAMPLES / "clob_market_ws_20260814.jsonl").read_bytes().splitlines()
    first = json.loads(recorded[0])
    adapter = PolymarketStream(PolymarketSettings())
    get = next(one for one in adapter.opened(1, NOW) if isinstance(one, Get))
    tokens = json.dumps([first["asset_id"], "22"])
    adapter.reply(get, 200, body(event(clobTokenIds=tokens)), 0.0, NOW, 2)
    adapter.frame(json.dumps([books()[1]]).encode(), NOW, 3)
    (quote,) = adapter.frame(recorded[0], NOW, 4)
    assert quotes([quote]) == [(4_000, 100_000_000, 9_000, 25_000_000)]
    said = [one for frame in recorded[1:] for one in adapter.frame(frame, NOW, 5)]
    assert {one.what for one in said if isinstance(one, DriftSeen)} == {"value"}  # others' tokens
    assert all(isinstance(one, DriftSeen) for one in said)
    for name in ("new_market_msg", "resolved_msg", "tick_size_msg"):
        for one in adapter.frame((SAMPLES / f"ws_market_{name}.json").read_bytes(), NOW, 6):
            assert isinstance(one, DriftSeen)
            assert one.what == "value"
