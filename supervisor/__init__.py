"""Who lives and dies. Imports messages only; names its children's code by string."""

from supervisor.client import ask, wait_until_stopped, watch
from supervisor.errors import (
    AlreadyRunningError,
    FolderError,
    LeftoversError,
    NoAnswerError,
    NotRunningError,
    SpecError,
    SupervisorError,
)
from supervisor.loop import run
from supervisor.spec import ChildSpec, Plan, Restart

__all__ = [
    "AlreadyRunningError",
    "ChildSpec",
    "FolderError",
    "LeftoversError",
    "NoAnswerError",
    "NotRunningError",
    "Plan",
    "Restart",
    "SpecError",
    "SupervisorError",
    "ask",
    "run",
    "wait_until_stopped",
    "watch",
]
