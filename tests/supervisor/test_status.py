"""The status object."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from messages import Beat
from supervisor.decide import Child
from supervisor.member import Member
from supervisor.spec import ChildSpec, Plan
from supervisor.state import State
from supervisor.status import actor_status, status

BEAT = Beat(
    ready=True,
    fresh=True,
    data_age_s=0.5,
    received=10,
    sent=20,
    lag=3,
    latency_p50_ms=1.5,
    latency_p99_ms=9.0,
    rss_mb=30.0,
    cpu_pct=2.0,
    detail={"strike": 5},
)
RUNNING = Child(State.RUNNING, "ready", run=1, pid=7, launched_s=90.0, beat=BEAT, beat_s=99.0)


@pytest.fixture
def member() -> Iterator[Member]:
    member = Member(ChildSpec(name="a", start="m:f"))
    yield member
    member.close()


def test_a_running_child_shows_what_its_beat_says(member: Member) -> None:
    member.child = RUNNING
    assert actor_status(member, 100.0, "") == {
        "name": "a",
        "state": "running",
        "reason": "ready",
        "pid": 7,
        "uptime_s": 10.0,
        "restarts": 0,
        "next_start_s": None,
        "fresh": True,
        "data_age_s": 1.5,
        "in": 10,
        "out": 20,
        "lag": 3,
        "latency_ms": {"p50": 1.5, "p99": 9.0},
        "rss_mb": 30.0,
        "cpu_pct": 2.0,
        "last_error": "",
        "bad_beats": 0,
        "detail": {"strike": 5},
    }


def test_what_is_unknown_is_none_and_not_a_number(member: Member) -> None:
    shown = actor_status(member, 100.0, "")
    unknown = ("pid", "uptime_s", "data_age_s", "rss_mb", "cpu_pct", "next_start_s")
    assert [shown[name] for name in unknown] == [None] * len(unknown)
    assert shown["latency_ms"] == {"p50": None, "p99": None}


def test_what_is_missing_for_freshness_is_the_reason(member: Member) -> None:
    member.child = replace(RUNNING, beat=Beat(ready=True, fresh=False, why_not="book withdrawn"))
    shown = actor_status(member, 100.0, "")
    assert (shown["fresh"], shown["reason"]) == (False, "book withdrawn")


def test_a_child_that_does_not_run_is_not_fresh(member: Member) -> None:
    member.child = replace(RUNNING, state=State.STOPPING)
    assert not actor_status(member, 100.0, "")["fresh"]


def test_waiting_says_for_how_long(member: Member) -> None:
    member.child = Child(State.FAILED, "gave up", run=9, due_s=340.0)
    shown = actor_status(member, 100.0, "")
    assert (shown["reason"], shown["next_start_s"]) == ("gave up; one trial in 240 s", 240.0)
    member.child = Child(State.BACKOFF, "exit code 1", run=9, due_s=99.0)
    assert actor_status(member, 100.0, "")["reason"] == "exit code 1; starts again in 0 s"


def test_the_whole_names_its_session_and_who_waits_at_a_gate(member: Member, tmp_path: Path) -> None:
    gate = Member(ChildSpec(name="gate", start="m:f", gates=True))
    plan = Plan(specs=[gate.spec, member.spec], data_dir=tmp_path, session="s", mode="live", version="0")
    shown = status(plan, {"gate": gate, "a": member}, frozenset(), {"pid": 1}, 0.0)
    assert {name: shown[name] for name in ("session", "mode", "supervisor", "data_dir")} == {
        "session": "s",
        "mode": "live",
        "supervisor": {"pid": 1},
        "data_dir": str(tmp_path),
    }
    assert [actor["reason"] for actor in shown["actors"]] == ["", "waits until gate is ready"]
