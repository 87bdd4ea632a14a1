import orjson
import pytest

from actors.adapter import Handshake
from actors.errors import GapError
from actors.prices.registry import build
from actors.prices.settings import PricesSettings
from tests.actors.prices.adapter_suite import Drive, make, names_of, sent


def depth(first: int, last: int, symbol: str = "btcusd") -> bytes:
    frame = {"e": "depthUpdate", "E": 1_783_465_201_000_000_000, "s": symbol, "U": first, "u": last}
    return orjson.dumps({**frame, "b": [["63000.00000", "1.0"]], "a": []})


U = 1764527605191349 + 31  # where the session's updates end


def test_the_address_asks_for_the_whole_book() -> None:
    adapter = make("gemini")
    assert adapter.handshake(0) == Handshake("wss://ws.gemini.com?snapshot=-1")


def test_an_address_that_says_how_much_book_it_wants_is_left_alone() -> None:
    adapter = build(PricesSettings(venue="gemini", url="ws://127.0.0.1:9/?snapshot=20"))
    assert adapter.handshake(0) == Handshake("ws://127.0.0.1:9/?snapshot=20")


def test_updates_between_a_gap_and_the_fresh_snapshot_are_not_believed() -> None:
    drive = Drive("gemini").session("gemini")
    assert names_of(drive.frame(depth(U + 5, U + 6))) == ["BookWithdrawn"]
    assert drive.frame(depth(U + 6, U + 7)) == []
    assert not drive.adapter.freshness(drive.now_ns).fresh
    drive.frame(b'{"id":2,"status":200}')
    assert '"id":3' in sent(drive.outputs)[-1]


def test_a_gap_that_no_snapshot_mends_ends_the_feed() -> None:
    drive = Drive("gemini").session("gemini")
    drive.frame(depth(U + 5, U + 6))
    with pytest.raises(GapError):
        drive.pass_s(4.0)


def test_an_update_that_overlaps_what_is_known_is_taken() -> None:
    drive = Drive("gemini").session("gemini")
    assert names_of(drive.frame(depth(U - 3, U + 2))) == ["BookChanged"]
    assert drive.frame(depth(U, U + 1)) == []


def test_another_symbol_is_drift() -> None:
    drive = Drive("gemini").session("gemini")
    assert names_of(drive.frame(depth(1, 1, "ethusd"))) == ["DriftSeen"]


def test_a_trade_on_a_quiet_book_is_no_reason_for_doubt_until_depth_could_have_followed() -> None:
    drive = Drive("gemini").session("gemini")
    drive.now_ns += 5_000_000_000
    trade = {"E": 1_783_465_206_000_000_000, "s": "btcusd", "t": 7, "p": "63000.00000", "q": "0.1", "m": True}
    drive.frame(orjson.dumps(trade))
    assert drive.adapter.freshness(drive.now_ns + 200_000_000).fresh
    assert drive.adapter.freshness(drive.now_ns + 250_000_000).why_not == (
        "the book stands still while trades go on"
    )
    drive.frame(depth(U, U + 2))
    assert drive.adapter.freshness(drive.now_ns).fresh


def test_we_ping_every_two_seconds() -> None:
    drive = Drive("gemini").session("gemini")
    drive.pass_s(10.0)
    assert 5 <= sent(drive.outputs).count('{"id":4,"method":"ping"}') <= 6
