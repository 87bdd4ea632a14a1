"""Moves the world in real time, and every venue with it."""

import asyncio
import time

from simulator.faults import Fault
from simulator.hush import Hush
from simulator.kalshi.clock import MarketClock
from simulator.server import Host
from simulator.world import STEP_S, World

_HEARTBEAT_STEPS = 50  # 100 ms
_TOO_LATE_S = 0.25  # further behind than this (a stopped process, a slept laptop): the time is lost


class Engine:
    """The clock of the simulator: one step of the world every 2 ms, heartbeats every 100 ms.

    hush_ms: how long before every whole market second the books stand still. The steps that fall into it are
    made at once when it is over, so that the path and the rate do not depend on it.
    """

    def __init__(self, world: World, hush_ms: float) -> None:
        self.world = world
        self.hosts: dict[str, Host] = {}
        self.paused = False
        self.lost_s = 0.0
        self._hush = Hush(MarketClock(world.speed), hush_ms)
        self._flushed_ns = 0
        self._owed_steps = 0
        self._ticks = 0
        self._next_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def add(self, host: Host) -> None:
        """Serve this venue too."""
        self.hosts[host.venue.name] = host

    def start(self) -> None:
        """Begin; the loop that runs now drives it."""
        self._next_s = asyncio.get_running_loop().time()
        self._tick()

    def stop(self) -> None:
        """End; nothing is sent after it."""
        if self._timer is not None:
            self._timer.cancel()
        self._failure.cancel()

    async def failed(self) -> None:
        """Return never, raise what a venue raised."""
        await self._failure

    def state(self) -> dict[str, object]:
        return {
            "step": self.world.step_no,
            "paused": self.paused,
            "lost_s": round(self.lost_s, 3),
            "spot": round(self.world.spot(), 2),
            "index": self.world.index(time.time_ns()),
            "seed": self.world.seed,
            "speed": self.world.speed,
            "rate": self.world.rate,
        }

    def set_paused(self, paused: bool) -> None:
        self.paused = paused

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        if now_s - self._next_s > _TOO_LATE_S:
            self.lost_s += now_s - self._next_s
            self._next_s = now_s
        try:
            while self._next_s <= now_s:
                self._next_s += STEP_S
                self._step()
        except Exception as error:  # noqa: BLE001 - handed to whoever awaits failed()
            if not self._failure.done():
                self._failure.set_exception(error)
            return
        self._timer = loop.call_at(self._next_s, self._tick)

    def _step(self) -> None:
        self._ticks += 1
        now_ns = time.time_ns()
        if self._hush.missed(now_ns):
            self._flush(now_ns)
        self.world.publish(now_ns, self._flushed_ns)
        if not self.paused:
            self._owed_steps += 1
            if not self._hush.holds(now_ns):
                self._move(now_ns)
        if self._hush.begins(now_ns):
            self._flush(now_ns)
        if self._ticks % _HEARTBEAT_STEPS == 0:
            for host in self.hosts.values():
                self._attend(host, now_ns)

    def _move(self, now_ns: int) -> None:
        while self._owed_steps:
            self._owed_steps -= 1
            self.world.advance()
            for follow in self.world.followers:
                follow(now_ns)
            for host in self.hosts.values():
                host.venue.step(now_ns, self.world)

    def _flush(self, now_ns: int) -> None:
        self._flushed_ns = now_ns
        for host in self.hosts.values():
            host.venue.flush(now_ns)

    def _attend(self, host: Host, now_ns: int) -> None:
        host.board.turn(now_ns)
        self._close_on_command(host)
        flood = host.board.find("flood")
        self.world.flood[host.venue.name] = float(flood.option("factor", "20")) if flood else 1.0
        host.venue.heartbeat(now_ns)
        if self._ticks % (_HEARTBEAT_STEPS * 5) == 0:
            for session in host.sessions.values():
                session.flush_journal()

    def _close_on_command(self, host: Host) -> None:
        for session in list(host.sessions.values()):
            fault: Fault | None = host.board.find("close")
            if fault is None:
                return
            if fault.session not in (0, session.id):
                continue
            host.board.used(fault)
            if fault.option("abort", ""):
                session.abort()
            else:
                session.close(int(fault.option("code", "1011")), fault.option("reason", "told to"))
