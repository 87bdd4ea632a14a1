"""The decision table: (child, event, now) -> (child, actions). Pure: no clock, no random number, no I/O.

Time is monotonic seconds. Every state x event pair has an answer; most of them are "nothing changes".
"""

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from messages import Beat, Died
from supervisor import event as ev
from supervisor.backoff import delay_s, obeyed_s
from supervisor.spec import ChildSpec, Restart
from supervisor.state import ALLOWED, State
from supervisor.window import Window, add_restart

DUMP_S: Final = 0.2
"""What a process that is about to be killed gets to write its stacks down."""


@dataclass(frozen=True, slots=True)
class Child:
    """All that the supervisor knows about one child.

    reason: why it is in this state. run: number of its newest process, counting from 1. launched_s:
    when that process existed, None before. doom: why it is being killed, empty if it is not; dump_s and
    kill_s: when its stacks are dumped and when it is killed. due_s: next start, in BACKOFF and FAILED;
    delay_s: how long it was set to wait. step: restarts since data was last good. trial: this run is
    the one trial of a FAILED child. again: start it once it has stopped.
    """

    state: State = State.STOPPED
    reason: str = ""
    since_s: float = 0.0
    run: int = 0
    pid: int = 0
    launched_s: float | None = None
    beat: Beat | None = None
    beat_s: float | None = None
    died: Died | None = None
    doom: str = ""
    dump_s: float | None = None
    kill_s: float | None = None
    due_s: float | None = None
    delay_s: float = 0.0
    step: int = 0
    window: Window = ()
    trial: bool = False
    again: bool = False
    restarts: int = 0
    last_error: str = ""


Decision = tuple[Child, list[ev.Action]]
ALIVE: Final = frozenset({State.STARTING, State.RUNNING, State.STOPPING})
"""States in which a process exists or is about to."""
WAITING: Final = frozenset({State.BACKOFF, State.FAILED})


def decide(child: Child, spec: ChildSpec, event: ev.Event, now_s: float, jitter: float) -> Decision:
    """Answer one event. jitter: uniform in [0, 1), used if a delay is to be chosen."""
    return _ANSWERS[type(event)](child, spec, event, now_s, jitter)


def deadline_s(child: Child, spec: ChildSpec) -> float | None:
    """When this child needs its next Tick, or None if only an event can move it."""
    if child.state in WAITING:
        return child.due_s
    if child.state not in ALIVE:
        return None
    if child.state is State.STOPPING or child.doom:
        return _earliest(child.dump_s, child.kill_s)
    return _patience(child, spec)[0]


def _patience(child: Child, spec: ChildSpec) -> tuple[float | None, str]:
    # When patience with a child that should work ends, and what it is then guilty of.
    ready_s = silent_s = None
    if child.state is State.STARTING and child.launched_s is not None:
        ready_s = child.launched_s + spec.ready_s
    if child.beat_s is not None:
        silent_s = child.beat_s + spec.heartbeat_s
    first_s = _earliest(ready_s, silent_s)
    if first_s is not None and first_s == silent_s:
        return first_s, f"hung: its working loop has not turned for {spec.heartbeat_s:g} s"
    missing = f" ({child.beat.why_not})" if child.beat and child.beat.why_not else ""
    return first_s, f"not ready within {spec.ready_s:g} s{missing}"


def _earliest(*times_s: float | None) -> float | None:
    return min((at_s for at_s in times_s if at_s is not None), default=None)


def _to(child: Child, state: State, now_s: float, reason: str, **changes: Any) -> Child:
    if (child.state, state) not in ALLOWED:
        message = f"no transition from {child.state.value} to {state.value}"
        raise AssertionError(message)
    return replace(child, state=state, since_s=now_s, reason=reason, **changes)


def _launch(child: Child, now_s: float, reason: str, **changes: Any) -> Decision:
    fresh: dict[str, Any] = {
        "run": child.run + 1,
        "pid": 0,
        "launched_s": None,
        "beat": None,
        "beat_s": None,
        "died": None,
        "doom": "",
        "dump_s": None,
        "kill_s": None,
        "due_s": None,
        "delay_s": 0.0,
        "again": False,
        "restarts": child.restarts + (child.run > 0),
    }
    return _to(child, State.STARTING, now_s, reason, **(fresh | changes)), [ev.Launch()]


def _launch_anew(child: Child, now_s: float) -> Decision:
    # By the operator: nothing of the past counts any more.
    return _launch(child, now_s, "restarted by the operator", step=0, window=(), trial=False)


def _stop(child: Child, spec: ChildSpec, now_s: float, reason: str, again: bool) -> Decision:
    if spec.shutdown_s == 0:
        return _kill(replace(child, again=again), now_s, reason)
    kill_s = now_s + spec.shutdown_s
    stopping = _to(
        child,
        State.STOPPING,
        now_s,
        reason,
        again=again,
        dump_s=None if child.doom else max(now_s, kill_s - DUMP_S),
        kill_s=_earliest(child.kill_s, kill_s),
    )
    # Without SIGCONT a process that someone has stopped would not even hear SIGTERM.
    return stopping, [ev.Send(signal.SIGTERM), ev.Send(signal.SIGCONT)]


def _kill(child: Child, now_s: float, reason: str) -> Decision:
    if child.state is not State.STOPPING:
        child = _to(child, State.STOPPING, now_s, reason)
    return replace(child, dump_s=None, kill_s=None), [ev.Send(signal.SIGKILL)]


def _on_start(child: Child, spec: ChildSpec, event: ev.Start, now_s: float, jitter: float) -> Decision:
    if child.state is State.STOPPED:
        return _launch(child, now_s, "started")
    return child, []


def _on_stop(child: Child, spec: ChildSpec, event: ev.Stop, now_s: float, jitter: float) -> Decision:
    if child.state in WAITING:
        return _to(child, State.STOPPED, now_s, event.why, due_s=None, delay_s=0.0), []
    if child.state is State.STOPPING:
        return replace(child, again=False, reason=event.why), []
    if child.state in ALIVE:
        return _stop(child, spec, now_s, event.why, again=False)
    return replace(child, reason=event.why), []


def _on_restart(child: Child, spec: ChildSpec, event: ev.Restart, now_s: float, jitter: float) -> Decision:
    if child.state is State.STOPPING:
        return replace(child, again=True), []
    if child.state in ALIVE:
        return _stop(child, spec, now_s, "restarted by the operator", again=True)
    return _launch_anew(child, now_s)


def _on_kill(child: Child, spec: ChildSpec, event: ev.Kill, now_s: float, jitter: float) -> Decision:
    if child.state in ALIVE:
        return _kill(replace(child, again=False), now_s, event.why)
    return _on_stop(child, spec, ev.Stop(event.why), now_s, jitter)


def _on_launched(child: Child, spec: ChildSpec, event: ev.Launched, now_s: float, jitter: float) -> Decision:
    if child.state in ALIVE:
        return replace(child, pid=event.pid, launched_s=now_s), []
    return child, []


def _on_beat(child: Child, spec: ChildSpec, event: ev.Beaten, now_s: float, jitter: float) -> Decision:
    if child.state not in ALIVE:
        return child, []
    beat = event.beat
    child = replace(child, beat=beat, beat_s=now_s)
    if child.state is State.STARTING and beat.ready and not child.doom:
        child = _to(child, State.RUNNING, now_s, "ready")
    if child.state is State.RUNNING and beat.good_s >= spec.good_s:
        # The window goes on counting, unless a trial has just proved itself: good data for a minute in
        # every two is still a child that dies too often.
        child = replace(child, step=0, trial=False, window=() if child.trial else child.window)
    return child, []


def _on_last_word(child: Child, spec: ChildSpec, event: ev.LastWord, now_s: float, jitter: float) -> Decision:
    if child.state in ALIVE:
        return replace(child, died=event.died), []
    return child, []


def _on_exit(child: Child, spec: ChildSpec, event: ev.Exited, now_s: float, jitter: float) -> Decision:
    if child.state not in ALIVE:
        return child, []
    reason = child.doom or (child.died.reason if child.died else "") or event.why or describe_exit(event.code)
    by_itself = event.code == 0 and not child.doom
    ended = replace(
        child,
        pid=0,
        launched_s=None,
        beat=None,
        beat_s=None,
        doom="",
        dump_s=None,
        kill_s=None,
        # A process that was told to stop and then ended somehow has not failed.
        last_error=child.last_error if by_itself or child.state is State.STOPPING else reason,
    )
    if child.state is State.STOPPING:
        if child.again:
            return _launch_anew(ended, now_s)
        return _to(ended, State.STOPPED, now_s, child.reason), []
    wanted = spec.restart is Restart.PERMANENT or (spec.restart is Restart.TRANSIENT and not by_itself)
    if not wanted:
        return _to(ended, State.STOPPED, now_s, reason), []
    return _wait(ended, spec, reason, now_s, jitter), []


def _wait(child: Child, spec: ChildSpec, reason: str, now_s: float, jitter: float) -> Child:
    asked_s = obeyed_s(child.died.retry_after_s) if child.died else 0.0
    window = add_restart(child.window, now_s, spec.period_s)
    if child.trial or len(window) > spec.max_restarts:
        if child.trial:
            reason = f"its trial failed: {reason}"
        else:
            reason = f"gave up after {len(window) - 1} restarts in {spec.period_s:g} s: {reason}"
        wait_s = max(spec.trial_s, asked_s)
        return _to(child, State.FAILED, now_s, reason, due_s=now_s + wait_s, delay_s=wait_s, window=window)
    # Only a run that got as far as working has earned a restart at once.
    step = child.step if child.state is State.RUNNING else max(1, child.step)
    wait_s = max(delay_s(step, spec.backoff_s, spec.backoff_limit_s, jitter), asked_s)
    return _to(
        child,
        State.BACKOFF,
        now_s,
        reason,
        due_s=now_s + wait_s,
        delay_s=wait_s,
        window=window,
        step=step + 1,
    )


def _on_tick(child: Child, spec: ChildSpec, event: ev.Tick, now_s: float, jitter: float) -> Decision:
    at_s = deadline_s(child, spec)
    if at_s is None or now_s < at_s:
        return child, []
    if child.state is State.BACKOFF:
        return _launch(child, now_s, f"restarted: {child.reason}")
    if child.state is State.FAILED:
        return _launch(child, now_s, f"trial: {child.reason}", trial=True)
    if child.state is not State.STOPPING and not child.doom:
        guilt = _patience(child, spec)[1]
        doomed = replace(child, doom=guilt, reason=guilt, kill_s=now_s + DUMP_S)
        return doomed, [ev.Send(signal.SIGUSR1)]
    if child.kill_s is not None and now_s >= child.kill_s:
        return replace(child, dump_s=None, kill_s=None), [ev.Send(signal.SIGKILL)]
    return replace(child, dump_s=None), [ev.Send(signal.SIGUSR1)]


def _on_stall(child: Child, spec: ChildSpec, event: ev.Stalled, now_s: float, jitter: float) -> Decision:
    # A container that was paused, a terminal's Ctrl-Z: all patience begins anew.
    if child.state is State.STARTING and child.launched_s is not None:
        child = replace(child, launched_s=now_s)
    if child.state in ALIVE and child.beat_s is not None:
        child = replace(child, beat_s=now_s)
    return child, []


def describe_exit(code: int | None) -> str:
    """Say in a clause how a process ended. code: as in `Exited`."""
    if code is None:
        return "its process is gone"
    if code == 0:
        return "ended by itself (exit code 0)"
    if code > 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


_ANSWERS: Final[dict[type, Callable[..., Decision]]] = {
    ev.Start: _on_start,
    ev.Stop: _on_stop,
    ev.Restart: _on_restart,
    ev.Kill: _on_kill,
    ev.Launched: _on_launched,
    ev.Beaten: _on_beat,
    ev.LastWord: _on_last_word,
    ev.Exited: _on_exit,
    ev.Tick: _on_tick,
    ev.Stalled: _on_stall,
}
