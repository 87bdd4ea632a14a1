"""The engine's clock: what the hush, the flush and the published index mean for somebody at the sockets."""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

from simulator.engine import Engine
from simulator.kalshi.clock import MarketClock
from simulator.kalshi.keys import DemoKey, make_demo_key
from simulator.main import Running, running_simulator
from simulator.publisher import CONSTITUENTS
from simulator.server import Host, Reply
from simulator.settings import VENUES, IndexSettings, Settings
from simulator.world import World
from tests.simulator import plain_index
from tests.simulator.kalshi.client import World as KalshiWorld
from tests.simulator.venues.client import Book, empty_book, put, top

SECOND = 1_000_000_000


def _get(sim: Running, path: str, status: int = 200) -> Any:
    reply = requests.get(f"{next(iter(sim.urls.values()))}/_sim/{path}", timeout=10)
    assert reply.status_code == status, reply.text
    return reply.json()


def _plain(described: Any, index: IndexSettings) -> str:
    value = plain_index.compute(described["books"], index.cap_sample, index.uncross)
    assert value is not None
    return f"{value.cents // 100}.{value.cents % 100:02d}"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> DemoKey:
    return make_demo_key(tmp_path_factory.mktemp("keys"))


@pytest.mark.parametrize(
    ("speed", "index"),
    [(20.0, IndexSettings()), (50.0, IndexSettings(cap_sample="max50", uncross=False, hush_ms=0.0))],
)
def test_every_official_value_is_the_plain_index_of_the_books_that_stood_then(
    key: DemoKey, speed: float, index: IndexSettings
) -> None:
    settings = Settings(speed=speed, rate=2_000.0, index=index, keys={key.key_id: str(key.public_file)})
    with running_simulator(settings) as sim, requests.Session() as http:
        with KalshiWorld(sim, http, key).stream() as stream:
            stream.command("subscribe", channels=["cfbenchmarks_value"], index_ids=["BRTI"])
            stream.command("subscribe", channels=["cfbenchmarks_value_5hz"], index_ids=["BRTI"])
            values: dict[int, str] = {}
            fast: dict[int, str] = {}
            while len(values) < 10:
                frame = stream.take()
                if frame["type"] in ("cfbenchmarks_value", "cfbenchmarks_value_5hz"):
                    data = json.loads(frame["msg"]["data"])
                    (values if frame["type"] == "cfbenchmarks_value" else fast)[data["time"]] = data["value"]
        described = {stamp_ms: _get(sim, f"second?stamp_ns={stamp_ms * 1_000_000}") for stamp_ms in values}
    served = [venue for venue in VENUES if venue in CONSTITUENTS]
    for stamp_ms, value in values.items():
        assert list(described[stamp_ms]["books"]) == served
        assert value == described[stamp_ms]["official"] == _plain(described[stamp_ms], index)
        assert fast.get(stamp_ms, value) == value
    assert len(set(values.values())) > 1
    assert len(fast.keys() & values.keys()) >= 5
    period_ms = 1_000 / speed
    assert all(stamp_ms % period_ms == 0 for stamp_ms in values)
    assert all(round(stamp_ms * 5 / period_ms % 1, 6) in (0.0, 1.0) for stamp_ms in fast)


class Timekeeper:
    """A venue that only writes down when it was moved and flushed."""

    name = "gemini"

    def __init__(self) -> None:
        self.moved_ns: list[int] = []
        self.flushed_ns: list[int] = []

    def step(self, now_ns: int, world: object) -> None:
        self.moved_ns.append(now_ns)

    def flush(self, now_ns: int) -> None:
        self.flushed_ns.append(now_ns)

    def heartbeat(self, now_ns: int) -> None:
        pass


def test_no_book_moves_in_the_hush_and_its_steps_are_made_afterwards() -> None:
    world, venue, clock = World(1, speed=20.0), Timekeeper(), MarketClock(20.0)

    async def run() -> None:
        engine = Engine(world, hush_ms=5.0)
        engine.add(Host(venue, lambda host, request: Reply(404, b"")))  # type: ignore[arg-type]
        engine.start()
        async with asyncio.timeout(10):
            while len(venue.flushed_ns) < 10:
                await asyncio.sleep(0.01)
        engine.stop()

    asyncio.run(run())
    assert all(clock.second(at_ns + 5_000_000) == clock.second(at_ns) for at_ns in venue.moved_ns)
    # Moved with every step, whether a hush held them up or not.
    assert len(venue.moved_ns) == world.step_no


def test_a_second_that_nobody_remembers_is_said_so() -> None:
    with running_simulator(Settings(ports={"gemini": 0})) as sim:
        assert "remembered" in _get(sim, "second?stamp_ns=17", 404)["error"]
        assert "nanoseconds" in _get(sim, "second?stamp_ns=soon", 400)["error"]


class Watcher:
    """Reads one stream until it ends, and rebuilds the book of any moment by the venue's own stamps."""

    def __init__(self, socket: ClientConnection, depth: int, read: Callable[[Any], "Read | None"]) -> None:
        self._depth = depth
        self._read = read
        self._socket = socket
        self._frames: list[Any] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        for text in self._socket:
            self._frames.append(json.loads(text, parse_float=Decimal))

    def stop(self) -> None:
        self._socket.close()
        self._thread.join(10)

    def before(self, at_ns: int) -> Book:
        """The book from all frames that were made before this instant."""
        book = empty_book()
        for frame in self._frames:
            found = self._read(frame)
            if found is None or found[0] >= at_ns:
                continue
            _, is_whole, levels = found
            if is_whole:
                book = empty_book()
            for side, price, size in levels:
                put(book, side, price, size)
            if self._depth:
                book = top(book, self._depth)
        return book


Read = tuple[int, bool, list[tuple[str, Any, Any]]]
"""When a frame was made, whether it is a whole book, and its levels."""


def _ns(text: str) -> int:
    since = datetime.fromisoformat(text) - datetime.fromtimestamp(0, UTC)
    return since // timedelta(microseconds=1) * 1_000


def _coinbase(frame: Any) -> Read | None:
    if frame["type"] == "snapshot":
        levels = [(side, price, size) for side in ("bids", "asks") for price, size in frame[side]]
        return _ns(frame["time"]), True, levels
    if frame["type"] == "l2update":
        sides = {"buy": "bids", "sell": "asks"}
        return (
            _ns(frame["time"]),
            False,
            [(sides[side], price, size) for side, price, size in frame["changes"]],
        )
    return None


def _kraken(frame: Any) -> Read | None:
    if frame.get("channel") != "book":
        return None
    data = frame["data"][0]
    levels = [(side, level["price"], level["qty"]) for side in ("bids", "asks") for level in data[side]]
    return _ns(data["timestamp"]), frame["type"] == "snapshot", levels


def _bitstamp(frame: Any) -> Read | None:
    if frame["event"] != "data":
        return None
    data = frame["data"]
    levels = [(side, price, size) for side in ("bids", "asks") for price, size in data[side]]
    return int(data["microtimestamp"]) * 1_000, True, levels


def _gemini(frame: Any) -> Read | None:
    if frame.get("e") != "depthUpdate":
        return None
    levels = [
        (side, price, size) for side, name in (("bids", "b"), ("asks", "a")) for price, size in frame[name]
    ]
    return int(frame["E"]), frame["U"] == frame["u"], levels


def _cryptocom(frame: Any) -> Read | None:
    result = frame.get("result", {})
    if result.get("channel") not in ("book", "book.update"):
        return None
    record = result["data"][0]
    sides = record.get("update", record)
    levels = [(side, price, size) for side in ("bids", "asks") for price, size, _ in sides[side]]
    return record["t"] * 1_000_000, result["channel"] == "book", levels


def _bullish(frame: Any) -> Read | None:
    if frame.get("dataType") != "V1TALevel2":
        return None
    data = frame["data"]
    levels = [
        (side, *level)
        for side in ("bids", "asks")
        for level in zip(data[side][::2], data[side][1::2], strict=True)
    ]
    return int(data["publishedAtTimestamp"]) * 1_000_000, True, levels


def _lmax(frame: Any) -> Read | None:
    if frame["type"] != "ORDER_BOOK":
        return None
    levels = [(side, level["price"], level["quantity"]) for side in ("bids", "asks") for level in frame[side]]
    return _ns(frame["timestamp"]), True, levels


COINBASE = {"type": "subscribe", "product_ids": ["BTC-USD"], "channels": ["level2_batch"]}
KRAKEN = {"method": "subscribe", "params": {"channel": "book", "symbol": ["BTC/USD"], "depth": 1000}}
BITSTAMP = {"event": "bts:subscribe", "data": {"channel": "order_book_btcusd"}}
GEMINI = {"id": 1, "method": "subscribe", "params": ["btcusd@depth"]}
CRYPTOCOM = {
    "id": 1,
    "method": "subscribe",
    "params": {
        "channels": ["book.BTC_USD.50"],
        "book_subscription_type": "SNAPSHOT_AND_UPDATE",
        "book_update_frequency": 10,
    },
}
BULLISH = {
    "jsonrpc": "2.0",
    "type": "command",
    "method": "subscribe",
    "params": {"topic": "l2Orderbook", "symbol": "BTCUSD"},
    "id": "1",
}
LMAX = {"type": "SUBSCRIBE", "channels": [{"name": "ORDER_BOOK", "instruments": ["btc-usd"]}]}
STREAMS: list[tuple[str, str, object, int, Callable[[Any], Read | None]]] = [
    ("coinbase", "/", COINBASE, 0, _coinbase),
    ("kraken", "/v2", KRAKEN, 1_000, _kraken),
    ("bitstamp", "/", BITSTAMP, 100, _bitstamp),
    ("gemini", "/?snapshot=-1", GEMINI, 0, _gemini),
    ("cryptocom", "/exchange/v1/market", CRYPTOCOM, 50, _cryptocom),
    ("bullish", "/trading-api/v1/market-data/orderbook", BULLISH, 0, _bullish),
    ("lmax", "/v1/web-socket", LMAX, 0, _lmax),
]


def test_the_public_books_before_a_second_are_those_that_its_value_was_made_of(
    eventually: Callable[..., None],
) -> None:
    watchers = {}
    with running_simulator(Settings(speed=10.0, rate=2_000.0)) as sim, ExitStack() as stack:
        for venue, path, hello, depth, read in STREAMS:
            url = sim.stream_urls[venue] + path
            socket = stack.enter_context(
                connect(url, max_size=None, max_queue=None, compression=None, proxy=None)
            )
            socket.send(json.dumps(hello))
            watchers[venue] = Watcher(socket, depth, read)
            stack.callback(watchers[venue].stop)
        seconds = sim.engine.world.publisher.seconds
        eventually(lambda: seconds)
        first_ns = list(seconds)[-1] + 4 * SECOND // 10

        def flushed_in_time() -> list[int]:
            # Not by asking for it: to write out the books takes a good part of the hush.
            kept = [(stamp_ns, seconds[stamp_ns]) for stamp_ns in list(seconds) if stamp_ns >= first_ns]
            return [stamp_ns for stamp_ns, second in kept if second.flushed_ns < stamp_ns]

        eventually(lambda: len(flushed_in_time()) >= 5)
        described = [_get(sim, f"second?stamp_ns={stamp_ns}") for stamp_ns in flushed_in_time()[:5]]
    for second in described:
        for venue, watcher in watchers.items():
            truth = {
                side: {Decimal(price): Decimal(size) for price, size in second["books"][venue][side]}
                for side in ("bids", "asks")
            }
            assert top(watcher.before(second["stamp_ns"]), 0) == truth, venue
