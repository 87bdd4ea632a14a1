"""The feed: one connection, no reconnect. Whatever cannot be healed ends the process.

The venue's knowledge is in the adapter; here are the socket, the clock and the log. Each frame is
stamped, written raw, then shown to the adapter, and what the adapter says is written before anybody
hears it.
"""

import select
import threading
import time
from collections.abc import Iterable

from actors.actor import Ending, LoopActor, describe, run_actor
from actors.adapter import Adapter, Freshness, Get, Output, Send
from actors.errors import NetworkError
from actors.history import look_back
from actors.link import Link
from actors.outbox import Outbox
from actors.pulse import Pulse
from actors.rest import RestDesk
from messages import Assignment, FeedClosed, FeedGap, FeedHealth, FeedOpened, FrameReceived, Message
from messages.doorbell import Doorbell
from messages.version import VERSION

TICK_S = 0.1
HEALTH_S = 1.0
PONG_LIMIT_S = 10.0
CONNECT_LIMIT_S = 5.0


class FeedActor(LoopActor):
    """Owns a venue's connection and drives its adapter."""

    def __init__(self, ending: Ending, assignment: Assignment, adapter: Adapter, doorbell: Doorbell) -> None:
        super().__init__(ending)
        self._adapter = adapter
        self._doorbell = doorbell
        self._outbox = Outbox(assignment)
        self._before = look_back(self._outbox.log_dir, self._outbox.last_at_ns)
        self._conn = self._before.conn + 1
        self._outbox.open()
        self._pulse = Pulse(assignment.beat_fd)
        self._link: Link | None = None
        self._desk = RestDesk(adapter.rest_url, doorbell, f"kalshi-actors/{VERSION}")
        self._poll = select.poll()
        self._poll.register(doorbell.read_fd, select.POLLIN)
        self._opened = False
        self._frames = 0
        self._was_fresh = False
        self._next_tick_s = self._next_health_s = self._next_ping_s = 0.0
        self._ping_s = self._pinged_s = self._ponged_s = 0.0
        self._latency_ms = (-1.0, -1.0)

    def turn(self) -> None:
        if not self._opened:
            self._open()
        wait_s = self._next_tick_s - time.monotonic()
        for fd, _ in self._poll.poll(max(0.0, wait_s) * 1000):
            if fd == self._doorbell.read_fd:
                self._doorbell.clear()
                self._take_replies()
            else:
                self._receive()
        if time.monotonic() >= self._next_tick_s:
            self._tick()
        if self._pulse.due():
            self._beat(self._adapter.freshness(time.time_ns()))

    def closed(self) -> None:
        self._end("asked to stop", "none")

    def failed(self, error: BaseException) -> None:
        self._end(*describe(error))

    # -- the connection

    def _open(self) -> None:
        handshake = self._adapter.handshake(time.time_ns())
        url, local = self._adapter.rest_url, ""
        if handshake is not None:
            self._link = Link(handshake, CONNECT_LIMIT_S, self._adapter.venue)
            self._poll.register(self._link.fileno(), select.POLLIN)
            url, local = handshake.url, self._link.local
            self._ping_s = handshake.ping_s
        now_ns = time.time_ns()
        opened = FeedOpened(self._adapter.venue, self._conn, now_ns, url, local, self._mode())
        self._outbox.say([opened], now_ns)
        self._opened = True
        self._ponged_s = time.monotonic()
        self._next_ping_s = time.monotonic() + 0.2
        self._deliver(self._adapter.opened(self._conn, now_ns))
        if self._link is not None and self._link.pending:
            self._receive()

    def _mode(self) -> str:
        return "poll" if self._link is None else "stream"

    def _receive(self) -> None:
        link = self._link
        if link is None:
            return
        while True:
            frames = link.receive()
            if frames:
                self._take_frames(frames, link.read_ns)
            if not link.pending:
                break
        while link.round_trips:
            self._ponged_s = time.monotonic()
            self._adapter.round_trip(link.round_trips.pop(0), time.time_ns())
        if link.pinged:
            link.pinged = False
            self._adapter.pinged(time.time_ns())

    def _take_frames(self, frames: list[bytes], recv_ns: int) -> None:
        conn = self._conn
        ref = self._record([FrameReceived(conn, recv_ns, "ws", data) for data in frames], recv_ns)
        said: list[Message] = []
        try:
            for data in frames:
                self._sort(self._adapter.frame(data, recv_ns, ref), said)
                ref += 1
        finally:
            if said:
                self._outbox.say(said, time.time_ns())

    def _take_replies(self) -> None:
        for reply in self._desk.replies():
            source = f"GET {reply.get.path} {reply.status}"
            frame = FrameReceived(self._conn, reply.recv_ns, source, reply.body)
            # What the network failed to bring is noted, but it ends no gap.
            if reply.status:
                ref = self._record([frame], reply.recv_ns)
            else:
                ref = self._outbox.record([frame], reply.recv_ns)
            self._deliver(
                self._adapter.reply(
                    reply.get, reply.status, reply.body, reply.retry_after_s, reply.recv_ns, ref
                )
            )

    def _record(self, frames: list[FrameReceived], recv_ns: int) -> int:
        first = self._outbox.record(frames, recv_ns)
        if not self._frames:
            before = self._before
            gap = FeedGap(self._adapter.venue, self._conn, before.last_frame_ns, recv_ns, before.reason)
            self._outbox.say([gap], recv_ns)
        self._frames += len(frames)
        return first

    # -- what the adapter wants

    def _sort(self, outputs: Iterable[Output], said: list[Message]) -> None:
        for output in outputs:
            if isinstance(output, Message):
                said.append(output)
            elif isinstance(output, Get):
                self._desk.ask(output)
            else:
                self._send(output)

    def _deliver(self, outputs: Iterable[Output]) -> None:
        said: list[Message] = []
        self._sort(outputs, said)
        if said:
            self._outbox.say(said, time.time_ns())

    def _send(self, send: Send) -> None:
        if self._link is not None:
            self._link.send(send.data)

    # -- the clock

    def _tick(self) -> None:
        now_s, now_ns = time.monotonic(), time.time_ns()
        self._next_tick_s = now_s + TICK_S
        self._deliver(self._adapter.tick(now_ns))
        if self._link is not None and self._ping_s and now_s >= self._next_ping_s:
            self._ping(self._link, now_s)
        freshness = self._adapter.freshness(now_ns)
        # A change is told at once: listeners must not act on a second-old word for it.
        if now_s >= self._next_health_s or freshness.fresh != self._was_fresh:
            self._next_health_s = now_s + HEALTH_S
            self._was_fresh = freshness.fresh
            self._say_health(freshness, now_ns)

    def _ping(self, link: Link, now_s: float) -> None:
        self._next_ping_s = now_s + self._ping_s
        if self._pinged_s > self._ponged_s + PONG_LIMIT_S:
            message = f"{self._adapter.venue} has not answered pings for {PONG_LIMIT_S:.0f} s"
            raise NetworkError(message)
        self._pinged_s = now_s
        link.ping(time.monotonic_ns())

    def _say_health(self, freshness: Freshness, now_ns: int) -> None:
        latency = self._adapter.latency(now_ns)
        counts = self._adapter.counts()
        self._latency_ms = (latency.p50_ms, latency.p99_ms)
        health = FeedHealth(
            venue=self._adapter.venue,
            conn=self._conn,
            at_ns=now_ns,
            fresh=freshness.fresh,
            age_ms=freshness.age_ms,
            frames=self._frames,
            gaps=counts.gaps,
            drifts=counts.drifts,
            latency_p50_ms=latency.p50_ms,
            latency_p99_ms=latency.p99_ms,
            offset_ms=latency.offset_ms,
            reason=freshness.why_not,
        )
        self._outbox.say([health], now_ns)

    def _beat(self, freshness: Freshness) -> None:
        self._pulse.beat(
            self._frames > 0,
            freshness,
            self._frames,
            self._outbox.sent,
            latency_ms=self._latency_ms,
            detail={"mode": self._mode(), "connection": self._conn},
        )

    def _end(self, reason: str, fault: str) -> None:
        self._desk.close()
        if self._link is not None:
            self._link.close()
        now_ns = time.time_ns()
        try:
            closed = FeedClosed(self._adapter.venue, self._conn, now_ns, reason, fault)
            self._outbox.say([closed], now_ns)
        finally:
            self._outbox.close(reason, fault)


def run_feed(assignment: Assignment, stop: threading.Event, adapter: Adapter) -> None:
    """Run a venue's feed in this process until asked to stop. Raises what it failed with."""
    doorbell = Doorbell.create()
    try:
        run_actor(stop, FeedActor, doorbell.ring, assignment=assignment, adapter=adapter, doorbell=doorbell)
    finally:
        doorbell.close()
