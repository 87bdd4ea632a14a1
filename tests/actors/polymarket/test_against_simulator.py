"""The whole Polymarket actor on the simulated venue, over real sockets."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from actors.errors import ActorsError, AddressRefusedError, DeafError, FrameError, NetworkError
from actors.polymarket.main import start
from messages import (
    DriftSeen,
    FeedHealth,
    PolymarketDefined,
    PolymarketQuote,
    PolymarketResolved,
    PolymarketWithdrawn,
)
from simulator.main import running_simulator
from simulator.settings import Settings
from tests.actors.shells import assignment, said
from tests.conftest import wait_until

RATE = 3_000.0


class Running:
    """The actor in a thread of the test's process, and the simulated venue that it watches."""

    def __init__(self, data_dir: Path, url: str, stream_url: str, speed: float) -> None:
        self.data_dir = data_dir
        self.url = url
        self.error: BaseException | None = None
        settings = {"url": f"{stream_url}/ws/market", "rest_url": url, "speed": speed, "checkpoint_s": 1}
        given = msgspec.structs.replace(assignment(data_dir, "polymarket"), settings=settings)
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

    def said(self, kind: type[Any]) -> list[Any]:
        return said(self.data_dir, kind, "polymarket")

    def control(self, command: str) -> Any:
        return requests.get(f"{self.url}/_sim/{command}", timeout=5).json()

    def shows_the_truth(self) -> bool:
        quotes = self.said(PolymarketQuote)
        if not quotes:
            return False
        true = self.control("books")["books"][quotes[-1].slug]
        sides = ((true["bids"], quotes[-1].bid_e6), (true["asks"], quotes[-1].ask_e6))
        return all((round(float(rows[0][0]) * 1e6) if rows else -1) == best for rows, best in sides)


@contextmanager
def on_simulator(data_dir: Path, *faults: str, speed: float = 1.0) -> Iterator[Running]:
    settings = Settings(ports={"polymarket": 0}, rate=RATE, faults=list(faults), speed=speed)
    with running_simulator(settings) as simulator:
        urls = simulator.urls["polymarket"], simulator.stream_urls["polymarket"]
        running = Running(data_dir, *urls, speed)
        try:
            yield running
        finally:
            running.end()


def test_it_finds_the_running_quarter_hour_and_quotes_what_is_true(tmp_path: Path) -> None:
    with on_simulator(tmp_path) as running:
        wait_until(lambda: len(running.said(PolymarketQuote)) > 5)
        running.control("pause")
        wait_until(running.shows_the_truth)
        wait_until(lambda: any(health.fresh for health in running.said(FeedHealth)))
        defined, quote = running.said(PolymarketDefined)[0], running.said(PolymarketQuote)[-1]
        assert defined.end_ns - defined.start_ns == 900 * 10**9
        assert (quote.slug, quote.end_ns, quote.start_e8) == (defined.slug, defined.end_ns, defined.start_e8)
        assert defined.start_e8 > 0
        assert running.said(PolymarketWithdrawn) == []
        assert running.said(DriftSeen) == []
        assert running.error is None


def test_it_rolls_from_one_quarter_hour_to_the_next_and_learns_how_they_ended(tmp_path: Path) -> None:
    with on_simulator(tmp_path, speed=300.0) as running:
        wait_until(lambda: len({quote.slug for quote in running.said(PolymarketQuote)}) > 2, timeout_s=20)
        wait_until(lambda: running.said(PolymarketResolved))
        assert {gone.reason for gone in running.said(PolymarketWithdrawn)} == {"the quarter hour is over"}
        assert all(quote.recv_ns < quote.end_ns for quote in running.said(PolymarketQuote))
        assert running.error is None


FATAL: list[tuple[str, type[ActorsError]]] = [
    ("garbage:polymarket:after_s=0.5", FrameError),
    ("close:polymarket:after_s=0.5", NetworkError),
    ("refuse:polymarket:status=451,on=rest", AddressRefusedError),
]


@pytest.mark.parametrize(("fault", "error"), FATAL, ids=[fault for fault, _ in FATAL])
def test_what_cannot_be_healed_ends_the_actor(fault: str, error: type[ActorsError], tmp_path: Path) -> None:
    with on_simulator(tmp_path, fault) as running:
        wait_until(lambda: running.error is not None)
        assert isinstance(running.error, error), running.error


def test_a_book_that_the_venue_contradicts_is_withdrawn_and_comes_back(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "cross:polymarket:after_s=0.5,count=3") as running:
        wait_until(lambda: running.said(PolymarketWithdrawn))
        gone = running.said(PolymarketWithdrawn)[0]
        assert "Polymarket names" in gone.reason
        wait_until(lambda: running.said(PolymarketQuote)[-1].recv_ns > gone.at_ns)
        running.control("pause")
        wait_until(running.shows_the_truth)
        assert running.error is None


def test_lost_changes_are_made_good(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "skip:polymarket:after_s=0.3,count=50") as running:
        wait_until(lambda: len(running.said(PolymarketQuote)) > 200)
        running.control("pause")
        wait_until(running.shows_the_truth)
        assert running.error is None


# Without the first books, the whole ones that follow a trade will do.
HARMLESS = [
    "repeat:polymarket:after_s=0.5",
    "lag:polymarket:ms=300",
    "flood:polymarket",
    "missing_ack:polymarket",
]


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_does_no_harm_leaves_the_quote_true(fault: str, tmp_path: Path) -> None:
    with on_simulator(tmp_path, fault) as running:
        wait_until(lambda: len(running.said(PolymarketQuote)) > 20)
        running.control("pause")
        wait_until(running.shows_the_truth)
        assert running.said(PolymarketWithdrawn) == []
        assert running.error is None


MENTIONED: list[tuple[str, Callable[[DriftSeen], bool]]] = [
    ("unknown_type", lambda drift: drift.what == "type"),
    ("unknown_field", lambda drift: drift.what == "field"),
    ("unknown_symbol", lambda drift: drift.name.startswith("asset_id")),
    ("refuse", lambda drift: drift.name == "GET /events 500"),
]


@pytest.mark.parametrize(("fault", "fits"), MENTIONED, ids=[fault for fault, _ in MENTIONED])
def test_what_is_not_in_the_documents_is_said_and_survived(
    fault: str, fits: Callable[[DriftSeen], bool], tmp_path: Path
) -> None:
    options = "status=500,on=rest" if fault == "refuse" else "after_s=0.5"
    with on_simulator(tmp_path, f"{fault}:polymarket:{options}") as running:
        wait_until(lambda: any(fits(drift) for drift in running.said(DriftSeen)))
        assert running.error is None


@pytest.mark.slow
def test_a_connection_gone_deaf_is_found(tmp_path: Path) -> None:
    with on_simulator(tmp_path, "deaf:polymarket:after_s=0.5") as running:
        wait_until(lambda: running.error is not None, timeout_s=25)
        assert isinstance(running.error, DeafError), running.error
