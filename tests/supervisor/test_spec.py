"""A plan that cannot work is refused before anything starts, with a reason."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from supervisor.errors import SpecError
from supervisor.spec import ChildSpec, Plan, check

GOOD = ChildSpec(name="good", start="some.module:function")


def plan_of(*specs: ChildSpec, **changes: Any) -> Plan:
    plan = Plan(specs=specs, data_dir=Path("unused"), session="s", mode="sim", version="0")
    return replace(plan, **changes)


def test_a_plan_that_can_work_is_accepted() -> None:
    check(plan_of(GOOD, ChildSpec(name="other", start="m:f", listens=["good", "supervisor"], shutdown_s=0)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "a name is"),
        ({"name": "Upper"}, "a name is"),
        ({"name": "../etc"}, "a name is"),
        ({"name": "a" * 33}, "a name is"),
        ({"name": "supervisor"}, "reserved"),
        ({"name": "zygote"}, "reserved"),
        ({"start": "no_colon"}, "module:function"),
        ({"start": "m:"}, "module:function"),
        ({"start": ":f"}, "module:function"),
        ({"start": "m:f()"}, "module:function"),
        ({"start": "import os;m:f"}, "module:function"),
        ({"listens": ["nobody"]}, "not in the plan"),
        ({"listens": ["good"]}, "listens to itself"),
        ({"listens": ["supervisor", "supervisor"]}, "twice"),
        ({"settings": {"key": object()}}, "cannot be written as JSON"),
        ({"settings": {"key": "x" * 10_000}}, "is the most"),
        ({"ready_s": 0}, "ready_s"),
        ({"heartbeat_s": -1}, "heartbeat_s"),
        ({"heartbeat_s": math.nan}, "heartbeat_s"),
        ({"shutdown_s": -0.1}, "shutdown_s"),
        ({"shutdown_s": math.inf}, "shutdown_s"),
        ({"max_restarts": -1}, "max_restarts"),
        ({"period_s": 0}, "period_s"),
        ({"trial_s": 0}, "trial_s"),
        ({"good_s": 0}, "good_s"),
        ({"backoff_s": 0}, "backoff_s"),
        ({"backoff_s": 5, "backoff_limit_s": 2}, "shorter than"),
    ],
)
def test_what_cannot_work_is_refused_with_its_name(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(SpecError, match=reason):
        check(plan_of(replace(GOOD, **changes)))


def test_the_same_name_twice_is_refused() -> None:
    with pytest.raises(SpecError, match="used twice"):
        check(plan_of(GOOD, GOOD))


def test_an_empty_plan_is_refused() -> None:
    with pytest.raises(SpecError, match="nothing to run"):
        check(plan_of())


def test_an_impossible_limit_for_all_is_refused() -> None:
    with pytest.raises(SpecError, match="stop_limit_s"):
        check(plan_of(GOOD, stop_limit_s=0))


def test_log_settings_that_do_not_exist_are_refused() -> None:
    with pytest.raises(SpecError, match="log settings"):
        check(plan_of(GOOD, log={"no_such_setting": 1}))
