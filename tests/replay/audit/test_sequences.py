"""The venues' own numbers are read from the raw frames, each venue's as it counts."""

import json
from typing import Any

import pytest

from replay.audit.sequences import numbers_of


def told(venue: str, *frames: Any) -> list[str]:
    numbers = numbers_of(venue)
    assert numbers is not None
    return [numbers.take(json.dumps(frame, separators=(",", ":")).encode()) for frame in frames]


def depth(first: int, last: int) -> dict[str, Any]:
    return {"e": "depthUpdate", "U": first, "u": last, "b": [], "a": []}


def wrapped(first: int, last: int) -> dict[str, Any]:
    return {"stream": "btcusdt@depth@100ms", "data": depth(first, last)}


def match(trade_id: int, kind: str = "match") -> dict[str, Any]:
    return {"type": kind, "trade_id": trade_id}


def linked(pu: int, u: int) -> dict[str, Any]:
    return {"id": -1, "result": {"channel": "book.update", "data": [{"u": u, "pu": pu}]}}


def numbered(kind: str, seq: int, sid: int = 2) -> dict[str, Any]:
    return {"type": kind, "sid": sid, "seq": seq, "msg": {}}


def ranged(first: int, last: int, kind: str = "snapshot") -> dict[str, Any]:
    return {"type": kind, "dataType": "V1TALevel2", "data": {"sequenceNumberRange": [first, last]}}


LINKED_SNAPSHOT = {"id": 1, "result": {"channel": "book", "data": [{"u": 10}]}}

SOUND: list[tuple[str, list[dict[str, Any]]]] = [
    ("binance", [wrapped(1, 4), wrapped(5, 5), wrapped(6, 9)]),
    ("binance_us", [wrapped(1, 4), wrapped(5, 9)]),
    ("gemini", [depth(1, 4), depth(4, 7), depth(8, 9)]),
    ("coinbase", [match(5, "last_match"), match(6), match(7)]),
    ("cryptocom", [LINKED_SNAPSHOT, linked(10, 14), linked(14, 14), linked(14, 20)]),
    ("bullish", [ranged(1, 3), ranged(9, 12), ranged(13, 13, "update")]),
    ("kalshi", [numbered("orderbook_snapshot", 1), numbered("orderbook_delta", 2), numbered("trade", 1, 3)]),
]


@pytest.mark.parametrize(("venue", "frames"), SOUND)
def test_numbers_that_follow_each_other_are_right(venue: str, frames: list[dict[str, Any]]) -> None:
    assert told(venue, *frames) == [""] * len(frames)


@pytest.mark.parametrize(
    ("venue", "frames", "missing"),
    [
        ("binance", [wrapped(1, 4), wrapped(6, 9)], "updates 5 to 5 are missing"),
        ("gemini", [depth(1, 4), depth(7, 9)], "updates 5 to 6 are missing"),
        ("coinbase", [match(6), match(9)], "trades 7 to 8 are missing"),
        ("cryptocom", [LINKED_SNAPSHOT, linked(12, 14)], "updates between 10 and 12 are missing"),
        ("bullish", [ranged(1, 3), ranged(5, 6, "update")], "updates 4 to 4 are missing"),
        ("bullish", [ranged(7, 9), ranged(1, 3)], "the numbers fell from 9 to 3"),
        (
            "kalshi",
            [numbered("orderbook_snapshot", 1), numbered("orderbook_delta", 3)],
            "number 3 of subscription 2 follows 1",
        ),
    ],
)
def test_a_hole_is_named(venue: str, frames: list[dict[str, Any]], missing: str) -> None:
    assert told(venue, *frames)[-1] == missing


@pytest.mark.parametrize(
    ("venue", "frames"),
    [
        ("binance", [wrapped(1, 4), wrapped(1, 4), {"e": "trade", "t": 3}, wrapped(5, 6)]),
        ("cryptocom", [LINKED_SNAPSHOT, {"id": -1, "result": {"channel": "ticker", "data": [{}]}}]),
        ("kalshi", [numbered("orderbook_snapshot", 1), numbered("orderbook_snapshot", 1)]),
        ("kalshi", [{"type": "subscribed", "id": 1, "msg": {"sid": 2}}, numbered("ok", 4)]),
    ],
)
def test_what_comes_twice_or_bears_no_number_is_no_hole(venue: str, frames: list[dict[str, Any]]) -> None:
    assert set(told(venue, *frames)) == {""}


def test_a_new_connection_counts_anew() -> None:
    numbers = numbers_of("binance")
    assert numbers is not None
    frames = [json.dumps(frame).replace(" ", "").encode() for frame in (wrapped(50, 60), wrapped(1, 2))]
    assert numbers.take(frames[0]) == ""
    numbers.opened()
    assert numbers.take(frames[1]) == ""
    assert numbers.counted == 2


def test_what_counts_is_counted() -> None:
    numbers = numbers_of("kalshi")
    assert numbers is not None
    for seq in (1, 2, 3):
        numbers.take(json.dumps(numbered("orderbook_delta", seq)).encode())
    numbers.take(b'{"type":"subscribed","msg":{}}')
    assert numbers.counted == 3


@pytest.mark.parametrize("venue", ["kraken", "bitstamp", "itbit", "lmax", "polymarket"])
def test_a_venue_without_numbers_has_nobody_to_read_them(venue: str) -> None:
    assert numbers_of(venue) is None
