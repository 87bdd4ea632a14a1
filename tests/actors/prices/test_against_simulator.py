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

from actors.errors import ActorsError, BookError, DeafError, FrameError, NetworkError, RefusedError
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
PATHS = {"coinbase": "/", "kraken": "/v2", "bitstamp": "/", "gemini": "/", "gemini_v2": "/v2/marketdata"}
VENUES = sorted(PATHS)


class Running:
    """One price actor in a thread of the test's process, and the simulated venue that it watches."""

    def __init__(self, data_dir: Path, name: str, url: str, stream_url: str) -> None:
        self.data_dir = data_dir
        self.venue, _, protocol = name.partition("_")
        self.url = url
        self.error: BaseException | None = None
        settings = {
            "venue": self.venue,
            "protocol": protocol,
            "url": stream_url + PATHS[name],
            "rest_url": url,
            "band_pct": 0,
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
    venue = name.partition("_")[0]
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


# How many of its levels a venue shows; Kraken's 1,000 and Bitstamp's 100 are less than what there is.
DEPTHS = {"kraken": 990, "bitstamp": 100}


@pytest.mark.parametrize("name", VENUES)
def test_the_book_in_the_log_equals_the_venues_own(name: str, tmp_path: Path) -> None:
    depth = DEPTHS.get(name, 100_000)
    with on_simulator(tmp_path, name) as running:
        wait_until(lambda: len(running.said(BookChanged)) > 100 and running.said(TradePrinted))
        running.control("pause")
        wait_until(lambda: best(running.book(), depth) == best(running.true_book(depth), depth))
        wait_until(lambda: running.said(DayVolume))
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


MENTIONED: list[tuple[str, str, Callable[[DriftSeen], bool]]] = [
    ("coinbase", "unknown_type:coinbase:after_s=0.5", lambda drift: drift.what == "type"),
    ("kraken", "unknown_field:kraken:after_s=0.5", lambda drift: drift.what == "field"),
    ("gemini", "unknown_symbol:gemini:after_s=0.5", lambda drift: drift.what == "value"),
    ("bitstamp", "unknown_type:bitstamp:after_s=0.5", lambda drift: drift.what == "type"),
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


@pytest.mark.slow
@pytest.mark.parametrize("name", VENUES)
def test_a_connection_gone_deaf_is_found_in_single_digit_seconds(name: str, tmp_path: Path) -> None:
    venue = name.partition("_")[0]
    with on_simulator(tmp_path, name, f"deaf:{venue}:after_s=0.5") as running:
        wait_until(lambda: running.error is not None, timeout_s=15)
        assert isinstance(running.error, DeafError), running.error


@pytest.mark.slow
def test_a_paused_market_is_not_taken_for_a_deaf_one(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "kraken") as running:
        wait_until(lambda: len(running.said(BookChanged)) > 10)
        running.control("pause")
        wait_until(lambda: any(book.checkpoint for book in running.said(BookSnapshot)), timeout_s=20)
        assert running.error is None
