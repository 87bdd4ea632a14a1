"""Start of the signal actor."""

import threading
from pathlib import Path
from typing import Any, Final

import msgspec

from actors.listener import run_listener
from actors.recall import recall
from actors.signal.rule import SignalRule
from actors.signal.settings import Settings
from messages import Assignment, VolatilityState

RECALLED: Final = frozenset({VolatilityState.kind})
"""Its own words of which the newest of each kind is given back to the rule at a start."""


def build(settings: dict[str, Any]) -> SignalRule:
    """Make the rule as these settings want it, its state empty. Raises msgspec.ValidationError."""
    return SignalRule(msgspec.convert(settings, Settings))


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Say fair values and signals until told to stop. Raises msgspec.ValidationError."""
    rule = build(assignment.settings)
    for message in recall(Path(assignment.data_dir) / "log" / assignment.name, RECALLED):
        rule.recall(message)
    run_listener(assignment, stop, rule)
