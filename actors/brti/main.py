"""Start of the index aggregator."""

import threading

import msgspec

from actors.brti.rule import BrtiRule
from actors.brti.settings import Settings
from actors.listener import run_listener
from messages import Assignment


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Aggregate until told to stop. Raises msgspec.ValidationError for impossible settings."""
    settings = msgspec.convert(assignment.settings, Settings)
    run_listener(assignment, stop, BrtiRule(settings))
