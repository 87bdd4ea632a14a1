import os
import subprocess
import sys
from pathlib import Path

import pytest

from replay.backtest.engine import LocalEngine, processors
from replay.backtest.errors import EngineError
from replay.backtest.task import Task
from tests.conftest import wait_until
from tests.replay.backtest.made import die, mark_and_hang, perform, task

ROOT = Path(__file__).resolve().parents[3]
HANGING = """
import sys
from replay.backtest.engine import LocalEngine
from tests.replay.backtest.made import mark_and_hang, task
if __name__ == "__main__":
    tasks = [task(key)._replace(work_dir=sys.argv[1]) for key in ("a", "b")]
    list(LocalEngine(2, mark_and_hang).run(tasks, print))
"""


def tasks(*keys: str, work_dir: str = "") -> list[Task]:
    return [task(key)._replace(work_dir=work_dir) for key in keys]


def unheard(key: str, share: float) -> None:
    pass


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(folder: Path) -> list[int]:
    return [int(path.name.partition("-")[2]) for path in folder.iterdir()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_is_done_once(jobs: int) -> None:
    wanted = tasks("a", "b", "c")
    found = list(LocalEngine(jobs, perform).run(wanted, unheard))
    assert sorted(done.task.key for done in found) == ["a", "b", "c"]
    assert {done.line for done in found if done.task.key == "a"} == {perform(wanted[0], print).line}


def test_closing_it_ends_what_still_runs(tmp_path: Path) -> None:
    def tell(key: str, share: float) -> None:
        raise AssertionError(key, share)  # nobody looks before the first is done

    running = LocalEngine(2, mark_and_hang).run(tasks("quick", "a", "b", "c", work_dir=str(tmp_path)), tell)
    assert next(running).task.key == "quick"
    wait_until(lambda: len(pids(tmp_path)) == 2, 20)
    running.close()
    assert not any(alive(pid) for pid in pids(tmp_path))


def test_a_process_that_is_ended_from_outside_is_told_in_a_sentence() -> None:
    with pytest.raises(EngineError, match="with fewer --jobs"):
        list(LocalEngine(2, die).run(tasks("a", "b"), unheard))


def test_a_parent_that_is_killed_leaves_nobody_behind(tmp_path: Path) -> None:
    script = tmp_path / "hanging.py"
    script.write_text(HANGING)
    marks = tmp_path / "marks"
    marks.mkdir()
    with subprocess.Popen(
        [sys.executable, str(script), str(marks)], env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as parent:
        try:
            wait_until(lambda: len(pids(marks)) == 2, 20)
        finally:
            parent.kill()
    wait_until(lambda: not any(alive(pid) for pid in pids(marks)), 10)


def test_there_is_a_processor() -> None:
    assert processors() >= 1


class EnoughError(Exception):
    pass


def test_how_far_the_workers_are_is_told_while_they_work(tmp_path: Path) -> None:
    told: dict[str, float] = {}

    def tell(key: str, share: float) -> None:
        told[key] = share
        if len(told) == 2:
            raise EnoughError

    with pytest.raises(EnoughError):
        next(LocalEngine(2, mark_and_hang).run(tasks("a", "b", work_dir=str(tmp_path)), tell))
    assert told == {"a": 0.5, "b": 0.5}
    assert not any(alive(pid) for pid in pids(tmp_path))
