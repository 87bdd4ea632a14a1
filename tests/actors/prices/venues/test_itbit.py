from typing import Any

import orjson
import pytest

from actors.adapter import Get, Output
from actors.errors import BookError, DeafError, GapError, RefusedError
from actors.prices.numbers import either_e8
from messages import BookSnapshot, DayVolume, DriftSeen
from tests.actors.prices.adapter_suite import STEP_NS, Drive, make, names_of, sent
from tests.actors.prices.captures import CAPTURES

SAMPLES = CAPTURES.parent / "samples" / "paxos_itbit" / "marketdata_shapes.jsonl"


def levels(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"price": price, "amount": amount} for price, amount in pairs]


def update(side: str, price: str, amount: str) -> bytes:
    frame = {"type": "UPDATE", "market": "BTCUSD", "side": side, "price": price, "amount": amount}
    return orjson.dumps(frame)


def rest_book(drive: Drive, *, without: str = "", seen: int = 0) -> dict[str, Any]:
    """Our own book as REST would show it, each time with another far level, so that none repeats."""
    book = drive.adapter.publisher.book
    shown = {
        name: [
            {"price": f"{price / 1e8:.2f}", "amount": f"{size / 1e8:.8f}"}
            for price, size in side.levels()
            if f"{price / 1e8:.2f}" != without
        ]
        for name, side in (("bids", book.bids), ("asks", book.asks))
    }
    shown["bids"].append({"price": "100.00", "amount": str(1 + seen)})
    return {"market": "BTCUSD", **shown}


def book_questions(outputs: list[Output]) -> list[Get]:
    return [output for output in outputs if isinstance(output, Get) and output.tag == "book"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "wss://ws.paxos.com/marketdata/BTCUSD"),
        ("ws://127.0.0.1:5", "ws://127.0.0.1:5/marketdata/BTCUSD"),
        ("ws://127.0.0.1:5/marketdata", "ws://127.0.0.1:5/marketdata/BTCUSD"),
        ("ws://127.0.0.1:5/marketdata/BTCUSD", "ws://127.0.0.1:5/marketdata/BTCUSD"),
    ],
)
def test_the_address_names_the_market(url: str, shown: str) -> None:
    handshake = make("itbit", url=url).handshake(0)
    assert handshake is not None
    assert handshake.url == shown


def test_nothing_is_ever_sent() -> None:
    drive = Drive("itbit").session("itbit")
    drive.pass_s(30.0, drive.case.ticker_same)
    assert sent(drive.outputs) == []


def test_the_shapes_of_public_clients_are_understood() -> None:
    if not SAMPLES.exists():
        pytest.skip(f"no samples at {SAMPLES}")
    drive = Drive("itbit")
    for line in SAMPLES.read_bytes().splitlines():
        drive.frame(line)
    assert names_of(drive.outputs) == ["BookSnapshot", "QuoteChanged", "BookChanged"]


def test_a_book_without_the_mark_of_its_last_part_is_whole() -> None:
    drive = Drive("itbit")
    frame = {"type": "SNAPSHOT", "market": "BTCUSD", "bids": levels(("1", "2")), "asks": levels(("3", "4"))}
    assert names_of(drive.frame(orjson.dumps(frame))) == ["BookSnapshot", "QuoteChanged"]


def test_a_book_whose_last_part_does_not_come_is_no_book() -> None:
    drive = Drive("itbit")
    part = {"type": "SNAPSHOT", "market": "BTCUSD", "bids": [], "asks": [], "final_snapshot": False}
    for _ in range(100):
        drive.frame(orjson.dumps(part))
    with pytest.raises(DeafError, match="no book"):
        drive.pass_s(1.0)


def test_a_change_before_the_book_is_no_book() -> None:
    assert names_of(Drive("itbit").frame(update("BUY", "63500", "1"))) == []


def test_an_answered_ping_shows_that_the_socket_lives() -> None:
    drive = Drive("itbit").session("itbit")
    for _ in range(60):
        drive.now_ns += 5_000_000_000
        drive.adapter.round_trip(20_000_000, drive.now_ns)
        drive.adapter.tick(drive.now_ns)
    drive.now_ns += 9_000_000_000
    with pytest.raises(DeafError, match="has sent nothing"):
        drive.adapter.tick(drive.now_ns)


def test_the_volume_comes_by_rest() -> None:
    drive = Drive("itbit").session("itbit")
    out = drive.reply(Get(drive.adapter.ticker_path(), "ticker"), 200, drive.case.ticker_same)
    assert [m.volume_e8 for m in out if isinstance(m, DayVolume)] == [either_e8("402.12345678")]


@pytest.mark.parametrize(
    ("stamp", "fresh"), [("2026-07-07T23:00:00.500Z", True), ("tomorrow", False), (None, False)]
)
def test_a_ticker_from_before_the_books_last_change_is_no_evidence(stamp: object, fresh: bool) -> None:
    drive = Drive("itbit").session("itbit")
    drive.pass_s(4.0, {**drive.case.ticker_moved, "snapshot_at": stamp})
    assert drive.adapter.freshness(drive.now_ns).fresh == fresh


def test_an_error_before_the_book_ends_the_feed() -> None:
    with pytest.raises(RefusedError, match="market not found"):
        Drive("itbit").frame(b'{"error":"market not found"}')


def compared(drive: Drive, **shown: Any) -> list[Output]:
    """Wait until the REST book is asked for, and show it."""
    while not (asked := book_questions(drive.pass_s(0.1, drive.case.ticker_same))):
        pass
    return drive.reply(asked[0], 200, rest_book(drive, **shown))


def trusting() -> Drive:
    """A session after two REST books that agree."""
    drive = Drive("itbit").session("itbit")
    for seen in (0, 1):
        assert compared(drive, seen=seen) == []
    return drive


def test_the_rest_book_is_asked_for_every_ten_seconds_once_it_has_agreed() -> None:
    drive = trusting()
    for seen in range(2, 8):
        asked = book_questions(drive.pass_s(10.0, drive.case.ticker_same))
        assert len(asked) == 1
        assert drive.reply(asked[0], 200, rest_book(drive, seen=seen)) == []
    assert drive.adapter.freshness(drive.now_ns).fresh


def test_a_doubt_is_settled_within_seconds_and_a_lost_update_ends_the_feed() -> None:
    drive = trusting()
    assert compared(drive, without="63499.00", seen=2) == []
    (get,) = book_questions(drive.pass_s(3.5, drive.case.ticker_same))
    with pytest.raises(GapError, match=r"contradicts it twice in 1 levels: 63499\.00"):
        drive.reply(get, 200, rest_book(drive, without="63499.00", seen=3))


def test_an_update_that_is_only_late_takes_the_doubt_away() -> None:
    drive = trusting()
    compared(drive, without="63499.00", seen=2)
    drive.frame(update("BUY", "63499", "0"))
    (get,) = book_questions(drive.pass_s(3.5, drive.case.ticker_same))
    assert drive.reply(get, 200, rest_book(drive, seen=3)) == []
    assert drive.adapter.freshness(drive.now_ns).fresh


def test_a_rest_book_that_never_agreed_is_told_once_and_left_alone() -> None:
    drive = Drive("itbit").session("itbit")
    compared(drive, without="63499.00")
    (drift,) = compared(drive, without="63499.00", seen=1)
    assert isinstance(drift, DriftSeen)
    assert drift.name == "another REST book in 1 levels: 63499.00"
    assert book_questions(drive.pass_s(60.0, drive.case.ticker_same)) == []
    assert drive.adapter.freshness(drive.now_ns).fresh


def test_a_venue_that_wants_peace_is_not_asked_for_its_book() -> None:
    drive = Drive("itbit").session("itbit")
    (get,) = book_questions(drive.pass_s(3.0, drive.case.ticker_same))
    drive.reply(get, 429, b"", 60.0)
    assert [output for output in drive.pass_s(59.0) if isinstance(output, Get)] == []


def test_a_book_crossed_for_too_long_ends_the_feed_however_much_is_said_meanwhile() -> None:
    drive = Drive("itbit").session("itbit")
    drive.frame(update("BUY", "63600", "1"))
    for number in range(20):
        drive.frame(update("SELL", "63700", f"{number + 1}"))
        drive.adapter.tick(drive.now_ns)
    drive.now_ns += STEP_NS
    with pytest.raises(BookError, match="stays crossed"):
        drive.adapter.tick(drive.now_ns)


def test_a_whole_book_out_of_turn_settles_all_doubts() -> None:
    drive = trusting()
    compared(drive, without="63499.00", seen=2)
    frame = {"type": "SNAPSHOT", "market": "BTCUSD", "bids": levels(("1", "2")), "asks": levels(("3", "4"))}
    (book,) = [m for m in drive.frame(orjson.dumps(frame)) if isinstance(m, BookSnapshot)]
    assert len(book.bids) == 1
    assert book_questions(drive.pass_s(2.9)) == []
