"""Start of the index aggregator."""

import threading
from collections.abc import Mapping
from typing import Any

import msgspec

from actors.brti.rule import BrtiRule
from actors.brti.settings import Settings
from actors.listener import run_listener
from messages import Assignment


def build(settings: Mapping[str, Any]) -> BrtiRule:
    """Make the rule as these settings want it, its state empty. Raises msgspec.ValidationError."""
    return BrtiRule(msgspec.convert(settings, Settings))


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Aggregate until told to stop. Raises msgspec.ValidationError for impossible settings."""
    run_listener(assignment, stop, build(assignment.settings))
