"""One configuration over one session: the unit that engines share out. Runs in any process."""

import platform
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec

from messages.version import VERSION
from replay.backtest.errors import BacktestError
from replay.backtest.judged import judge
from replay.backtest.table import Row
from replay.errors import ReplayError
from replay.pipeline.run import run
from replay.records import Tell
from replay.score.reading import read
from replay.sessions import Session

LAST_WORDS_NS = 1_000_000_000
"""For what the actors say, after their delays, to the session's last records."""

RUN_SHARE = 0.9
"""Of the time that a task takes, about, until it is scored."""


class Task(NamedTuple):
    """What to run. settings: of the actors to be run anew; latency_ms: of the paper account, which the
    score's orders have too. session: its ends are where to begin and stop. work_dir: for the words of the
    run while it lasts; empty: where this machine keeps temporary files. version: of the project that gave it
    out, which must be that of whoever performs it."""

    key: str
    config: str
    point: dict[str, Any]
    data_dir: str
    session: Session
    settings: dict[str, dict[str, Any]]
    latency_ms: float
    work_dir: str
    version: str = VERSION


class Done(NamedTuple):
    """A task that came to its end. line: its row of the table, encoded; empty with a failure, in words."""

    task: Task
    line: bytes
    failure: str


def perform(task: Task, tell: Tell) -> Done:
    """Run the chain anew, score what it said, and throw its words away. tell: how far it has come."""
    begun_s = time.perf_counter()
    try:
        with TemporaryDirectory(prefix="backtest-", dir=task.work_dir or None) as folder:
            row = _row(task, Path(folder) / "run", begun_s, tell)
    except (ReplayError, OSError) as error:
        return Done(task, b"", str(error))
    return Done(task, msgspec.json.encode(row), "")


def _row(task: Task, out_dir: Path, begun_s: float, tell: Tell) -> Row:
    session = task.session
    if task.version != VERSION:
        message = f"{platform.node()} has version {VERSION} of this project, and not {task.version}"
        raise BacktestError(message)
    if not (Path(task.data_dir) / "log").is_dir():
        message = f"there are no logs in {task.data_dir} on this machine ({platform.node()})"
        raise BacktestError(message)
    outcome = run(
        Path(task.data_dir),
        [session],
        task.settings,
        out_dir,
        lambda share: tell(share * RUN_SHARE),
        from_ns=session.from_ns,
        to_ns=session.to_ns,
    )
    heard = session._replace(to_ns=session.to_ns + LAST_WORDS_NS)
    recorded = read(
        out_dir, [heard], task.latency_ms, lambda share: tell(RUN_SHARE + share * (1.0 - RUN_SHARE))
    )
    return Row(
        key=task.key,
        config=task.config,
        point=task.point,
        session=session.name,
        version=VERSION,
        from_ns=session.from_ns,
        to_ns=session.to_ns,
        passed=outcome.passed,
        said=outcome.said,
        seconds=round(time.perf_counter() - begun_s, 3),
        judged=judge(recorded, session),
    )
