"""Settled markets by REST: read, put in order, chained; pages, refusals and a dead venue."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from actors.errors import ActorsError, FrameError, NetworkError, RefusedError
from actors.kalshi.history import SERIES, History, Link, Settled, fetch, links, read_settled
from simulator.main import running_simulator
from simulator.settings import Settings
from tests.actors.kalshi.samples import body, needs_samples

FAST_PER_S = 20.0
Answer = tuple[int, bytes]


def market(number: int, **changes: Any) -> dict[str, Any]:
    """The market object of quarter hour `number` of a day; its strike is 60000 + number."""
    opened, closed = divmod(15 * number, 60), divmod(15 * (number + 1), 60)
    usual: dict[str, Any] = {
        "ticker": f"{SERIES}-26NOV22{number:02d}-00",
        "status": "finalized",
        "open_time": f"2026-11-22T{opened[0]:02d}:{opened[1]:02d}:00Z",
        "close_time": f"2026-11-22T{closed[0]:02d}:{closed[1]:02d}:00Z",
        "floor_strike": 60_000 + number,
        "expiration_value": f"{60_001 + number}.00",
        "result": "yes",
    }
    return usual | changes


def page(*markets: dict[str, Any], cursor: str = "") -> bytes:
    return json.dumps({"markets": markets, "cursor": cursor}).encode()


@contextmanager
def venue(answers: dict[str, list[Answer]]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives its answers in order, by path; (address, what was asked)."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            waiting = answers[urlsplit(self.path).path]
            status, content = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def read(url: str, wanted: int) -> History:
    return fetch(url, SERIES, wanted, FAST_PER_S, lambda known: None)


@needs_samples
def test_a_published_settled_market_is_read() -> None:
    settled = read_settled(body("rest_market_kxbtc15m_settled_partial.json"))
    assert settled is not None
    assert (settled.strike_e6, settled.expiration_e6) == (63_650_030_000, 63_653_210_000)
    assert settled.close_ns - settled.open_ns == 900 * 10**9


def test_thousands_separators_are_read_and_what_cannot_be_true_is_left_out() -> None:
    settled = read_settled(market(0, expiration_value="84,123.45", floor_strike=7.02))
    assert settled is not None
    assert (settled.strike_e6, settled.expiration_e6) == (-1, 84_123_450_000)
    settled = read_settled(market(0, expiration_value="7.02"))
    assert settled is not None
    assert settled.expiration_e6 == -1
    assert read_settled(market(0, status="active", expiration_value="", result="")) is None
    for wrong in ({"close_time": None}, {"expiration_value": "much"}, {"ticker": 5}):
        with pytest.raises(ValueError):  # noqa: PT011 - the sentence is the field's own
            read_settled(market(0, **wrong))


def test_markets_come_newest_first_and_no_more_than_wanted() -> None:
    history = History(SERIES, 2)
    history.take(200, page(market(1), market(3), market(2)))
    assert [settled.strike_e6 for settled in history.markets()] == [60_003_000_000, 60_002_000_000]
    assert history.path == ""


def test_what_is_not_a_market_is_counted_and_other_series_are_passed_over() -> None:
    history = History(SERIES, 10)
    other = market(2, ticker="KXETH15M-26NOV22-00")
    history.take(200, page(market(1), {"ticker": 5}, other))
    assert (len(history.markets()), history.unreadable) == (1, 1)


def test_after_the_last_page_of_the_live_listing_the_historical_one_is_read() -> None:
    history = History(SERIES, 10)
    assert urlsplit(history.path).path == "/markets"
    assert parse_qs(urlsplit(history.path).query) == {
        "status": ["settled"],
        "series_ticker": [SERIES],
        "limit": ["200"],
    }
    history.take(200, page(market(5), cursor="more"))
    assert history.path.endswith("&cursor=more")
    history.take(200, page(market(4)))
    assert urlsplit(history.path).path == "/historical/markets"
    history.take(200, page(market(3), cursor="older"))
    assert history.path.startswith("/historical/markets?")
    history.take(200, page(market(3), cursor="older"))  # leads nowhere new
    assert history.path == ""


def test_a_venue_without_a_historical_listing_has_no_more() -> None:
    history = History(SERIES, 10)
    history.take(200, page(market(5)))
    history.take(404, b'{"error":{"code":"not_found"}}')
    assert (history.path, len(history.markets())) == ("", 1)


def test_a_chain_holds_where_the_settlement_of_one_is_the_strike_of_the_next() -> None:
    rows = [market(3), market(2, expiration_value="1,000,000.00"), market(1), market(9)]
    settled = [found for row in rows if (found := read_settled(row)) is not None]
    assert [(link.before[-5:-3], link.after[-5:-3], link.holds) for link in links(settled)] == [
        ("02", "03", False),
        ("01", "02", True),
    ]
    unknown = Settled("X", 5, 9, 1, -1, "")
    assert links([unknown, unknown._replace(open_ns=9, close_ns=12)]) == []
    assert not Link("a", "b", 1, 2).holds


def test_pages_are_followed_at_a_real_server() -> None:
    answers = {
        "/markets": [(200, page(market(5), market(4), cursor="c")), (200, page(market(3)))],
        "/historical/markets": [(200, page(market(2)))],
    }
    pages: list[int] = []
    with venue(answers) as (url, asked):
        history = fetch(url, SERIES, 50, FAST_PER_S, pages.append)
    assert [settled.strike_e6 // 1_000_000 for settled in history.markets()] == [
        60_005,
        60_004,
        60_003,
        60_002,
    ]
    assert pages == [2, 3, 4]
    assert len(asked) == 3


def test_a_rate_limit_and_a_passing_failure_are_waited_out() -> None:
    answers = {"/markets": [(500, b"oops"), (429, b'{"error":"too many requests"}'), (200, page(market(5)))]}
    with venue(answers) as (url, asked):
        assert len(read(url, 1).markets()) == 1
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((400, b'{"error":{"code":"bad_request"}}'), RefusedError, "answers 400"),
        ((500, b"<html>\nno\n</html>"), RefusedError, "answers 500"),
        ((200, b"<html>"), FrameError, "cannot be read"),
        ((200, b'{"markets": 5}'), FrameError, "markets is 5"),
    ],
)
def test_what_cannot_be_had_is_said_in_one_line(answer: Answer, error: type[ActorsError], words: str) -> None:
    with venue({"/markets": [answer]}) as (url, _), pytest.raises(error, match=words) as said:
        read(url, 5)
    assert "\n" not in str(said.value)


def test_a_venue_that_cannot_be_reached_is_said() -> None:
    with venue({}) as (url, _):
        pass
    with pytest.raises(NetworkError, match="cannot be reached"):
        read(url, 5)


def test_the_simulated_venues_markets_chain(eventually: Any) -> None:
    ports = {"kalshi": 0}
    with running_simulator(Settings(speed=900.0, ports=ports)) as running:
        url = f"{running.urls['kalshi']}/trade-api/v2"
        eventually(lambda: len(read(url, 100).markets()) >= 4, timeout_s=30.0, every_s=0.5)
        history = read(url, 100)
    chain = links(history.markets())
    assert len(chain) == len(history.markets()) - 1
    assert all(link.holds for link in chain)
    assert history.unreadable == 0
