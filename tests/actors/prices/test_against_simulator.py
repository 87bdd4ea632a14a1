"""Whole price actors on the simulated venues, over real sockets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from actors.errors import (
    ActorsError,
    AddressRefusedError,
    BookError,
    DeafError,
    FrameError,
    NetworkError,
    RefusedError,
)
from actors.prices.main import start
from messages import (
    BookChanged,
    BookSnapshot,
    BookWithdrawn,
    DayVolume,
    DriftSeen,
    FeedClosed,
    QuoteChanged,
    TradePrinted,
)
from simulator.main import running_simulator
from simulator.settings import Settings
from tests.actors.prices.captures import Follower
from tests.actors.shells import assignment, records, said
from tests.conftest import wait_until

RATE = 600.0
PATHS = {
    "coinbase": "/",
    "kraken": "/v2",
    "bitstamp": "/",
    "gemini": "/",
    "gemini_v2": "/v2/marketdata",
    "cryptocom": "/exchange/v1/market",
    "bullish": "/trading-api/v1/market-data/orderbook",
    "itbit": "/marketdata",
    "lmax": "/v1/web-socket",
    "binance": "/stream",
    "binance_us": "/stream",
}
VENUES = sorted(PATHS)
PROTOCOLS = {"gemini_v2": ("gemini", "v2")}
SYMBOLS = {"binance": "BTC-USDT"}


def venue_of(name: str) -> str:
    return PROTOCOLS.get(name, (name, ""))[0]


class Running:
    """One price actor in a thread of the test's process, and the simulated venue that it watches."""

    def __init__(self, data_dir: Path, name: str, url: str, stream_url: str) -> None:
        self.data_dir = data_dir
        self.venue, protocol = PROTOCOLS.get(name, (name, ""))
        self.url = url
        self.error: BaseException | None = None
        settings = {
            "venue": self.venue,
            "symbol": SYMBOLS.get(name, "BTC-USD"),
            "protocol": protocol,
            "url": stream_url + PATHS[name],
            "rest_url": url,
            "band_pct": 0,
            "volume_poll_s": 1,
        }
        given = msgspec.structs.replace(assignment(data_dir, self.venue), settings=settings)
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(given,))
        self.thread.start()

    def _run(self, given: Any) -> None:
        try:
            start(given, self._stop)
        except ActorsError as error:
            self.error = error

    def end(self) -> None:
        self._stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()

    def control(self, command: str) -> Any:
        return requests.get(f"{self.url}/_sim/{command}", timeout=5).json()

    def said(self, kind: type[Any]) -> list[Any]:
        return said(self.data_dir, kind, self.venue)

    def book(self) -> tuple[dict[int, int], dict[int, int]]:
        """The book as a listener has it, from the log alone."""
        follower = Follower().follow([message for _, message in records(self.data_dir, self.venue)])
        return (follower.bids, follower.asks) if follower.stands else ({}, {})

    def true_book(self, depth: int) -> tuple[dict[int, int], dict[int, int]]:
        (book,) = self.control("books")["books"].values()
        bids, asks = (
            {int(Decimal(p) * 10**8): int(Decimal(q) * 10**8) for p, q in book[side][:depth]}
            for side in ("bids", "asks")
        )
        return bids, asks


@contextmanager
def on_simulator(data_dir: Path, name: str, *faults: str) -> Iterator[Running]:
    venue = venue_of(name)
    settings = Settings(ports={venue: 0}, rate=RATE, faults=list(faults))
    with running_simulator(settings) as simulator:
        running = Running(data_dir, name, simulator.urls[venue], simulator.stream_urls[venue])
        try:
            yield running
        finally:
            running.end()


def best(book: tuple[dict[int, int], dict[int, int]], depth: int) -> list[dict[int, int]]:
    bids, asks = book
    return [dict(sorted(bids.items(), reverse=True)[:depth]), dict(sorted(asks.items())[:depth])]


# How many of its levels a venue shows where that is less than what there is.
DEPTHS = {"kraken": 990, "bitstamp": 100, "cryptocom": 50, "bullish": 200}
# How many changes are many, where a venue sends a book only some times a second.
MANY = {"bullish": 10, "lmax": 2}
# What some venues do not show to the public.
SIDELESS = ("itbit", "lmax")
VOLUMELESS = ("lmax",)


@pytest.mark.parametrize("name", VENUES)
def test_the_book_in_the_log_equals_the_venues_own(name: str, tmp_path: Path) -> None:
    depth = DEPTHS.get(name, 100_000)
    with on_simulator(tmp_path, name) as running:
        wait_until(lambda: len(running.said(BookChanged)) > MANY.get(name, 30))
        wait_until(lambda: name in SIDELESS or running.said(TradePrinted))
        running.control("pause")
        wait_until(lambda: best(running.book(), depth) == best(running.true_book(depth), depth))
        wait_until(lambda: name in VOLUMELESS or running.said(DayVolume))
        assert running.said(QuoteChanged)
        assert running.said(BookWithdrawn) == []
        assert running.said(DriftSeen) == []
    assert running.error is None
    assert [closed.fault for closed in running.said(FeedClosed)] == ["none"]


FATAL = [
    ("coinbase", "garbage:coinbase:form=text,after_s=0.5", FrameError),
    ("kraken", "garbage:kraken:form=json,after_s=0.5", FrameError),
    ("bitstamp", "reconnect_request:bitstamp:after_s=0.5", RefusedError),
    ("gemini", "close:gemini:after_s=0.5", NetworkError),
    ("coinbase", "cross:coinbase:after_s=0.5,count=0", BookError),
    ("kraken", "refuse:kraken:status=429,retry_after=7,on=stream", RefusedError),
    ("bullish", "garbage:bullish:form=text,after_s=0.5", FrameError),
    ("bullish", "cross:bullish:after_s=0.5,count=0", BookError),
    ("bullish", "close:bullish:after_s=0.5,abort=1", NetworkError),
    ("bullish", "refuse:bullish:status=403,on=stream", AddressRefusedError),
    ("binance", "garbage:binance:form=text,after_s=0.5", FrameError),
    ("binance", "garbage:binance:form=binary,after_s=0.5", FrameError),
    ("binance", "garbage:binance:form=json,after_s=0.5", FrameError),
    ("binance", "reconnect_request:binance:after_s=0.5", RefusedError),
    ("binance", "close:binance:after_s=0.5,abort=1", NetworkError),
    ("binance", "cross:binance:after_s=0.5", BookError),
    ("binance", "refuse:binance:status=451,on=stream", AddressRefusedError),
    ("binance", "refuse:binance:status=403,on=rest,count=0", AddressRefusedError),
    ("binance", "refuse:binance:status=429,retry_after=7,on=rest,count=0", RefusedError),
    ("binance_us", "refuse:binance_us:status=418,retry_after=7,on=rest,count=0", RefusedError),
    ("binance_us", "close:binance_us:after_s=0.5", NetworkError),
    ("cryptocom", "garbage:cryptocom:form=binary,after_s=0.5", FrameError),
    ("cryptocom", "close:cryptocom:code=1013,after_s=1.5", NetworkError),
    ("cryptocom", "cross:cryptocom:after_s=1.5,count=0", BookError),
    ("cryptocom", "refuse:cryptocom:status=429,retry_after=7,on=stream", RefusedError),
]


@pytest.mark.parametrize(("name", "fault", "error"), FATAL, ids=[fault for _, fault, _ in FATAL])
def test_what_cannot_be_healed_ends_the_actor(
    name: str, fault: str, error: type[ActorsError], tmp_path: Path
) -> None:
    with on_simulator(tmp_path, name, fault) as running:
        wait_until(lambda: running.error is not None)
        assert isinstance(running.error, error), running.error


# Thirty frames of Kraken's, because a checksum of ten levels does not see what is lost below them.
HEALED = [
    ("kraken", "corrupt_checksum:kraken:after_s=0.5"),
    ("kraken", "skip:kraken:after_s=0.5,count=30"),
    ("gemini", "skip:gemini:after_s=0.5"),
    ("binance", "skip:binance:after_s=0.5"),
    ("binance_us", "skip:binance_us:after_s=0.5"),
    ("cryptocom", "skip:cryptocom:after_s=1.5"),
]


@pytest.mark.parametrize(("name", "fault"), HEALED, ids=[fault for _, fault in HEALED])
def test_a_gap_is_healed_by_a_fresh_snapshot_on_the_same_connection(
    name: str, fault: str, tmp_path: Path
) -> None:
    depth = DEPTHS.get(name, 100_000)
    with on_simulator(tmp_path, name, fault) as running:
        wait_until(lambda: running.said(BookWithdrawn))
        wait_until(lambda: len(running.said(BookSnapshot)) >= 2)
        running.control("pause")
        wait_until(lambda: best(running.book(), depth) == best(running.true_book(depth), depth))
        assert running.error is None


HARMLESS = [
    ("binance", "repeat:binance:after_s=0.5,count=5"),
    ("binance", "lag:binance:after_s=0.5,ms=300"),
    ("binance", "refuse:binance:status=503,on=rest,count=2"),
    ("binance_us", "flood:binance_us:after_s=0.5"),
    ("cryptocom", "repeat:cryptocom:after_s=1.5,count=5"),
    ("cryptocom", "corrupt_checksum:cryptocom:after_s=1.5,count=5"),
    ("cryptocom", "lag:cryptocom:ms=300"),
    ("cryptocom", "flood:cryptocom:factor=5,after_s=1.5"),
    ("cryptocom", "refuse:cryptocom:status=500,on=rest"),
]


@pytest.mark.parametrize(("name", "fault"), HARMLESS, ids=[fault for _, fault in HARMLESS])
def test_what_does_no_harm_leaves_the_book_true(name: str, fault: str, tmp_path: Path) -> None:
    depth = DEPTHS.get(name, 100_000)
    with on_simulator(tmp_path, name, fault) as running:
        wait_until(lambda: len(running.said(BookChanged)) > 20)
        running.control("pause")
        wait_until(lambda: best(running.book(), depth) == best(running.true_book(depth), depth))
        assert running.said(BookWithdrawn) == []
        assert running.error is None


MENTIONED: list[tuple[str, str, Callable[[DriftSeen], bool]]] = [
    ("coinbase", "unknown_type:coinbase:after_s=0.5", lambda drift: drift.what == "type"),
    ("kraken", "unknown_field:kraken:after_s=0.5", lambda drift: drift.what == "field"),
    ("gemini", "unknown_symbol:gemini:after_s=0.5", lambda drift: drift.what == "value"),
    ("bitstamp", "unknown_type:bitstamp:after_s=0.5", lambda drift: drift.what == "type"),
    ("bullish", "unknown_type:bullish:after_s=0.5", lambda drift: drift.what == "type"),
    ("bullish", "unknown_field:bullish:after_s=0.5", lambda drift: drift.what == "field"),
    ("bullish", "unknown_symbol:bullish:after_s=0.5", lambda drift: drift.name == "symbol ETHUSD"),
    ("bullish", "skip:bullish:after_s=0.5", lambda drift: "a hole" in drift.name),
    ("bullish", "repeat:bullish:after_s=0.5", lambda drift: "twice" in drift.name),
    ("bullish", "missing_ack:bullish", lambda drift: drift.what == "ack"),
    ("bullish", "refuse:bullish:status=429,on=rest", lambda drift: drift.name == "GET ticker 429"),
    ("binance", "unknown_type:binance:after_s=0.5", lambda drift: drift.what == "type"),
    ("binance", "unknown_field:binance:after_s=0.5", lambda drift: drift.what == "field"),
    ("binance", "unknown_symbol:binance:after_s=0.5", lambda drift: drift.what == "value"),
    ("binance", "missing_ack:binance", lambda drift: drift.what == "ack"),
    ("cryptocom", "unknown_type:cryptocom:after_s=0.5", lambda drift: drift.what == "type"),
    ("cryptocom", "unknown_field:cryptocom:after_s=0.5", lambda drift: drift.what == "field"),
    ("cryptocom", "unknown_symbol:cryptocom:after_s=0.5", lambda drift: drift.what == "value"),
    ("cryptocom", "missing_ack:cryptocom", lambda drift: drift.what == "ack"),
]


@pytest.mark.parametrize(("name", "fault", "fits"), MENTIONED, ids=[fault for _, fault, _ in MENTIONED])
def test_what_is_not_in_the_documents_is_said_and_survived(
    name: str, fault: str, fits: Callable[[DriftSeen], bool], tmp_path: Path
) -> None:
    with on_simulator(tmp_path, name, fault) as running:
        wait_until(lambda: any(fits(drift) for drift in running.said(DriftSeen)))
        before = len(running.said(BookChanged))
        wait_until(lambda: len(running.said(BookChanged)) > before)
        assert running.error is None


def test_one_crossed_frame_of_whole_books_is_mended_by_the_next(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "bullish", "cross:bullish:after_s=0.5") as running:
        wait_until(lambda: running.said(BookWithdrawn) and len(running.said(BookSnapshot)) >= 2)
        assert running.error is None


def test_a_venue_that_lags_and_floods_is_followed_all_the_same(tmp_path: Path) -> None:
    faults = ("lag:bullish:ms=300,after_s=0.3", "flood:bullish:factor=20,duration_s=1")
    with on_simulator(tmp_path, "bullish", *faults) as running:
        wait_until(lambda: len(running.said(BookChanged)) > 5)
        running.control("pause")
        wait_until(lambda: best(running.book(), 200) == best(running.true_book(200), 200))
        assert running.error is None


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fault"), [*((name, "deaf") for name in VENUES), ("binance", "stall")])
def test_a_connection_gone_deaf_is_found_in_single_digit_seconds(
    name: str, fault: str, tmp_path: Path
) -> None:
    with on_simulator(tmp_path, name, f"{fault}:{venue_of(name)}:after_s=0.5") as running:
        wait_until(lambda: running.error is not None, timeout_s=15)
        assert isinstance(running.error, DeafError), running.error


@pytest.mark.slow
def test_a_paused_market_is_not_taken_for_a_deaf_one(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "kraken") as running:
        wait_until(lambda: len(running.said(BookChanged)) > 10)
        running.control("pause")
        wait_until(lambda: any(book.checkpoint for book in running.said(BookSnapshot)), timeout_s=20)
        assert running.error is None
