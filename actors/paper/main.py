"""Start of the paper trader."""

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from actors.listener import run_listener
from actors.paper.meanwhile import results
from actors.paper.rule import PaperRule
from actors.paper.settings import Settings
from actors.paper.sources import MARKET_LOG
from actors.recall import recall
from messages import Assignment, Message, PaperAccount

RECALLED: Final = frozenset({PaperAccount.kind})
"""Its own words of which the newest of each kind is given back to the rule at a start."""


def build(settings: Mapping[str, Any]) -> PaperRule:
    """Make the rule as these settings want it, its state empty. Raises msgspec.ValidationError."""
    return PaperRule(msgspec.convert(settings, Settings))


def restore(rule: PaperRule, recalled: Sequence[Message], log_root: Path, now_ns: int) -> None:
    """Give the rule its account back, with what the market feed's log tells of its markets up to now."""
    for said in recalled:
        if isinstance(said, PaperAccount):
            rule.recall(said, now_ns, results(log_root / MARKET_LOG, said, now_ns))


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Trade on paper until told to stop. Raises msgspec.ValidationError for impossible settings."""
    rule = build(assignment.settings)
    log_root = Path(assignment.data_dir) / "log"
    restore(rule, recall(log_root / assignment.name, RECALLED), log_root, time.time_ns())
    run_listener(assignment, stop, rule)
