"""Start of the store."""

import contextlib
import os
import threading

import msgspec

from actors.actor import run_actor
from actors.outbox import Outbox
from actors.pulse import Pulse
from actors.store.settings import Settings
from actors.store.storing import StoreActor
from messages import Assignment

NICENESS = 10
"""Whatever else wants the processor has it first."""


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Keep the store until told to stop. Raises msgspec.ValidationError."""
    settings = msgspec.convert(assignment.settings, Settings)
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    alarm = threading.Event()
    run_actor(
        stop,
        StoreActor,
        alarm.set,
        assignment=assignment,
        settings=settings,
        outbox=Outbox(assignment),
        pulse=Pulse(assignment.beat_fd),
        alarm=alarm,
    )
