"""A recorded session on the wire: our own feeds and a plain client on it."""

import contextlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

from messages import (
    BookWithdrawn,
    DriftSeen,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketDefined,
    MarketTraded,
    OfficialIndexPublished,
    TradePrinted,
)
from simulator.faults import FaultError
from simulator.kalshi.keys import make_demo_key
from simulator.main import Running
from simulator.recorded.main import Playing, Recording, running_recording
from simulator.settings import Settings
from tests.actors.kalshi.test_against_simulator import Feed
from tests.actors.prices.captures import Follower
from tests.actors.prices.test_against_simulator import Running as PriceFeed
from tests.actors.prices.test_against_simulator import best
from tests.actors.shells import records
from tests.conftest import wait_until
from tests.simulator.recorded.logs import (
    EXCHANGES,
    LEVELS,
    TICKER,
    USD_E8,
    at,
    changed,
    closed,
    market_moves,
    moving,
    recording,
    snapshot,
    started,
    withdrawn,
    write,
)

SHOWN = {"cryptocom": 50}
"""Levels a side, where a venue's stream shows fewer than the recording has."""
SILENT_TRADES = ("itbit", "lmax")
POLLED_TRADES = ("bullish",)
"""Asked for by REST every few seconds, so the last ones may not have been heard yet."""


@contextlib.contextmanager
def served(
    what: Recording, told: list[str] | None = None, settings: Settings | None = None
) -> Iterator[tuple[Running, Playing]]:
    tell = (told if told is not None else []).append
    with running_recording(what, settings or Settings(), tell) as both:
        yield both


@contextlib.contextmanager
def plain(live: Running) -> Iterator[ClientConnection]:
    """A client that knows Coinbase's documents and nothing of us."""
    with connect(live.stream_urls["coinbase"], max_size=None, compression=None, proxy=None) as client:
        client.send('{"type":"subscribe","product_ids":["BTC-USD"],"channels":["level2_batch"]}')
        yield client


@contextlib.contextmanager
def plain_from_the_start(live: Running) -> Iterator[ClientConnection]:
    """The same client, for which the recording waits until it has its snapshot."""
    live.engine.set_paused(True)
    with plain(live) as client:
        yield client


def hear(client: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(client.recv(timeout=10))
        if message["type"] == kind:
            return message


def state(live: Running, venue: str = "coinbase") -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{live.urls[venue]}/_sim/state", timeout=5).json()
    return found


def book_of(data_dir: Path, venue: str) -> tuple[dict[int, int], dict[int, int]]:
    follower = Follower().follow([message for _, message in records(data_dir, venue)])
    return follower.bids, follower.asks


def rebuilt(feed: PriceFeed, book: tuple[dict[int, int], dict[int, int]], depth: int) -> None:
    wait_until(lambda: best(feed.book(), depth) == best(book, depth), 5)


def heard(feed: PriceFeed, trade: tuple[int, int]) -> bool:
    return trade in {(one.price_e8, one.size_e8) for one in feed.said(TradePrinted)}


def test_our_feeds_rebuild_the_recorded_books_of_every_exchange(tmp_path: Path) -> None:
    for venue in EXCHANGES:
        write(tmp_path / "then" / "log" / venue, moving(venue, 60, 4.0))
    with served(recording(tmp_path / "then", speed=2.0, from_s=0.15)) as (live, playing):
        feeds = {
            venue: PriceFeed(tmp_path / "now", venue, live.urls[venue], live.stream_urls[venue])
            for venue in EXCHANGES
        }
        try:
            assert playing.over.wait(20)
            for venue, feed in feeds.items():
                rebuilt(feed, book_of(tmp_path / "then", venue), SHOWN.get(venue, LEVELS))
                if venue not in (*SILENT_TRADES, *POLLED_TRADES):
                    wait_until(partial(heard, feed, (60_060 * USD_E8, 1_000_000)), 5)
        finally:
            for feed in feeds.values():
                feed.end()
    for venue, feed in feeds.items():
        assert feed.error is None, venue
        assert feed.said(DriftSeen) == feed.said(BookWithdrawn) == [], venue
    assert playing.describe()["unshown"] == {}


def test_our_kalshi_feed_hears_the_recorded_market_again(tmp_path: Path) -> None:
    write(tmp_path / "then" / "log" / "kalshi", market_moves(40, 4.0))
    key = make_demo_key(tmp_path / "keys")
    settings = Settings(keys={key.key_id: str(key.public_file)})
    with served(recording(tmp_path / "then", speed=2.0, from_s=0.15), settings=settings) as (live, playing):
        feed = Feed(
            tmp_path / "now",
            {
                "url": f"{live.stream_urls['kalshi']}/trade-api/ws/v2",
                "rest_url": f"{live.urls['kalshi']}/trade-api/v2",
                "speed": 2.0,
                "key_id": key.key_id,
                "key_file": str(key.private_file),
            },
        )
        try:
            assert playing.over.wait(20)
            wait_until(lambda: len(feed.of(MarketBookChanged)) > 10)
        finally:
            feed.end()
    assert feed.error is None
    assert feed.of(DriftSeen) == []
    then = [message for _, message in records(tmp_path / "then", "kalshi")]
    for kind, fields in (
        (MarketBookChanged, ("is_bid", "price_e6", "count_e2", "change_e2")),
        (MarketTraded, ("price_e6", "count_e2", "taker_buys_yes")),
        (OfficialIndexPublished, ("value_e6", "avg60_e6", "hz")),
    ):
        was, now = (
            [
                tuple(getattr(message, name) for name in fields)
                for message in messages
                if type(message) is kind
            ]
            for messages in (then, feed.heard)
        )
        assert now, kind
        assert was[-len(now) :] == now, kind
    assert feed.of(MarketBookSnapshot)[0].bids[0][0] == 480_000
    stamps = [value.source_ns for value in feed.of(OfficialIndexPublished)]
    assert all(stamp_ns % (10**9 // 2) == 0 for stamp_ns in stamps)
    (market,) = {(m.ticker, m.strike_e6, m.close_ns - m.open_ns) for m in feed.of(MarketDefined)}
    assert market == (TICKER, 60_000_000_000, 450 * 10**9)


def test_a_plain_client_gets_the_book_of_any_moment_and_what_follows_at_its_pace(tmp_path: Path) -> None:
    timed = [
        (0.0, started("coinbase")),
        (0.1, snapshot("coinbase")),
        (34.0, changed("coinbase", [(60_000 * USD_E8, 5)], [])),
        (35.0, changed("coinbase", [(60_000 * USD_E8, 6)], [])),
        (41.0, changed("coinbase", [(60_000 * USD_E8, 7)], [])),
    ]
    write(tmp_path / "log" / "coinbase", timed)
    what = recording(tmp_path, speed=10.0, from_s=30.0)
    with served(what) as (live, playing), plain_from_the_start(live) as client:
        assert hear(client, "snapshot")["bids"][0] == ["60000.00", "0.01000000"]
        live.engine.set_paused(False)
        sizes = [hear(client, "l2update")["changes"][0][2] for _ in range(3)]
        assert sizes == ["0.00000005", "0.00000006", "0.00000007"]
        assert playing.over.wait(10)
        assert at(41.0) <= playing.recorded_ns
        described = state(live)["recording"]
        assert described["over"]
        assert described["played"] == {"coinbase": 3}


def test_a_hole_in_the_recording_is_told_and_ends_with_a_fresh_snapshot(tmp_path: Path) -> None:
    timed = [
        (0.1, snapshot("coinbase")),
        (2.0, closed("coinbase")),
        (2.0, withdrawn("coinbase")),
        (4.0, snapshot("coinbase", 60_700)),
        (4.1, changed("coinbase", [(60_700 * USD_E8, 5)], [])),
    ]
    write(tmp_path / "log" / "coinbase", timed)
    told: list[str] = []
    with served(recording(tmp_path, speed=2.0, from_s=0.5), told) as (live, playing):
        with plain_from_the_start(live) as client:
            assert hear(client, "snapshot")["bids"][0][0] == "60000.00"
            live.engine.set_paused(False)
            wait_until(lambda: "coinbase" in state(live)["recording"]["quiet"])
            refused = requests.get(f"{live.urls['coinbase']}/products/BTC-USD/book", timeout=5)
            assert refused.status_code == 503
            with contextlib.suppress(Exception):
                while True:
                    client.recv(timeout=10)
            assert client.close_code == 1012
        with plain(live) as client:
            assert hear(client, "snapshot")["bids"][0][0] == "60700.00"
        assert playing.over.wait(10)
    assert told == [
        "coinbase: no book in the recording from here on (the line broke); it is quiet",
        "coinbase: the recording has a book again; clients get a fresh snapshot",
    ]


def test_faults_strike_and_a_pause_holds_the_recording(tmp_path: Path) -> None:
    write(tmp_path / "log" / "coinbase", moving("coinbase", 200, 30.0))
    with served(recording(tmp_path, from_s=0.15)) as (live, playing), plain(live) as client:
        hear(client, "l2update")
        requests.get(f"{live.urls['coinbase']}/_sim/pause", timeout=5)
        held_ns = playing.recorded_ns
        threading.Event().wait(0.4)
        assert playing.recorded_ns == held_ns
        requests.get(f"{live.urls['coinbase']}/_sim/resume", timeout=5)
        hear(client, "l2update")
        assert playing.recorded_ns - held_ns < 3 * 10**9
        requests.get(f"{live.urls['coinbase']}/_sim/fault?kind=repeat", timeout=5)
        was: dict[str, Any] = {}
        while (heard := hear(client, "l2update")) != was:
            was = heard
        requests.get(f"{live.urls['coinbase']}/_sim/fault?kind=flood&factor=3", timeout=5)
        times = 0
        while times < 3:
            heard = hear(client, "l2update")
            times, was = (times + 1 if heard["changes"] == was["changes"] else 1), heard
        requests.get(f"{live.urls['coinbase']}/_sim/fault?kind=close&code=1013", timeout=5)
        with contextlib.suppress(Exception):
            while True:
                client.recv(timeout=10)
        assert client.close_code == 1013


def test_a_fault_for_a_venue_that_was_not_recorded_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "log" / "coinbase", moving("coinbase", 2, 1.0))
    what = recording(tmp_path)
    assert what.venues() == ["coinbase"]
    with (
        pytest.raises(FaultError, match="served are coinbase"),
        running_recording(what, Settings(faults=["close:kraken"]), print),
    ):
        pass


def test_records_that_cannot_be_read_make_the_venue_quiet(tmp_path: Path) -> None:
    write(tmp_path / "log" / "coinbase", moving("coinbase", 20, 2.0))
    (path,) = (tmp_path / "log" / "coinbase").glob("*.seg")
    data = bytearray(path.read_bytes())
    data[-300] ^= 1
    path.write_bytes(data)
    told: list[str] = []
    with served(recording(tmp_path, speed=4.0), told) as (_, playing):
        assert playing.over.wait(10)
        assert "coinbase" in playing.describe()["quiet"]
    assert told[0].startswith("coinbase: records cannot be read (")
    assert path.name in told[0]
