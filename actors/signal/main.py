"""Start of the signal actor."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from actors.listener import run_listener
from actors.recall import recall
from actors.signal.calibration import load
from actors.signal.rule import SignalRule
from actors.signal.settings import Settings
from messages import Assignment, VolatilityState

RECALLED: Final = frozenset({VolatilityState.kind})
"""Its own words of which the newest of each kind is given back to the rule at a start."""


def build(settings: Mapping[str, Any]) -> SignalRule:
    """Make the rule as these settings want it, its state empty, with the calibration that they name.

    Raises msgspec.ValidationError; ConfigurationError where the calibration cannot be used.
    """
    told = msgspec.convert(settings, Settings)
    calibration = load(Path(told.calibration_file), time.time_ns()) if told.calibration_file else None
    return SignalRule(told, calibration)


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Say fair values and signals until told to stop. Raises msgspec.ValidationError."""
    rule = build(assignment.settings)
    for message in recall(Path(assignment.data_dir) / "log" / assignment.name, RECALLED):
        rule.recall(message)
    run_listener(assignment, stop, rule)
