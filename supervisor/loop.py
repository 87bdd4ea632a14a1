"""The supervisor itself: one thread, one loop, one `select`."""

import contextlib
import dataclasses
import os
import random
import selectors
import signal
import threading
import time
from typing import Any, Final

from messages import ActorStateChanged
from supervisor import event as ev
from supervisor.control import Control, RefusedError
from supervisor.fleet import Fleet
from supervisor.instance import Instance
from supervisor.journal import Journal
from supervisor.launch import LostZygoteError
from supervisor.order import gate_of, next_to_stop
from supervisor.reaper import reap_strangers
from supervisor.signals import Signals
from supervisor.spec import SELF, Plan, check
from supervisor.state import State
from supervisor.status import status

STOPPED: Final = 0
FORCED: Final = 1
"""Exit codes: everything ended by itself or at its own limit; the rest had to be killed together."""
STALL_S: Final = 1.0
"""So late, it is we who were held up, and nobody is judged by the time that has passed."""
DEATH_LIMIT_S: Final = 3.0
"""How long we wait for the end of processes that were all killed together."""


def run(plan: Plan) -> int:
    """Run every child of the plan until told to stop by a signal or the control socket; return 0 or 1.

    Blocks, and must be called in the main thread: the kernel ties the children's lives to that thread,
    and signals come only there. SIGTERM, SIGINT and SIGHUP stop in reverse start order; a second one
    kills at once, and so does `stop_limit_s`; the result is then 1.
    Raises SpecError, AlreadyRunningError, LeftoversError, FolderError.
    """
    check(plan)
    if threading.current_thread() is not threading.main_thread():
        message = "the supervisor must run in the main thread"
        raise RuntimeError(message)
    plan = dataclasses.replace(plan, data_dir=plan.data_dir.absolute())
    with contextlib.ExitStack() as closing:
        return _Supervisor(plan, closing).run()


class _Supervisor:
    def __init__(self, plan: Plan, closing: contextlib.ExitStack) -> None:
        self._plan = plan
        self._on_change = plan.on_change
        self._started_s = time.monotonic()
        self._is_init = os.getpid() == 1
        self._opened: frozenset[str] = frozenset()
        self._stopping = ""
        self._forced_s = 0.0
        self._exit_code = STOPPED
        self._reaped = 0
        instance = Instance(plan.data_dir)
        closing.callback(instance.close)
        self._signals = closing.enter_context(Signals(children=self._is_init))
        self._selector = closing.enter_context(selectors.DefaultSelector())
        # Nobody writes to it. Its write end is ours alone, so it reads as closed when we are gone.
        lifeline_fd, lifeline_end_fd = os.pipe()
        closing.callback(os.close, lifeline_fd)
        closing.callback(os.close, lifeline_end_fd)
        self._fleet = Fleet(
            plan,
            self._selector,
            lifeline_fd,
            instance.children_fd,
            jitter=random.random,
            on_change=self._note,
            on_beat=self._mark_changed,
        )
        closing.callback(self._fleet.close)
        # First of all: it imports the actors' libraries while we do the rest. If it cannot be started, that
        # is tried again with the first child, whose status then says why.
        with contextlib.suppress(LostZygoteError):
            self._fleet.start_server()
        self._journal = Journal(plan, self._fleet.doorbells_of_listeners(SELF))
        closing.callback(lambda: self._journal.close(self._stopping or "an error of its own"))
        listener = instance.listen()
        self._control = Control(listener, self._selector, self._carry_out, self._status)
        closing.callback(self._control.close)
        instance.describe(plan, listener.getsockname())
        self._selector.register(self._signals.fd, selectors.EVENT_READ, self._hear_signals)

    def run(self) -> int:
        while not self._done():
            if self._stopping:
                self._stop_next()
            else:
                self._start_due()
            due_s = self._due_s()
            patience_s = None if due_s is None else max(0.0, due_s - time.monotonic())
            for key, _ in self._selector.select(patience_s):
                now = self._selector.get_map().get(key.fd)
                if now is not None and now.data is key.data:  # not closed by the one before it
                    key.data()
            if self._is_init:
                self._reaped += reap_strangers(self._fleet.pids())
            # After the reading: who has spoken in time must not be found silent because we were late.
            if due_s is not None and time.monotonic() > due_s + STALL_S:
                self._fleet.forgive()
            self._fleet.tick()
            self._control.tick()
        return self._exit_code

    def _start_due(self) -> None:
        for name, member in self._fleet.members.items():
            if member.child.run == 0 and member.child.reason == "":
                if gate_of(self._plan.specs, name, self._opened):
                    return
                self._fleet.give(name, ev.Start())

    def _stop_next(self) -> None:
        if time.monotonic() >= self._forced_s and self._exit_code == STOPPED:
            self._kill_all(f"all had to be stopped within {self._plan.stop_limit_s:g} s")
        for name, member in self._fleet.members.items():
            if member.child.state in (State.BACKOFF, State.FAILED):
                self._fleet.give(name, ev.Stop(self._stopping))
        name = next_to_stop(self._plan.specs, self._states())
        if name and self._states()[name] is not State.STOPPING:
            self._fleet.give(name, ev.Stop(self._stopping))

    def _states(self) -> dict[str, State]:
        return {name: member.child.state for name, member in self._fleet.members.items()}

    def _done(self) -> bool:
        if not self._stopping:
            return False
        # Even SIGKILL may find no end, in a process that waits for a broken disk. That must not hold us.
        given_up = self._exit_code == FORCED and time.monotonic() >= self._forced_s
        return given_up or not next_to_stop(self._plan.specs, self._states())

    def _stop_all(self, why: str) -> None:
        if self._stopping:
            return
        self._stopping = why
        self._forced_s = time.monotonic() + self._plan.stop_limit_s
        self._mark_changed()

    def _kill_all(self, why: str) -> None:
        self._exit_code = FORCED
        self._forced_s = time.monotonic() + DEATH_LIMIT_S
        for name in self._fleet.members:
            self._fleet.give(name, ev.Kill(why))

    def _due_s(self) -> float | None:
        times_s = [self._fleet.deadline_s(), self._control.deadline_s()]
        if self._stopping:
            times_s.append(self._forced_s)
        return min((at_s for at_s in times_s if at_s is not None), default=None)

    def _hear_signals(self) -> None:
        for signum in self._signals.take():
            if signum == signal.SIGCHLD:
                continue
            name = signal.Signals(signum).name
            if self._stopping:
                self._kill_all(f"killed: {name} while stopping")
            else:
                self._stop_all(f"the supervisor got {name}")

    def _carry_out(self, command: str, names: list[str]) -> dict[str, Any]:
        unknown = [name for name in names if name not in self._fleet.members]
        if unknown:
            known = ", ".join(self._fleet.members)
            message = f"there is no actor {unknown[0]!r}; there are {known}"
            raise RefusedError(message)
        match command, names:
            case "stop", []:
                self._stop_all("stopped by the operator")
            case "stop", _:
                for name in names:
                    self._fleet.give(name, ev.Stop("stopped by the operator"))
            case "restart", []:
                message = "say which actors to restart"
                raise RefusedError(message)
            case "restart", _ if self._stopping:
                message = "everything is being stopped; nothing is restarted now"
                raise RefusedError(message)
            case "restart", _:
                for name in dict.fromkeys(names):
                    self._fleet.give(name, ev.Restart())
            case _:
                message = f"there is no command {command!r}; there are status, watch, stop and restart"
                raise RefusedError(message)
        return {"names": names or list(self._fleet.members)}

    def _note(self, change: ActorStateChanged) -> None:
        if change.now == State.RUNNING.value:
            self._opened |= {change.name}
        self._journal.note(change)
        self._mark_changed()
        if self._on_change is not None:
            try:
                self._on_change(change)
            except Exception:  # noqa: BLE001 - a terminal that is gone must not take the children along
                self._on_change = None

    def _mark_changed(self) -> None:
        self._control.changed()

    def _status(self) -> dict[str, Any]:
        now_s = time.monotonic()
        own = {
            "pid": os.getpid(),
            "uptime_s": round(now_s - self._started_s, 3),
            "version": self._plan.version,
            "stopping": self._stopping,
            "preload_failed": self._fleet.preload_failed,
            "log_lost": self._journal.lost,
            "log_trouble": self._journal.trouble,
            "reaped": self._reaped,
        }
        return status(self._plan, self._fleet.members, self._opened, own, now_s)
