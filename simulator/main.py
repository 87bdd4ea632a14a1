"""Brings the venues up on loopback and keeps them going: as an actor, as a command, or inside a test."""

import asyncio
import contextlib
import os
import resource
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from queue import Queue

import msgspec

from messages.control import Assignment, Beat
from simulator.control import Control
from simulator.engine import Engine
from simulator.faults import FaultError, parse_fault
from simulator.server import Host, Venue
from simulator.settings import Settings
from simulator.world import STEP_S, World

BEAT_S = 0.25
_POLL_S = 0.05  # how soon a stop is noticed

# Venue to where its class stands, as `module:class`; the class takes (settings, world).
_VENUES = {
    "kalshi": "simulator.kalshi.venue:KalshiVenue",
    "coinbase": "simulator.venues.coinbase:CoinbaseVenue",
    "kraken": "simulator.venues.kraken:KrakenVenue",
    "bitstamp": "simulator.venues.bitstamp:BitstampVenue",
    "gemini": "simulator.venues.gemini:GeminiVenue",
    "cryptocom": "simulator.venues.cryptocom:CryptocomVenue",
    "bullish": "simulator.venues.bullish:BullishVenue",
    "itbit": "simulator.venues.itbit:ItbitVenue",
    "lmax": "simulator.venues.lmax:LmaxVenue",
    "binance": "simulator.venues.binance:BinanceVenue",
    "binance_us": "simulator.venues.binance:BinanceUsVenue",
    "polymarket": "simulator.polymarket.venue:PolymarketVenue",
}


@dataclass(frozen=True)
class Running:
    """A simulator that runs."""

    settings: Settings
    engine: Engine
    hosts: dict[str, Host]

    @property
    def ports(self) -> dict[str, int]:
        """Venue to TCP port."""
        return {name: host.port for name, host in self.hosts.items()}

    @property
    def urls(self) -> dict[str, str]:
        """Venue to the root of its REST side, `http://127.0.0.1:port`."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}

    @property
    def stream_urls(self) -> dict[str, str]:
        """Venue to the root of its stream side, `ws://127.0.0.1:port`."""
        return {name: f"ws://127.0.0.1:{port}" for name, port in self.ports.items()}


@contextlib.asynccontextmanager
async def serve(settings: Settings) -> AsyncIterator[Running]:
    """Run the venues that settings.ports names until the block is left.

    *Raises* FaultError for a fault that cannot be understood, OSError for a port that is taken.
    """
    world = World(settings.seed, settings.speed, settings.rate, settings.index)
    engine = Engine(world, settings.index.hush_ms)
    control = Control(time.time_ns, engine.state, engine.set_paused, world.publisher.describe)
    venues = [make_venue(name, settings, world) for name in settings.ports]
    async with serve_venues(settings, engine, venues, control) as running:
        yield running


@contextlib.asynccontextmanager
async def serve_venues(
    settings: Settings, engine: Engine, venues: Iterable[Venue], control: Control
) -> AsyncIterator[Running]:
    """Run these venues until the block is left, on the ports that settings.ports names.

    *Raises* FaultError, OSError.
    """
    journal = Path(settings.journal) if settings.journal else None
    for venue in venues:
        engine.add(Host(venue, control, journal, settings.compression))
    _inject(settings.faults, engine.hosts)
    try:
        for name, host in engine.hosts.items():
            await host.listen(settings.ports[name])
        engine.start()
        yield Running(settings, engine, engine.hosts)
    finally:
        engine.stop()
        for host in engine.hosts.values():
            await host.close()


Opened = Callable[[Settings], contextlib.AbstractAsyncContextManager[Running]]


@contextlib.contextmanager
def running_simulator(settings: Settings, opened: Opened = serve) -> Iterator[Running]:
    """Run a simulator in a thread of its own while the block lasts; for commands, tests and notebooks.

    Ready when the block begins. What kills it inside is raised when the block ends. opened: how it is
    brought up.
    """
    up: Queue[Running | BaseException] = Queue()
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(_run(settings, stop, up.put, opened=opened))
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread
            failures.append(error)
            up.put(error)

    thread = threading.Thread(target=work, name="simulator", daemon=True)
    thread.start()
    first = up.get()
    try:
        if isinstance(first, Running):
            yield first
    finally:
        stop.set()
        thread.join()
        if failures:
            raise failures[0]


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Run as an actor until stop is set: bind the ports, beat four times a second.

    The settings are those of simulator.settings.Settings. *Raises* what ends it: a port that is taken,
    a fault that cannot be understood.
    """
    settings = msgspec.convert(assignment.settings, Settings)
    asyncio.run(_run(settings, stop, lambda running: None, assignment.beat_fd))


async def _run(
    settings: Settings,
    stop: threading.Event,
    on_ready: Callable[[Running], None],
    beat_fd: int = -1,
    opened: Opened = serve,
) -> None:
    async with opened(settings) as running:
        on_ready(running)
        beating = asyncio.create_task(_beat(running, beat_fd, stop))
        failing = asyncio.create_task(running.engine.failed())
        done, pending = await asyncio.wait({beating, failing}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()


async def _beat(running: Running, beat_fd: int, stop: threading.Event) -> None:
    """Beat until stop is set."""
    next_s = 0.0
    cpu_s, at_s = time.process_time(), time.monotonic()
    while not stop.is_set():
        now_s = time.monotonic()
        if beat_fd >= 0 and now_s >= next_s:
            next_s = now_s + BEAT_S
            used_s, since_s = time.process_time() - cpu_s, max(now_s - at_s, 1e-3)
            cpu_s, at_s = time.process_time(), now_s
            beat = _make_beat(running, 100.0 * used_s / since_s)
            with contextlib.suppress(BlockingIOError):
                os.write(beat_fd, msgspec.json.encode(beat) + b"\n")
        await asyncio.sleep(_POLL_S)


def _make_beat(running: Running, cpu_pct: float) -> Beat:
    # ru_maxrss is in kilobytes on Linux, in bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sessions = [session for host in running.hosts.values() for session in host.sessions.values()]
    return Beat(
        ready=True,
        fresh=True,
        data_age_s=0.0,
        good_s=running.engine.world.step_no * STEP_S,
        sent=sum(session.sent for session in sessions),
        rss_mb=peak / (1024.0 if sys.platform != "darwin" else 1048576.0),
        cpu_pct=round(cpu_pct, 1),
        detail={"urls": running.urls, "sessions": len(sessions), "paused": running.engine.paused},
    )


def make_venue(name: str, settings: Settings, world: World) -> Venue:
    """Bring up one venue of this world."""
    module, _, attribute = _VENUES[name].partition(":")
    venue: Venue = getattr(import_module(module), attribute)(settings, world)
    return venue


def _inject(faults: list[str], hosts: dict[str, Host]) -> None:
    for text in faults:
        venue, fault = parse_fault(text)
        if venue != "*" and venue not in hosts:
            raise FaultError(f"fault {text!r} names {venue!r}; served are {', '.join(hosts)}")
        for name, host in hosts.items():
            if venue in ("*", name):
                host.board.inject(replace(fault, held=set()), time.time_ns())
