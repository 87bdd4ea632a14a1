"""Start of the signal actor."""

import threading
from typing import Any

import msgspec

from actors.listener import run_listener
from actors.signal.rule import SignalRule
from actors.signal.settings import Settings
from messages import Assignment


def build(settings: dict[str, Any]) -> SignalRule:
    """Make the rule as these settings want it, its state empty. Raises msgspec.ValidationError."""
    return SignalRule(msgspec.convert(settings, Settings))


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Say fair values and signals until told to stop. Raises msgspec.ValidationError."""
    run_listener(assignment, stop, build(assignment.settings))
