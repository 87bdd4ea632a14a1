"""Plays a recorded session on the venues' own protocols, on loopback."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Protocol

import msgspec

from messages import BookSnapshot, MarketDefined, Message
from messages.log import LogReader
from simulator.control import Control
from simulator.engine import Engine
from simulator.kalshi.audience import Audience
from simulator.kalshi.venue import KalshiVenue
from simulator.main import Running, make_venue, running_simulator, serve_venues
from simulator.recorded import contracts, prices
from simulator.recorded.contracts import RecordedContracts
from simulator.recorded.playhead import Playhead
from simulator.recorded.prices import RecordedExchange
from simulator.recorded.tape import Tape
from simulator.recorded.world import RecordedWorld
from simulator.settings import VENUES, KalshiSettings, Settings
from simulator.venue import Venue
from simulator.venues.exchange import Exchange
from simulator.world import World

_BEFORE_NS = 30_000_000_000
"""How far back a book is looked for: feeds write the whole of it at least every 10 s."""
_LAST_FRAMES_NS = 300_000_000
"""After the last record, so that what a cadence holds back is sent too."""
_KALSHI = "kalshi"

Tell = Callable[[str], None]
"""Is told in a sentence what whoever watches should know."""


@dataclass(frozen=True)
class Recording:
    """What is to be played.

    log_root: the folder of all logs. begin_ns, end_ns: append times; of the session. from_ns: where playing
    begins. speed: recorded seconds per real second. market_speed: of the market's clock when it was recorded.
    """

    log_root: Path
    begin_ns: int
    end_ns: int
    from_ns: int
    speed: float
    market_speed: float

    def venues(self) -> list[str]:
        """The venues that have a log, in the usual order."""
        return [name for name in VENUES if any((self.log_root / name).glob("*.seg"))]


class Target(Protocol):
    """What one feed's records move."""

    unshown: int

    @property
    def quiet(self) -> str: ...
    def hush(self, why: str) -> None: ...
    def play(self, message: Message, now_ns: int, times: int = 1) -> None: ...


@dataclass
class Part:
    """One venue of a recording: its records, and what they move.

    shown: how many of them were played. is_told: that it is quiet.
    """

    name: str
    tape: Tape
    target: Target
    shown: int = 0
    was_quiet: str = ""
    is_told: bool = False


class Playing:
    """A recording that is being played. Driven by `follow` alone."""

    def __init__(self, recording: Recording, playhead: Playhead, world: World, tell: Tell) -> None:
        self.recording = recording
        self.over = Event()
        """Set when everything recorded has been played and sent, or nothing more can be."""
        self.is_over = False
        """Everything recorded has been played."""
        self.parts: list[Part] = []
        self._playhead = playhead
        self._world = world
        self._tell = tell
        self._ended_ns = 0

    @property
    def recorded_ns(self) -> int:
        """Recorded time that has been reached."""
        return self._playhead.recorded_ns

    def describe(self) -> dict[str, Any]:
        """Where the recording stands, for /_sim/state and the end."""
        return {
            "recorded_ns": self.recorded_ns,
            "over": self.is_over,
            "played": {part.name: part.shown for part in self.parts},
            "unshown": {part.name: part.target.unshown for part in self.parts if part.target.unshown},
            "quiet": {part.name: part.target.quiet for part in self.parts if part.target.quiet},
        }

    def add(self, name: str, kinds: frozenset[int], target: Target) -> None:
        """Play this venue's log too; what came before the start moves it at once."""
        recording, log_dir = self.recording, self.recording.log_root / name
        now_ns = time.time_ns()

        def lost(why: str) -> None:
            self._tell(f"{name}: records cannot be read ({why})")
            target.hush("records are missing")

        if MarketDefined.kind in kinds:
            known = frozenset({MarketDefined.kind})
            early = Tape(log_dir, known, recording.begin_ns, recording.from_ns, lost)
            _roll(early, recording.from_ns, target, now_ns)
            early.close()
        since_ns = max(recording.begin_ns, recording.from_ns - _BEFORE_NS)
        tape = Tape(log_dir, kinds, since_ns, recording.end_ns, lost)
        _roll(tape, recording.from_ns - 1, target, now_ns)
        target.unshown = 0
        self.parts.append(Part(name, tape, target, was_quiet=target.quiet))

    def follow(self, now_ns: int) -> None:
        """Let happen what is due by now."""
        self._playhead.move(now_ns)
        for part in self.parts:
            times = round(self._world.flood[part.name])
            while (record := part.tape.next(self._playhead.recorded_ns)) is not None:
                part.shown += 1
                part.target.play(record.message(), now_ns, times)
                if part.target.quiet != part.was_quiet:
                    self._tell_quiet(part)
        if not self.is_over and all(part.tape.over for part in self.parts):
            self.is_over, self._ended_ns = True, now_ns
        if self.is_over and now_ns - self._ended_ns >= _LAST_FRAMES_NS:
            self.over.set()

    def close(self) -> None:
        """End; who waits for the end is let go."""
        self.over.set()
        for part in self.parts:
            part.tape.close()

    def _tell_quiet(self, part: Part) -> None:
        before, part.was_quiet = part.was_quiet, part.target.quiet
        if part.was_quiet and not before and not part.tape.over:
            part.is_told = True
            self._tell(f"{part.name}: no book in the recording from here on ({part.was_quiet}); it is quiet")
        elif part.is_told and not part.was_quiet:
            part.is_told = False
            self._tell(f"{part.name}: the recording has a book again; clients get a fresh snapshot")


def _roll(tape: Tape, until_ns: int, target: Target, now_ns: int) -> None:
    while (record := tape.next(until_ns)) is not None:
        target.play(record.message(), now_ns)


@contextlib.contextmanager
def running_recording(
    recording: Recording, settings: Settings, tell: Tell
) -> Iterator[tuple[Running, Playing]]:
    """Serve a recording in a thread of its own while the block lasts.

    settings: ports, faults, journal, keys, compression and readings of the simulator; only venues with a log
    are served. The block begins when every port is bound; `Playing.over` is set when all has been played.
    *Raises* FaultError, OSError for a port that is taken, LogError for a log that cannot be entered.
    """
    begun: list[Playing] = []

    @contextlib.asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Running]:
        async with _serve(recording, settings, tell) as (running, playing):
            begun.append(playing)
            yield running

    with running_simulator(settings, opened) as running:
        yield running, begun[0]


@contextlib.asynccontextmanager
async def _serve(
    recording: Recording, settings: Settings, tell: Tell
) -> AsyncIterator[tuple[Running, Playing]]:
    names = [name for name in recording.venues() if name in settings.ports]
    playhead = Playhead(recording.from_ns, recording.speed, recording.market_speed, time.time_ns())
    world = RecordedWorld(
        recording.market_speed * recording.speed, {name: _first_mid_usd(recording, name) for name in names}
    )
    playing = Playing(recording, playhead, world, tell)
    served = msgspec.structs.replace(settings, ports={name: settings.ports[name] for name in names})
    venues = [_add_venue(name, served, world, playing, playhead) for name in names]
    world.followers.append(playing.follow)
    engine = Engine(world, hush_ms=0.0)
    control = Control(
        time.time_ns,
        lambda: {**engine.state(), "recording": playing.describe()},
        engine.set_paused,
        world.publisher.describe,
    )
    try:
        async with serve_venues(served, engine, venues, control) as running:
            yield running, playing
    finally:
        playing.close()


def _add_venue(
    name: str, settings: Settings, world: RecordedWorld, playing: Playing, playhead: Playhead
) -> Venue:
    if name == _KALSHI:

        def make(kalshi: KalshiSettings, world_: World, audience: Audience) -> RecordedContracts:
            return RecordedContracts(kalshi, world, audience, playhead)

        kalshi = KalshiVenue(settings, world, make)
        assert isinstance(kalshi.exchange, RecordedContracts)  # noqa: S101 - made above
        playing.add(name, contracts.KINDS, kalshi.exchange)
        return kalshi
    inner = make_venue(name, settings, world)
    assert isinstance(inner, Exchange)  # noqa: S101 - all but Kalshi are
    recorded = RecordedExchange(inner)
    playing.add(name, prices.KINDS, recorded)
    return recorded


def _first_mid_usd(recording: Recording, name: str) -> float:
    """Where a venue's recorded price first stands, 0.0 where it never does: what its yesterday is made of."""
    since_ns = max(recording.begin_ns, recording.from_ns - _BEFORE_NS)
    with LogReader(recording.log_root / name) as reader:
        reader.seek_time(since_ns)
        while name != _KALSHI:
            for record in reader.read(1, frozenset({BookSnapshot.kind})):
                book = record.message()
                if isinstance(book, BookSnapshot) and book.bids and book.asks:
                    return (book.bids[0][0] + book.asks[0][0]) / 2e8
            if reader.drained:
                break
    return 0.0
