"""The status object: what `status --json` prints. Pure."""

from typing import Any

from messages import Beat
from supervisor.decide import WAITING
from supervisor.member import Member
from supervisor.order import gate_of
from supervisor.spec import Plan
from supervisor.state import State

_SILENT = Beat(ready=False, fresh=False)


def actor_status(member: Member, now_s: float, gate: str) -> dict[str, Any]:
    """Say how one child does. gate: what it still waits for. Unknown numbers are None."""
    child = member.child
    beat = child.beat or _SILENT
    running = child.state is State.RUNNING
    left_s = max(0.0, child.due_s - now_s) if child.state in WAITING and child.due_s is not None else None
    return {
        "name": member.name,
        "state": child.state.value,
        "reason": _reason(member, left_s, gate),
        "pid": child.pid or None,
        "uptime_s": None if child.launched_s is None else round(now_s - child.launched_s, 3),
        "restarts": child.restarts,
        "next_start_s": None if left_s is None else round(left_s, 3),
        "fresh": running and beat.fresh,
        "data_age_s": _known(beat.data_age_s, since_s=0.0 if child.beat_s is None else now_s - child.beat_s),
        "in": beat.received,
        "out": beat.sent,
        "lag": beat.lag,
        "latency_ms": {"p50": _known(beat.latency_p50_ms), "p99": _known(beat.latency_p99_ms)},
        "rss_mb": None if child.beat is None else beat.rss_mb,
        "cpu_pct": None if child.beat is None else beat.cpu_pct,
        "last_error": child.last_error,
        "bad_beats": member.bad_lines,
        "detail": beat.detail,
    }


def _reason(member: Member, left_s: float | None, gate: str) -> str:
    child = member.child
    if left_s is not None:
        what = "one trial" if child.state is State.FAILED else "starts again"
        return f"{child.reason}; {what} in {left_s:.0f} s"
    if child.state is State.STOPPED and gate:
        return f"waits until {gate} is ready"
    if (
        child.beat
        and child.beat.why_not
        and child.state in (State.STARTING, State.RUNNING)
        and not child.doom
    ):
        return child.beat.why_not
    return child.reason


def _known(value: float, since_s: float = 0.0) -> float | None:
    return None if value < 0 else round(value + since_s, 3)


def status(
    plan: Plan,
    members: dict[str, Member],
    opened: frozenset[str],
    supervisor: dict[str, Any],
    now_s: float,
) -> dict[str, Any]:
    """Say how everything does. supervisor: its own part, ready made."""
    actors = []
    for member in members.values():
        gate = gate_of(plan.specs, member.name, opened) if member.child.run == 0 else ""
        actors.append(actor_status(member, now_s, gate))
    return {
        "session": plan.session,
        "mode": plan.mode,
        "supervisor": supervisor,
        "data_dir": str(plan.data_dir),
        "actors": actors,
    }
