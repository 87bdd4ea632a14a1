"""Start of the paper trader."""

import threading
import time
from pathlib import Path

import msgspec

from actors.listener import run_listener
from actors.paper.meanwhile import results
from actors.paper.rule import PaperRule
from actors.paper.settings import Settings
from actors.paper.sources import MARKET_LOG
from actors.recall import recall
from messages import Assignment, PaperAccount


def start(assignment: Assignment, stop: threading.Event) -> None:
    """Trade on paper until told to stop. Raises msgspec.ValidationError for impossible settings."""
    rule = PaperRule(msgspec.convert(assignment.settings, Settings))
    logs = Path(assignment.data_dir) / "log"
    for said in recall(logs / assignment.name, frozenset({PaperAccount.kind})):
        if isinstance(said, PaperAccount):
            now_ns = time.time_ns()
            rule.recall(said, now_ns, results(logs / MARKET_LOG, said, now_ns))
    run_listener(assignment, stop, rule)
