"""All children: carries each event to `decide` and each action to the fork server."""

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable
from typing import Final

from messages import ActorStateChanged, Beat, Died
from supervisor import event as ev
from supervisor.decide import ALIVE, Child, deadline_s, decide
from supervisor.launch import ForkServer, LostZygoteError
from supervisor.member import Member, open_err, order_for
from supervisor.spec import Plan
from supervisor.state import State
from supervisor.wire import Frame

_MOST_READS: Final = 16
"""Reads that empty any beat socket; a bound, should a grandchild go on writing into it."""


class Fleet:
    """Children and the fork server that makes them. Not one call blocks.

    selector: gets the beat sockets and the fork server's, each with the function to call when readable.
    lifeline_fd, lock_fd: see `ForkServer`. jitter: source of numbers in [0, 1).
    on_change: told of every transition. on_beat: told that some child's numbers have changed.
    """

    def __init__(
        self,
        plan: Plan,
        selector: selectors.BaseSelector,
        lifeline_fd: int,
        lock_fd: int,
        jitter: Callable[[], float],
        on_change: Callable[[ActorStateChanged], None],
        on_beat: Callable[[], None],
    ) -> None:
        self._plan = plan
        self._selector = selector
        self._lifeline_fd = lifeline_fd
        self._lock_fd = lock_fd
        self._jitter = jitter
        self._on_change = on_change
        self._on_beat = on_beat
        self._server: ForkServer | None = None
        self._server_starts = 0
        self._orphans: dict[str, str] = {}
        self.members = {spec.name: Member(spec) for spec in plan.specs}
        self.preload_failed: dict[str, str] = {}

    def doorbells_of_listeners(self, log: str) -> list[int]:
        """Ring ends of the doorbells of all who listen to this log."""
        return [
            member.doorbell.ring_fd
            for member in self.members.values()
            if member.doorbell is not None and log in member.spec.listens
        ]

    def pids(self) -> frozenset[int]:
        """Processes whose ends the fleet itself waits for: the fork server's."""
        return frozenset() if self._server is None else frozenset({self._server.pid})

    def give(self, name: str, event: ev.Event) -> None:
        """Let an event happen to a child, and do what is decided."""
        member = self.members[name]
        now_s = time.monotonic()
        was = member.child
        member.child, actions = decide(was, member.spec, event, now_s, self._jitter())
        if member.child.state is not was.state:
            self._announce(was, member)
        for action in actions:
            match action:
                case ev.Launch():
                    self._launch(member)
                case ev.Send(signum):
                    self._signal(member, signum)

    def forgive(self) -> None:
        """We were held up: give everybody their time anew."""
        for name in self.members:
            self.give(name, ev.Stalled())
        if self._server is not None:
            self._server.forgive(time.monotonic())

    def tick(self) -> None:
        """Act on every deadline that has passed."""
        now_s = time.monotonic()
        for name, member in self.members.items():
            at_s = deadline_s(member.child, member.spec)
            if at_s is not None and at_s <= now_s:
                self.give(name, ev.Tick())
        if self._server is not None:
            at_s = self._server.deadline_s()
            if at_s is not None and at_s <= now_s:
                self._lose_server("the fork server hung")

    def deadline_s(self) -> float | None:
        """When `tick` is next needed, monotonic seconds."""
        times_s = [deadline_s(member.child, member.spec) for member in self.members.values()]
        if self._server is not None:
            times_s.append(self._server.deadline_s())
        return min((at_s for at_s in times_s if at_s is not None), default=None)

    def start_server(self) -> None:
        """Start the fork server if there is none. Raises LostZygoteError."""
        if self._server is not None:
            return
        self._server_starts += 1
        err_fd = open_err(self._plan.data_dir / "logs", "zygote", self._server_starts)
        try:
            server = ForkServer(
                self._plan.preload, self._lifeline_fd, self._lock_fd, err_fd, time.monotonic()
            )
        finally:
            os.close(err_fd)
        self._server = server
        self._selector.register(server, selectors.EVENT_READ, self._read_server)

    def close(self) -> None:
        """End the fork server, and with it whoever is left; let go of every descriptor."""
        if self._server is not None:
            self._selector.unregister(self._server)
            self._server.kill()
            self._server = None
        for member in self.members.values():
            self._close_beats(member)
            member.close()

    def _announce(self, was: Child, member: Member) -> None:
        now = member.child
        # The process that has just ended is the one this is about; one that starts has no number yet.
        pid = now.pid or (0 if now.state is State.STARTING else was.pid)
        self._on_change(
            ActorStateChanged(
                name=member.name,
                at_ns=time.time_ns(),
                was=was.state.value,
                now=now.state.value,
                reason=now.reason,
                pid=pid,
                restarts=now.restarts,
                delay_s=round(now.delay_s, 3),
            )
        )

    def _launch(self, member: Member) -> None:
        try:
            self.start_server()
        except LostZygoteError as lost:
            self.give(member.name, ev.Exited(None, str(lost)))
            return
        bells = self.doorbells_of_listeners(member.name)
        if member.doorbell is not None:
            bells.insert(0, member.doorbell.read_fd)
        err_fd = open_err(self._plan.data_dir / "logs", member.name, member.child.run)
        self._close_beats(member)
        ours, theirs = member.open_beats()
        self._selector.register(ours, selectors.EVENT_READ, lambda: self._read_beats(member))
        fds = [err_fd, theirs.fileno(), *bells]
        order = order_for(member, self._plan)
        self._ask(lambda server: server.fork(_key(member), order, fds, time.monotonic()))
        theirs.close()
        os.close(err_fd)

    def _signal(self, member: Member, signum: int) -> None:
        # Without a fork server the process is dead or being killed already.
        self._ask(lambda server: server.signal(_key(member), signum, time.monotonic()))

    def _ask(self, request: Callable[[ForkServer], None]) -> None:
        if self._server is None:
            return
        try:
            request(self._server)
        except LostZygoteError as lost:
            self._lose_server(str(lost))

    def _lose_server(self, why: str) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        self._selector.unregister(server)
        server.kill()
        for member in list(self.members.values()):
            if member.child.state not in ALIVE or member.name in self._orphans:
                continue
            if member.beats is None:
                self.give(member.name, ev.Exited(None, why))
                continue
            # Nobody reports its end any more. Its end of the beat socket closes when it is truly gone, and
            # not before that may its successor open the same log.
            self._orphans[member.name] = why
            if member.child.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(member.child.pid, signal.SIGKILL)

    def _read_server(self) -> None:
        if self._server is None:
            return
        try:
            frames = self._server.receive(time.monotonic())
        except LostZygoteError as lost:
            self._lose_server(str(lost))
            return
        for frame in frames:
            self._take(frame)

    def _take(self, frame: Frame) -> None:
        self.preload_failed |= frame.get("failed", {})
        member = self._member_of(frame.get("run", ""))
        if member is None:
            return
        if "pid" in frame:
            self.give(member.name, ev.Launched(frame["pid"]))
        elif frame["say"] == "exited":
            self._drain_beats(member)
            self.give(member.name, ev.Exited(frame["code"]))
        elif "error" in frame:
            self._close_beats(member)
            self.give(member.name, ev.Exited(None, frame["error"]))

    def _member_of(self, key: str) -> Member | None:
        member = self.members.get(key.rpartition("#")[0])
        # A late word about a run that is over says nothing about the present one.
        return member if member is not None and _key(member) == key else None

    def _read_beats(self, member: Member) -> None:
        said = member.read_beats()
        if said is not None:
            self._hear(member, said)
            return
        self._close_beats(member)
        if member.name in self._orphans:
            self.give(member.name, ev.Exited(None, self._orphans.pop(member.name)))
        else:
            # The fork server should now report an exit; one that hangs shows by not answering this.
            self._ask(lambda server: server.ping(time.monotonic()))

    def _drain_beats(self, member: Member) -> None:
        # Its last word may still be in the socket, behind all that was not read yet.
        for _ in range(_MOST_READS):
            said = member.read_beats()
            if said is None:
                break
            self._hear(member, said)
        self._close_beats(member)

    def _hear(self, member: Member, said: list[Beat | Died]) -> None:
        for word in said:
            self.give(member.name, ev.Beaten(word) if isinstance(word, Beat) else ev.LastWord(word))
        if said:
            self._on_beat()

    def _close_beats(self, member: Member) -> None:
        if member.beats is not None:
            self._selector.unregister(member.beats)
            member.close_beats()


def _key(member: Member) -> str:
    return f"{member.name}#{member.child.run}"
