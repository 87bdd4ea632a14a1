"""Start of the signal actor."""

import threading

import msgspec

from actors.listener import run_listener
from actors.signal.rule import SignalRule
from actors.signal.settings import Settings
from messages import Assignment


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Say fair values and signals until told to stop. Raises msgspec.ValidationError."""
    settings = msgspec.convert(assignment.settings, Settings)
    run_listener(assignment, stop, SignalRule(settings))
