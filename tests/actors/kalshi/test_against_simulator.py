"""The actor against the project's own simulated Kalshi: real sockets, real signatures, real faults."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from actors.errors import ActorsError, ConfigurationError, DeafError, FrameError, GapError
from actors.kalshi.book import MarketBook
from actors.kalshi.main import start
from messages import (
    Assignment,
    DriftSeen,
    FeedHealth,
    FeedOpened,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketBookWithdrawn,
    MarketChecked,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    MarketTraded,
    Message,
    OfficialIndexPublished,
)
from messages.log import LogReader
from simulator.kalshi.keys import make_demo_key
from simulator.main import Running, running_simulator
from simulator.settings import KalshiSettings as Behaviour
from simulator.settings import Settings
from tests.conftest import wait_until
from tests.simulator.kalshi.steady import steady_speed

pytestmark = pytest.mark.timeout(120)


class Feed:
    """The actor in a thread of its own; `heard` is all that its log holds so far."""

    def __init__(self, data_dir: Path, settings: dict[str, Any]) -> None:
        self.error: ActorsError | None = None
        self.heard: list[Message] = []
        self._log_dir = data_dir / "log" / "kalshi"
        self._reader: LogReader | None = None
        self._stop = threading.Event()
        assignment = Assignment("kalshi", "2026-11-22T20-00-00Z", str(data_dir), settings)
        self._thread = threading.Thread(target=self._run, args=(assignment,))
        self._thread.start()

    def _run(self, assignment: Assignment) -> None:
        try:
            start(assignment, self._stop)
        except ActorsError as error:
            self.error = error

    def end(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()
        if self._reader is not None:
            self._reader.close()

    def of(self, kind: type[Any]) -> list[Any]:
        """Everything of a kind that was said up to now."""
        if self._reader is None:
            self._reader = LogReader(self._log_dir)
            self._reader.seek_start()
        while records := self._reader.read():
            self.heard += [record.message() for record in records]
        return [message for message in self.heard if isinstance(message, kind)]

    def is_fresh(self) -> bool:
        """Fresh, or dead: what waits for it should not wait for the dead."""
        assert self.error is None, self.error
        return any(message.fresh for message in self.of(FeedHealth)[-1:])

    def book(self, ticker: str) -> dict[str, list[list[Decimal]]] | None:
        """The market's book as a listener has it; None while it is withdrawn."""
        book: MarketBook | None = None
        self.of(Message)
        for message in self.heard:
            if getattr(message, "ticker", "") != ticker:
                continue
            if isinstance(message, MarketBookSnapshot):
                book = MarketBook(ticker)
                book.replace(message.bids, message.asks)
            elif isinstance(message, MarketBookWithdrawn):
                book = None
            elif isinstance(message, MarketBookChanged):
                assert book is not None, "a change of a book that is withdrawn"
                assert book.change(message.is_bid, message.price_e6, message.change_e2) == message.count_e2
        if book is None:
            return None
        sides = zip(("bids", "asks"), book.levels(), strict=True)
        return {side: [[Decimal(p) / 10**6, Decimal(c) / 100] for p, c in levels] for side, levels in sides}


class Stage:
    """A running simulator and what a feed needs to reach it."""

    def __init__(self, sim: Running, data_dir: Path, keys: dict[str, Any]) -> None:
        self.port = sim.ports["kalshi"]
        self.speed = sim.settings.speed
        self._data_dir = data_dir
        self._keys = keys
        self._feeds: list[Feed] = []

    def feed(self, key: str = "rsa", **more: Any) -> Feed:
        """Start the actor: with an `rsa` or `ed25519` key, or by `poll`."""
        settings: dict[str, Any] = {
            "url": f"ws://127.0.0.1:{self.port}/trade-api/ws/v2",
            "rest_url": f"http://127.0.0.1:{self.port}/trade-api/v2",
            "speed": self.speed,
            **more,
        }
        if key != "poll":
            settings |= {"key_id": self._keys[key].key_id, "key_file": str(self._keys[key].private_file)}
        feed = Feed(self._data_dir / f"{key}{len(self._feeds)}", settings)
        self._feeds.append(feed)
        return feed

    def close(self) -> None:
        for feed in self._feeds:
            feed.end()

    def ask(self, command: str, **query: Any) -> Any:
        reply = requests.get(f"http://127.0.0.1:{self.port}/_sim/{command}", params=query, timeout=5)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def books_agree(self, feed: Feed, ticker: str = "") -> bool:
        """Stop the market for a moment and compare the book (of the running market) with the true one."""
        self.ask("pause")
        try:
            running = ticker or feed.of(MarketRoleChanged)[-1].running
            true = self.ask("books")["books"].get(running)
            if true is None:
                return False
            expected = {
                side: [[Decimal(price), Decimal(count)] for price, count in true[side]]
                for side in ("bids", "asks")
            }
            wait_until(lambda: feed.book(running) == expected, 5)
            return True
        finally:
            self.ask("resume")


@contextmanager
def stage(tmp_path: Path, speed: float | None = None, **behaviour: Any) -> Iterator[Stage]:
    keys = {name: make_demo_key(tmp_path / "keys", name) for name in ("rsa", "ed25519")}
    settings = Settings(
        speed=speed or steady_speed(),
        ports={"kalshi": 0},
        keys={key.key_id: str(key.public_file) for key in keys.values()},
        kalshi=Behaviour(**behaviour),
    )
    with running_simulator(settings) as sim:
        made = Stage(sim, tmp_path, keys)
        try:
            yield made
        finally:
            made.close()


@pytest.mark.parametrize("key", ["rsa", "ed25519", "poll"])
def test_the_book_is_the_venues_with_either_key_and_with_none(tmp_path: Path, key: str) -> None:
    with stage(tmp_path) as sim:
        feed = sim.feed(key)
        wait_until(feed.is_fresh)
        wait_until(lambda: len(feed.of(MarketBookChanged)) > 50 and feed.of(MarketTraded))
        assert sim.books_agree(feed)
        assert feed.of(FeedOpened)[0].mode == ("poll" if key == "poll" else "stream")
        assert feed.of(MarketQuoteChanged)
        assert not feed.of(DriftSeen)
        if key != "poll":
            assert {message.hz for message in feed.of(OfficialIndexPublished)} == {1, 5}
            assert feed.of(FeedHealth)[-1].latency_p50_ms >= 0


@pytest.mark.parametrize(
    "behaviour",
    [
        {"ok_takes_seq": False},
        {"snapshot_gives_ok": True, "ticker_has_seq": True},
        {"legacy_ok": True, "flat_errors": True, "summary_cache_s": 2.0},
    ],
)
def test_every_reading_of_the_documents_gives_the_same_book_over_a_roll(
    tmp_path: Path, behaviour: dict[str, Any]
) -> None:
    with stage(tmp_path, 180.0, **behaviour) as sim:
        feed = sim.feed()
        wait_until(lambda: len({m.running for m in feed.of(MarketRoleChanged) if m.running}) >= 2, 25)
        sim.ask("fault", kind="skip", count=1)
        wait_until(lambda: feed.of(FeedHealth)[-1].gaps >= 1)
        wait_until(lambda: sim.books_agree(feed))
        assert feed.error is None


@pytest.mark.slow
@pytest.mark.parametrize("key", ["rsa", "poll"])
def test_markets_roll_and_settle_at_speed_60(tmp_path: Path, key: str) -> None:
    with stage(tmp_path, 60.0) as sim:
        feed = sim.feed(key)

        def settled() -> list[MarketDefined]:
            defined = {message.ticker: message for message in feed.of(MarketDefined)}
            return [
                m
                for m in defined.values()
                if m.expiration_e6 > 0 and m.strike_source in ("rest", "lifecycle")
            ]

        wait_until(lambda: len(settled()) >= 2, 60)
        first, second = sorted(settled(), key=lambda message: message.close_ns)[:2]
        assert second.strike_e6 == first.expiration_e6
        for done in (first, second):
            assert done.result == ("yes" if done.expiration_e6 >= done.strike_e6 else "no")
            assert done.status == "finalized"
        for message in feed.of(MarketRoleChanged)[2:]:
            definition = next(m for m in feed.of(MarketDefined) if m.ticker == message.running)
            assert definition.open_ns <= message.at_ns < definition.close_ns
        wait_until(feed.is_fresh)
        assert sim.books_agree(feed)
        assert feed.of(FeedHealth)[-1].gaps == 0


def test_a_skipped_number_withdraws_the_book_and_a_fresh_one_heals_it(tmp_path: Path) -> None:
    with stage(tmp_path) as sim:
        feed = sim.feed()
        wait_until(feed.is_fresh)
        for _ in range(3):
            gaps = feed.of(FeedHealth)[-1].gaps
            sim.ask("fault", kind="skip", count=1)
            wait_until(lambda gaps=gaps: feed.of(FeedHealth)[-1].gaps > gaps)  # type: ignore[misc]
        wait_until(feed.is_fresh)
        assert sim.books_agree(feed)


@pytest.mark.parametrize("kind", ["repeat", "unknown_type", "unknown_field", "unknown_symbol"])
def test_what_is_odd_is_drift_and_the_book_stays_true(tmp_path: Path, kind: str) -> None:
    with stage(tmp_path) as sim:
        feed = sim.feed()
        wait_until(feed.is_fresh)
        sim.ask("fault", kind=kind, count=3)
        wait_until(lambda: feed.of(DriftSeen))
        assert sim.books_agree(feed)
        assert feed.error is None


def test_a_subscription_that_nobody_acknowledges_is_named(tmp_path: Path) -> None:
    with stage(tmp_path) as sim:
        sim.ask("fault", kind="missing_ack", count=1)
        feed = sim.feed()
        wait_until(lambda: any(drift.what == "ack" for drift in feed.of(DriftSeen)))


def test_a_crossed_book_is_read_anew(tmp_path: Path) -> None:
    with stage(tmp_path) as sim:
        feed = sim.feed()
        wait_until(feed.is_fresh)
        sim.ask("fault", kind="cross", count=1)
        wait_until(lambda: feed.of(MarketBookWithdrawn) or feed.error)
        if feed.error is None:
            wait_until(feed.is_fresh)
            assert sim.books_agree(feed)


def test_a_refused_signature_is_the_users_to_mend(tmp_path: Path) -> None:
    with stage(tmp_path) as sim:
        sim.ask("fault", kind="refuse_signature")
        feed = sim.feed()
        wait_until(lambda: feed.error)
        assert isinstance(feed.error, ConfigurationError)
        assert "BEGIN" not in str(feed.error)


@pytest.mark.parametrize(
    ("kind", "error"), [("garbage", (FrameError,)), ("deaf", (DeafError,)), ("close", (ActorsError,))]
)
def test_what_cannot_be_healed_ends_the_feed(
    tmp_path: Path, kind: str, error: tuple[type[ActorsError], ...]
) -> None:
    with stage(tmp_path) as sim:
        feed = sim.feed()
        wait_until(feed.is_fresh)
        sim.ask("fault", kind=kind, count=1)
        wait_until(lambda: feed.error, 12)
        assert isinstance(feed.error, error)


def test_a_stream_that_loses_every_second_number_ends(tmp_path: Path) -> None:
    with stage(tmp_path) as sim:
        feed = sim.feed()
        wait_until(feed.is_fresh)
        sim.ask("fault", kind="skip", count=100_000)
        wait_until(lambda: feed.error, 15)
        assert isinstance(feed.error, GapError | DeafError)


def test_too_many_requests_slow_polling_down_and_it_recovers(tmp_path: Path) -> None:
    with stage(tmp_path) as sim:
        feed = sim.feed("poll")
        wait_until(feed.is_fresh)
        sim.ask("fault", kind="refuse", status=429, on="rest", count=0, duration_s=6)
        wait_until(lambda: not feed.of(FeedHealth)[-1].fresh)
        assert "too many requests" in feed.of(FeedHealth)[-1].reason
        wait_until(feed.is_fresh, 25)
        assert sim.books_agree(feed)


def test_with_a_quiet_market_the_feed_stays_fresh(tmp_path: Path) -> None:
    """Paused, the simulator sends no market data; REST confirms the book and nobody cries deaf."""
    with stage(tmp_path) as sim:
        feed = sim.feed(quiet_s=0.5)
        wait_until(feed.is_fresh)
        sim.ask("pause")
        before = len(feed.of(FeedHealth))
        wait_until(lambda: len(feed.of(FeedHealth)) >= before + 5)
        assert all(message.fresh for message in feed.of(FeedHealth)[before:])
        assert feed.error is None


@pytest.mark.parametrize("key", ["rsa", "poll"])
def test_an_hourly_series_brings_the_books_of_its_nearest_strikes(tmp_path: Path, key: str) -> None:
    with stage(tmp_path, hourly_strikes=9) as sim:
        feed = sim.feed(key, subscribe={"series": ["KXBTC15M", "KXBTCD"], "strikes": 3})

        def hourly() -> set[str]:
            quoted = {quote.ticker for quote in feed.of(MarketQuoteChanged)}
            return {ticker for ticker in quoted if ticker.startswith("KXBTCD-")}

        wait_until(lambda: feed.is_fresh() and len(hourly()) >= 3, 20)
        roles = {role.series: role.running for role in feed.of(MarketRoleChanged)}
        assert roles["KXBTCD"] in hourly()
        assert all(sim.books_agree(feed, ticker) for ticker in [roles["KXBTC15M"], *hourly()])
        strikes = {m.ticker: m.strike_e6 for m in feed.of(MarketDefined) if m.ticker.startswith("KXBTCD-")}
        assert len(strikes) >= 9
        assert max(strikes[t] for t in hourly()) - min(strikes[t] for t in hourly()) <= 4 * 250_000_000


@pytest.mark.slow
def test_every_settled_market_is_read_once_more_and_agrees(tmp_path: Path) -> None:
    with stage(tmp_path, 180.0) as sim:
        feed = sim.feed(subscribe={"series": ["KXBTC15M", "KXBTCD"]})
        wait_until(lambda: len(feed.of(MarketChecked)) >= 8, 60)
        assert {checked.ticker.partition("-")[0] for checked in feed.of(MarketChecked)} == {
            "KXBTC15M",
            "KXBTCD",
        }
        assert [checked.differences for checked in feed.of(MarketChecked) if checked.differences] == []
        assert feed.error is None
