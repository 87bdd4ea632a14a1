"""Kraken's checksum is computed over the rebuilt book as the venue computes it over its own."""

from pathlib import Path
from zlib import crc32

import pytest

from messages import BookChanged, BookSnapshot, FeedGap, FeedHealth, FeedOpened, FrameReceived, Level, Message
from replay.audit.books import Books
from replay.audit.checksums import Checksums
from tests.replay.audit.made import Append, at, certify, failing, made, started

SIZE: int = 10**6
PRICE: int = 10**8
BIDS: list[Level] = [((100 - n) * PRICE, (n + 1) * SIZE) for n in range(12)]
ASKS: list[Level] = [((101 + n) * PRICE, (n + 3) * SIZE) for n in range(12)]
TEXT = "".join(f"{101 + n}0{(n + 3) * 10**6}" for n in range(10)) + "".join(
    f"{100 - n}0{(n + 1) * 10**6}" for n in range(10)
)


def book_frame(checksum: int, kind: str = "update") -> bytes:
    return (
        f'{{"channel":"book","type":"{kind}","data":[{{"symbol":"BTC/USD","bids":[],"asks":[],'
        f'"checksum":{checksum},"timestamp":"2026-11-23T03:17:59.514975Z"}}]}}'
    ).encode()


def frame(data: bytes, source: str = "ws") -> FrameReceived:
    return FrameReceived(1, 1, source, data)


def books(*names: str) -> Books:
    found = Books()
    for name in names or ("BTC-USD",):
        found.snapshot(BookSnapshot("kraken", name, 1, 1, 1, BIDS, ASKS, False))
    return found


def test_the_best_ten_levels_a_side_are_summed_as_the_venue_writes_them() -> None:
    sums = Checksums()
    sums.take(frame(book_frame(crc32(TEXT.encode()))), 7)
    assert sums.compare(books()) == (7, "")
    assert sums.compared == 1


def test_another_book_does_not_fit() -> None:
    sums = Checksums()
    other = books()
    other.changed(BookChanged("kraken", "BTC-USD", 1, 1, 1, [(BIDS[9][0], 5)], []))
    sums.take(frame(book_frame(crc32(TEXT.encode()))), 7)
    assert sums.compare(other) == (7, "the venue's checksum does not fit the book")


def test_the_page_of_pairs_says_how_many_decimals_there_are() -> None:
    sums = Checksums()
    page = b'{"error":[],"result":{"XXBTZUSD":{"pair_decimals":2,"lot_decimals":7,"base":"XXBT"}}}'
    sums.take(frame(page, "GET /0/public/AssetPairs?pair=XBTUSD 200"), 3)
    text = "".join(f"{101 + n}00{(n + 3) * 10**5}" for n in range(10)) + "".join(
        f"{100 - n}00{(n + 1) * 10**5}" for n in range(10)
    )
    sums.take(frame(book_frame(crc32(text.encode()))), 7)
    assert sums.compare(books()) == (7, "")


@pytest.mark.parametrize("page", [b"<html>", b'{"error":["busy"],"result":{}}', b'{"result":{"X":{}}}'])
def test_a_page_that_cannot_be_read_changes_nothing(page: bytes) -> None:
    sums = Checksums()
    sums.take(frame(page, "GET /0/public/AssetPairs?pair=XBTUSD 200"), 3)
    sums.take(frame(book_frame(crc32(TEXT.encode()))), 7)
    assert sums.compare(books()) == (7, "")


def test_nothing_is_compared_twice_or_without_one_standing_book() -> None:
    sums = Checksums()
    for of in (Books(), books("BTC-USD", "ETH-USD")):
        sums.take(frame(book_frame(1)), 7)
        assert sums.compare(of) is None
    taken_back = books()
    taken_back.withdrawn("BTC-USD")
    sums.take(frame(book_frame(1)), 7)
    assert sums.compare(taken_back) is None
    sums.take(frame(book_frame(1)), 7)
    sums.forget()
    assert sums.compare(books()) is None
    assert sums.compared == 0


def test_other_frames_bear_none() -> None:
    sums = Checksums()
    sums.take(frame(b'{"channel":"trade","data":[{"checksum":5}]}'), 7)
    assert sums.compare(books()) is None


def session(folder: Path, checksum: int) -> Path:
    """A feed of Kraken: a snapshot, then two frames of one read and their change."""

    def received(ms: int, data: bytes) -> FrameReceived:
        return FrameReceived(1, at(ms), "ws", data)

    def health(ms: int) -> list[Message]:
        return [FeedHealth("kraken", 1, at(ms), True, 1, 3, 0, 0, -1.0, -1.0, 0.0, "")]

    appends: list[Append] = [
        (1000, [started("binance", 1000)]),
        (1010, [FeedOpened("kraken", 1, at(1010), "ws://x", "", "stream")]),
        (1100, [received(1100, book_frame(crc32(TEXT.encode()), "snapshot"))]),
        (1100, [FeedGap("kraken", 1, 0, at(1100), "")]),
        (1101, [BookSnapshot("kraken", "BTC-USD", 3, at(1100), 0, BIDS, ASKS, False)]),
        (2000, [received(2000, book_frame(1)), received(2000, book_frame(checksum))]),
        (2001, [BookChanged("kraken", "BTC-USD", 7, at(2000), 0, [(BIDS[11][0], 0)], [])]),
        *[(3000 + 1000 * n, health(3000 + 1000 * n)) for n in range(4)],
    ]
    return made(folder, appends)


def test_in_a_log_each_read_is_compared_when_all_is_said_of_it(tmp_path: Path) -> None:
    certificate = certify(session(tmp_path, crc32(TEXT.encode())))
    assert certificate.holds
    (stream,) = [stream for stream in certificate.streams if stream.log == "binance"]
    assert stream.checksums == 2


def test_a_book_that_the_venue_sums_up_otherwise_fails(tmp_path: Path) -> None:
    certificate = certify(session(tmp_path, 12345))
    assert failing(certificate) == [("books", "binance")]
    assert certificate.findings[0].what == "the venue's checksum does not fit the book"
