"""Start of the logger."""

import threading

import msgspec

from actors.actor import run_actor
from actors.logger.logger import LoggerActor
from actors.logger.settings import Settings
from actors.outbox import Outbox
from actors.pulse import Pulse
from messages import Assignment


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Keep the readable logs and the session record until told to stop. Raises msgspec.ValidationError."""
    settings = msgspec.convert(assignment.settings, Settings)
    alarm = threading.Event()
    run_actor(
        stop,
        LoggerActor,
        alarm.set,
        assignment=assignment,
        settings=settings,
        outbox=Outbox(assignment),
        pulse=Pulse(assignment.beat_fd),
        alarm=alarm,
    )
