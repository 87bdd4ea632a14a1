"""What became of running a chain of listeners anew."""

from pathlib import Path
from typing import NamedTuple

from replay.pipeline.delays import Delays
from replay.records import Missing
from replay.sessions import Session


class Outcome(NamedTuple):
    """A chain that was run over recorded feeds.

    out_dir: a data folder with the new words as logs, and with the recorded logs that they rest on.
    sessions: as they were run. delays: by actor and session name. said: how often each actor said each type
    of message. turns: of each actor. passed: records of the logs that were read, kinds that nobody wanted
    included. missing: what could not be read of them.
    """

    out_dir: Path
    sessions: list[Session]
    delays: dict[str, dict[str, Delays]]
    said: dict[str, dict[str, int]]
    turns: dict[str, int]
    passed: int
    missing: list[Missing]
