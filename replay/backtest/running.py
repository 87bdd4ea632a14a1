"""Every point of the grid over every session, as far as it is not done yet."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from replay.backtest.engine import Engine
from replay.backtest.errors import BacktestError
from replay.backtest.points import Point, configuration, named, row_key
from replay.backtest.span import Part, anew
from replay.backtest.table import Results
from replay.backtest.task import Task
from replay.records import Tell

WORK = "work"
"""Folder beside the table for the words of runs while they last."""


class Failure(NamedTuple):
    """A point that could not be run over a session, and why."""

    point: str
    session: str
    why: str


class Plan(NamedTuple):
    """What belongs to a backtest. keys: of each point, of each session, in their order. tasks: by key."""

    keys: list[list[str]]
    tasks: dict[str, Task]
    anew: list[list[str]]


class Ran(NamedTuple):
    """How the runs went. done: in this command; kept: finished by an earlier one."""

    done: int
    kept: int
    failures: list[Failure]


def plan(data_dir: Path, parts: Sequence[Part], points: Sequence[Point], work_dir: Path) -> Plan:
    """Lay out the runs. Points that tell the actors to be run the same are one run."""
    again = [anew(data_dir, part.whole, points) for part in parts]
    keys: list[list[str]] = []
    tasks: dict[str, Task] = {}
    for point in points:
        config = configuration(point.settings)
        row = []
        for part, actors in zip(parts, again, strict=True):
            settings = {actor: point.settings[actor] for actor in actors}
            key = row_key(configuration(settings), actors, part.cut)
            row.append(key)
            tasks.setdefault(
                key,
                Task(
                    key=key,
                    config=config,
                    point=point.values,
                    data_dir=str(data_dir),
                    session=part.cut,
                    settings=settings,
                    latency_ms=float(settings["paper"]["latency_ms"]),
                    work_dir=str(work_dir),
                ),
            )
        keys.append(row)
    return Plan(keys, tasks, again)


def run(planned: Plan, results: Results, engine: Engine, tell: Tell) -> Ran:
    """Run what is not in the table yet. Whatever ends it, what was done stands in the table.

    tell: by the sessions' length. Raises EngineError, BacktestError where the table cannot be written.
    """
    todo = [task for key, task in planned.tasks.items() if key not in results]
    total_ns = sum(_length_ns(task) for task in planned.tasks.values())
    done_ns = total_ns - sum(map(_length_ns, todo))
    kept = len(planned.tasks) - len(todo)
    failures: list[Failure] = []
    work = results.path.parent / WORK
    shutil.rmtree(work, ignore_errors=True)  # of a run that was killed; the table's lock is ours
    if not todo:
        return Ran(0, kept, failures)
    work.mkdir()
    begun_ns: dict[str, float] = {}

    def part(key: str, share: float) -> None:
        begun_ns[key] = share * _length_ns(planned.tasks[key])
        tell((done_ns + sum(begun_ns.values())) / total_ns)

    def whole(task: Task) -> None:
        nonlocal done_ns
        begun_ns.pop(task.key, None)
        done_ns += _length_ns(task)
        tell((done_ns + sum(begun_ns.values())) / total_ns)

    running = engine.run(todo, part)
    try:
        tell(done_ns / total_ns)
        for done in running:
            if done.failure:
                failures.append(Failure(named(done.task.point), done.task.session.name, done.failure))
            else:
                _add(results, done.line)
            whole(done.task)
    finally:
        running.close()
        shutil.rmtree(work, ignore_errors=True)
    return Ran(len(todo) - len(failures), kept, failures)


def _add(results: Results, line: bytes) -> None:
    try:
        results.add(line)
    except OSError as error:
        message = (
            f"{results.path} cannot be written to ({error.strerror}); what is done is kept, mend that and "
            "run this again"
        )
        raise BacktestError(message) from None


def _length_ns(task: Task) -> int:
    return task.session.to_ns - task.session.from_ns
