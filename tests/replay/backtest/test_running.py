from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path

import pytest

from replay.backtest.engine import LocalEngine, TellOf
from replay.backtest.running import WORK, plan, run
from replay.backtest.span import Part
from replay.backtest.table import Results
from replay.backtest.task import Done, Task
from tests.replay.backtest.made import KEY, perform, point, session

PARTS = [Part(of, of) for of in (session("one", 0, 10), session("two", 20, 30))]


class Interrupted:
    """An engine on which somebody presses Ctrl-C after some tasks."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.closed = False

    def run(self, tasks: Sequence[Task], tell: TellOf) -> Generator[Done, None, None]:
        try:
            yield from (perform(task, partial(tell, task.key)) for task in tasks[: self.after])
            raise KeyboardInterrupt
        finally:
            self.closed = True


def test_every_point_is_run_over_every_session_and_never_again(tmp_path: Path) -> None:
    points = [point(0.01), point(0.02)]
    planned = plan(tmp_path, PARTS, points, tmp_path / WORK)
    shares: list[float] = []
    with Results(tmp_path) as results:
        ran = run(planned, results, LocalEngine(1, perform), shares.append)
        assert (ran.done, ran.kept, ran.failures) == (4, 0, [])
        again = run(planned, results, LocalEngine(1, perform), shares.append)
        assert (again.done, again.kept) == (0, 4)
        row = results.row(planned.keys[1][0])
    assert (row.session, row.point) == ("one", {KEY: 0.02})
    assert shares[:2] == [0.0, pytest.approx(0.25 * 10 / 80, rel=1e-3)]
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert not (tmp_path / WORK).exists()


def test_a_point_tells_each_run_the_settings_of_the_actors_run_anew(tmp_path: Path) -> None:
    planned = plan(tmp_path, PARTS, [point(0.01), point(0.02)], tmp_path / WORK)
    assert planned.anew == [["brti", "signal", "paper"]] * 2
    task = planned.tasks[planned.keys[1][1]]
    assert task.settings == point(0.02).settings
    assert (task.session, task.latency_ms) == (PARTS[1].cut, 100.0)


def test_points_that_are_the_same_are_run_once(tmp_path: Path) -> None:
    planned = plan(tmp_path, PARTS, [point(0.01), point(0.01)], tmp_path / WORK)
    assert planned.keys[0] == planned.keys[1]
    assert len(planned.tasks) == 2


def test_what_was_done_before_a_ctrl_c_is_kept_and_the_rest_is_done_later(tmp_path: Path) -> None:
    planned = plan(tmp_path, PARTS, [point(0.01), point(0.02)], tmp_path / WORK)
    engine = Interrupted(after=3)
    with Results(tmp_path) as results:
        with pytest.raises(KeyboardInterrupt):
            run(planned, results, engine, lambda share: None)
        assert engine.closed
        assert len(results) == 3
    assert not (tmp_path / WORK).exists()
    with Results(tmp_path) as results:
        ran = run(planned, results, LocalEngine(1, perform), lambda share: None)
        assert (ran.done, ran.kept) == (1, 3)


def test_a_run_that_fails_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    planned = plan(tmp_path, PARTS, [point(-1.0), point(0.02)], tmp_path / WORK)
    with Results(tmp_path) as results:
        ran = run(planned, results, LocalEngine(1, perform), lambda share: None)
    assert ran.done == 2
    assert [(failure.point, failure.session) for failure in ran.failures] == [
        (f"{KEY}=-1.0", "one"),
        (f"{KEY}=-1.0", "two"),
    ]


def test_what_a_killed_backtest_left_behind_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / WORK / "backtest-left" / "run"
    left.mkdir(parents=True)
    planned = plan(tmp_path, PARTS, [point(0.01)], tmp_path / WORK)
    with Results(tmp_path) as results:
        run(planned, results, LocalEngine(1, perform), lambda share: None)
    assert not left.exists()
