"""What to run, and what to do when it stops. Data only, checked before anything starts."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal

from messages import ActorStateChanged
from messages.log import LogSettings
from supervisor.errors import SpecError

NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
START: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
LONGEST_SETTINGS_BYTES: Final = 8192
"""All children's together must fit into the fork server's socket while it still imports."""
SELF: Final = "supervisor"
"""Name of the supervisor's own log; children may listen to it."""
RESERVED: Final = frozenset({SELF, "zygote"})


class Restart(Enum):
    """When a child that ended by itself is started again."""

    PERMANENT = "permanent"
    """Always."""
    TRANSIENT = "transient"
    """After an abnormal end: a signal, an exit code other than 0."""
    TEMPORARY = "temporary"
    """Never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    """What to run and what to do when it stops.

    start: "module:function", imported in the child only; called as f(assignment, stop).
    listens: logs it reads, in reading order: names of other children, or `supervisor`.
    gates: children after it in the plan wait until it is ready.
    ready_s: from the fork to the first beat that says ready. heartbeat_s: longest silence between
    beats. shutdown_s: from SIGTERM to SIGKILL; 0 kills at once.
    max_restarts, period_s: more restarts than this in that time, and the child is FAILED; then one
    trial every trial_s. backoff_s, backoff_limit_s: first and longest delay between restarts; the delay
    returns to zero after good_s seconds of good data.
    """

    name: str
    start: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    listens: Sequence[str] = ()
    restart: Restart = Restart.PERMANENT
    gates: bool = False
    ready_s: float = 30.0
    heartbeat_s: float = 10.0
    shutdown_s: float = 5.0
    max_restarts: int = 10
    period_s: float = 600.0
    trial_s: float = 300.0
    backoff_s: float = 1.0
    backoff_limit_s: float = 60.0
    good_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything one supervisor runs, in start order; it is stopped in reverse.

    preload: modules that the fork server imports once for all children.
    log: how logs are kept, the fields of messages.log.LogSettings; given to every child.
    stop_limit_s: for stopping all of them; who is left then is killed.
    on_change: called with every transition, in the supervisor's thread; must not block.
    """

    specs: Sequence[ChildSpec]
    data_dir: Path
    session: str
    mode: Literal["live", "sim"]
    version: str
    preload: Sequence[str] = ()
    log: Mapping[str, Any] = field(default_factory=dict)
    stop_limit_s: float = 20.0
    on_change: Callable[[ActorStateChanged], None] | None = None


def check(plan: Plan) -> None:
    """Refuse a plan that cannot work.

    Raises SpecError, which names the first thing that is wrong.
    """
    if not plan.specs:
        message = "there is nothing to run: the plan has no children"
        raise SpecError(message)
    names = [spec.name for spec in plan.specs]
    for spec in plan.specs:
        wrong = (
            _name_fault(spec.name, names)
            or _wiring_fault(spec, names)
            or _settings_fault(spec)
            or _limit_fault(spec)
        )
        if wrong:
            message = f"child {spec.name!r}: {wrong}"
            raise SpecError(message)
    try:
        LogSettings(**plan.log)
    except TypeError as error:
        message = f"log settings: {error}"
        raise SpecError(message) from None
    if not _positive(plan.stop_limit_s):
        message = f"stop_limit_s must be a positive number of seconds, not {plan.stop_limit_s}"
        raise SpecError(message)


def _name_fault(name: str, names: Sequence[str]) -> str:
    if not NAME.fullmatch(name):
        return "a name is 1 to 32 of a-z, 0-9, _ and -, and begins with a letter"
    if name in RESERVED:
        return "this name is reserved"
    if names.count(name) > 1:
        return "the name is used twice"
    return ""


def _wiring_fault(spec: ChildSpec, names: Sequence[str]) -> str:
    if not START.fullmatch(spec.start):
        return f'start must be "module:function", not {spec.start!r}'
    known = {*names, SELF}
    for heard in spec.listens:
        if heard not in known:
            return f"it listens to {heard!r}, which is not in the plan"
        if heard == spec.name:
            return "it listens to itself"
    if len(set(spec.listens)) != len(spec.listens):
        return "it listens to the same log twice"
    return ""


def _settings_fault(spec: ChildSpec) -> str:
    try:
        size_bytes = len(json.dumps(dict(spec.settings)))
    except (TypeError, ValueError) as error:
        return f"its settings cannot be written as JSON: {error}"
    if size_bytes > LONGEST_SETTINGS_BYTES:
        return f"its settings are {size_bytes} bytes of JSON; {LONGEST_SETTINGS_BYTES} is the most"
    return ""


def _limit_fault(spec: ChildSpec) -> str:
    for limit in ("ready_s", "heartbeat_s", "period_s", "trial_s", "backoff_s", "backoff_limit_s", "good_s"):
        if not _positive(getattr(spec, limit)):
            return f"{limit} must be a positive number of seconds, not {getattr(spec, limit)}"
    if not (math.isfinite(spec.shutdown_s) and spec.shutdown_s >= 0):
        return f"shutdown_s must be zero or more seconds, not {spec.shutdown_s}"
    if spec.max_restarts < 0:
        return f"max_restarts must be zero or more, not {spec.max_restarts}"
    if spec.backoff_limit_s < spec.backoff_s:
        return f"backoff_limit_s ({spec.backoff_limit_s}) is shorter than backoff_s ({spec.backoff_s})"
    return ""


def _positive(seconds: float) -> bool:
    return math.isfinite(seconds) and seconds > 0
