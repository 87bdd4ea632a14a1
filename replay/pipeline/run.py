"""The chain of listeners, run anew over recorded feeds under another configuration."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from replay.pipeline.delays import Delays
from replay.pipeline.outcome import Outcome
from replay.records import Tell
from replay.sessions import EVER_NS, Session


def run(
    data_dir: Path,
    sessions: Sequence[Session],
    settings: Mapping[str, Mapping[str, Any]],
    out_dir: Path,
    tell: Tell = lambda share: None,
    *,
    from_ns: int = 0,
    to_ns: int = EVER_NS,
    delays: Mapping[str, Delays] | None = None,
) -> Outcome:
    """Run listeners over what the feeds said in these sessions, and write their words down as logs.

    settings: by actor, of those to be run anew (any of `brti`, `signal`, `paper`); `speed` is set to the
    session's. Those of the chain that stand before them are heard as they were recorded, those behind
    them are left out. out_dir: a new folder, or an empty one; then a data folder like any other. from_ns,
    to_ns: only this part of the sessions. delays: by actor; without them those that the session itself shows.
    The same logs and settings give the same bytes. Raises ReplayError.
    """
    raise NotImplementedError
