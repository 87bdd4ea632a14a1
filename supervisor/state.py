"""The six states of a child and the transitions between them. Imports nothing of ours."""

from enum import Enum
from typing import Final


class State(Enum):
    """Where a child is in its life. The value is what status and log say."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    BACKOFF = "backoff"
    FAILED = "failed"
    STOPPING = "stopping"


ALLOWED: Final[frozenset[tuple[State, State]]] = frozenset(
    {
        (State.STOPPED, State.STARTING),  # start, or restart by the operator
        (State.STARTING, State.RUNNING),  # first beat that says ready
        (State.STARTING, State.BACKOFF),  # died, or was not ready in time
        (State.STARTING, State.FAILED),  # died once too often, or in its trial
        (State.STARTING, State.STOPPED),  # ended, and its policy wants no restart
        (State.STARTING, State.STOPPING),  # stop or restart by the operator
        (State.RUNNING, State.BACKOFF),  # died or hung
        (State.RUNNING, State.FAILED),  # died once too often, or in its trial
        (State.RUNNING, State.STOPPED),  # ended, and its policy wants no restart
        (State.RUNNING, State.STOPPING),  # stop or restart by the operator
        (State.BACKOFF, State.STARTING),  # the delay is over, or restart by the operator
        (State.BACKOFF, State.STOPPED),  # stop by the operator
        (State.FAILED, State.STARTING),  # trial, or restart by the operator
        (State.FAILED, State.STOPPED),  # stop by the operator
        (State.STOPPING, State.STOPPED),  # the process is gone
        (State.STOPPING, State.STARTING),  # the process is gone, and a restart was asked for
    }
)
"""Every transition there is. Anything else is a mistake of ours and raises."""
