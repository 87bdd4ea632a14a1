"""REST answers are held against the rebuilt books, and what they contradict is found."""

from pathlib import Path

from messages import MarketBookSnapshot, Message
from replay.audit.certificate import Certificate
from replay.audit.touches import FEWEST
from tests.replay.audit.made import (
    Append,
    at,
    certify,
    closed,
    failing,
    frame,
    gap,
    health,
    made,
    opened,
    quote,
    snapshot,
    started,
    stopped,
)

TICKER = "KXBTC15M-1"
TICKERS = "GET /api/v3/ticker/24hr?symbol=BTCUSDT 200"
SETTINGS = '{"venue": "binance", "symbol": "BTC-USDT"}'
END: list[Append] = [(90_000, [closed(90_000)]), (90_001, [stopped("binance", 90_001)])]


def said(folder: Path, *middle: Append, mode: str = "stream") -> Certificate:
    """The certificate of a session in which the feed said this after its first book."""
    begin: list[Append] = [
        (1000, [started("binance", 1000, settings=SETTINGS)]),
        (1010, [opened(1010, mode=mode)]),
        (1100, [frame(1100)]),
        (1100, [gap(-1, 1100)]),
        (1101, [snapshot(1100, 3), quote(1100, 3, 1)]),
    ]
    return certify(made(folder, [*begin, *middle, *END]))


def market_snapshot(ms: int) -> Message:
    return MarketBookSnapshot(TICKER, 3, at(ms), 0, 1, 1, [(500_000, 300)], [], True)


def touch(ms: int, bid: str, ask: str) -> Append:
    body = f'{{"bidPrice":"{bid}","askPrice":"{ask}","volume":"1"}}'
    return ms, [frame(ms, body.encode(), TICKERS)]


def page(ms: int, price: str) -> Message:
    body = f'{{"orderbook_fp":{{"yes_dollars":[["{price}","3.00"]],"no_dollars":[]}}}}'
    return frame(ms, body.encode(), f"GET /markets/{TICKER}/orderbook?depth=100 200")


def test_a_rest_book_that_differs_twice_and_is_passed_over_fails(tmp_path: Path) -> None:
    first: Append = (4000, [page(4000, "0.4900")])
    second: Append = (5000, [page(5000, "0.4900")])
    calm: list[Append] = [(6000 + 1000 * n, [health(6000 + 1000 * n, 3)]) for n in range(3)]
    certificate = said(tmp_path, (2000, [market_snapshot(2000)]), first, second, *calm)
    assert failing(certificate) == [("books", "binance")]
    assert [finding.fails for finding in certificate.findings] == [True, False]


def test_a_rest_book_that_agrees_again_was_overtaken(tmp_path: Path) -> None:
    first: Append = (4000, [page(4000, "0.4900")])
    second: Append = (5000, [page(5000, "0.5000")])
    certificate = said(tmp_path, (2000, [market_snapshot(2000)]), first, second, (6000, [health(6000, 3)]))
    assert certificate.holds
    assert [finding.fails for finding in certificate.findings] == [False]


def test_without_a_stream_each_answer_must_be_the_book(tmp_path: Path) -> None:
    certificate = said(
        tmp_path,
        (2000, [market_snapshot(2000)]),
        (2100, [page(2100, "0.5000")]),
        (2200, [page(2200, "0.4900")]),
        (3000, [health(3000, 3)]),
        mode="poll",
    )
    assert failing(certificate) == [("books", "binance")]
    (stream,) = [stream for stream in certificate.streams if stream.log == "binance"]
    assert stream.rest == 2


def test_tickers_that_never_show_the_books_touch_fail_when_they_are_many(tmp_path: Path) -> None:
    wrong = [touch(2000 + 1000 * n, "0.9", "0.95") for n in range(FEWEST)]
    few, many = (
        said(tmp_path / name, *tickers, (60_000, [health(60_000, 1 + len(tickers))]))
        for name, tickers in (("few", wrong[1:]), ("many", wrong))
    )
    assert few.holds
    assert failing(many) == [("books", "binance")]
    assert many.findings[0].what == f"the book never showed what {FEWEST} REST tickers did"


def test_one_ticker_that_agrees_is_enough(tmp_path: Path) -> None:
    tickers = [touch(2000 + 1000 * n, "0.9", "0.95") for n in range(FEWEST)]
    right = touch(20_000, "0.00000100", "0.00000101")
    certificate = said(tmp_path, *tickers, right, (60_000, [health(60_000, FEWEST + 2)]))
    assert certificate.holds
    (stream,) = [stream for stream in certificate.streams if stream.log == "binance"]
    assert stream.rest == FEWEST + 1
