from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from replay.backtest.choosing import PNL
from replay.backtest.judged import Judged
from replay.backtest.points import Point
from replay.backtest.report import Report, report
from replay.backtest.running import Failure, Plan, Ran, plan
from replay.backtest.span import Part
from replay.backtest.table import Results
from tests.replay.backtest.made import judged, line, point, session

WINDOWS = 40


def reported(
    folder: Path,
    points: Sequence[Point],
    pnls: Sequence[Sequence[float]],
    count: int = 4,
    parts: int = 1,
    failures: Sequence[Failure] = (),
) -> Report:
    """A report over points whose profit in each window is given; None of a failed one."""
    each = WINDOWS // parts
    sessions = [session(str(n), n * each, each) for n in range(parts)]
    there = [Part(of, of) for of in sessions]
    planned = plan(folder, there, points, folder / "work")
    with Results(folder) as results:
        for row, pnl in zip(planned.keys, pnls, strict=True):
            for n, key in enumerate(row):
                if pnl:
                    results.add(line(planned.tasks[key], share(pnl, n * each, each)))
        return report(there, points, planned, results, Ran(1, 2, list(failures)), count, PNL)


def share(pnl: Sequence[float], first: int, windows: int) -> Judged:
    return judged(pnl[first : first + windows], first)


def noise(points: int, seed: int = 1) -> list[list[float]]:
    return np.random.default_rng(seed).normal(0.0, 1.0, (points, WINDOWS)).tolist()  # type: ignore[no-any-return]


def test_each_fold_is_chosen_on_the_past_and_told_on_what_came_after(tmp_path: Path) -> None:
    early = [1.0] * 20 + [-1.0] * 20
    late = [-1.0] * 20 + [1.0] * 20
    found = reported(tmp_path, [point(0.01), point(0.02)], [early, late])
    assert found.walked is not None
    assert [fold.past for fold in found.walked.folds] == [9, 19, 29]
    assert [fold.chosen[-4:] for fold in found.walked.folds] == ["0.01", "0.01", "0.01"]
    assert [fold.ahead.mean for fold in found.walked.folds] == [1.0, -1.0, -1.0]
    assert found.walked.score.pnl_usd == -10.0
    assert found.walked.score.per_window.mean == pytest.approx(-1 / 3)


def test_what_looks_best_of_noise_in_sample_is_worse_ahead_and_not_believed(tmp_path: Path) -> None:
    found = reported(tmp_path, [point(0.01 * n) for n in range(1, 31)], noise(30))
    assert found.score is not None
    assert found.score.per_window.mean is not None
    assert found.walked is not None
    assert found.walked.optimism_usd > 0.0
    assert found.walked.score.per_window.mean is not None
    assert found.walked.in_sample.mean == pytest.approx(
        found.walked.score.per_window.mean + found.walked.optimism_usd
    )
    assert found.deflated is not None
    assert found.deflated.tried == 30
    assert found.deflated.probability is not None
    assert found.deflated.probability < 0.95
    assert [one.objective for one in found.points] == sorted(
        (one.objective for one in found.points), reverse=True
    )


def test_sessions_are_taken_together(tmp_path: Path) -> None:
    pnls = noise(3)
    whole = reported(tmp_path / "whole", [point(0.01 * n) for n in range(3)], pnls)
    parted = reported(tmp_path / "parted", [point(0.01 * n) for n in range(3)], pnls, parts=4)
    assert whole.walked == parted.walked
    assert whole.points == parted.points
    assert [one.session for one in parted.sessions] == ["0", "1", "2", "3"]
    assert parted.sessions[0].unsettled == 1


def test_without_a_grid_there_is_a_score_and_nothing_to_choose(tmp_path: Path) -> None:
    found = reported(tmp_path, [point(0.01)], noise(1))
    assert found.walked is None
    assert "nothing to choose from" in found.not_walked
    assert found.deflated is None
    assert found.score is not None
    assert found.score.windows == found.windows == WINDOWS


def test_too_few_windows_for_the_folds_are_said(tmp_path: Path) -> None:
    found = reported(tmp_path, [point(0.01), point(0.02)], noise(2), count=30)
    assert found.walked is None
    assert found.not_walked == "30 folds need at least 60 settled windows, and 40 were recorded"
    assert found.score is not None


def test_a_point_with_a_failed_run_is_left_out(tmp_path: Path) -> None:
    failed = Failure("x", "one", "it is broken")
    found = reported(tmp_path, [point(0.01), point(0.02), point(0.03)], [*noise(2), []], failures=[failed])
    assert len(found.points) == 2
    assert found.failures == [failed]
    assert found.tried == 3
    nothing = reported(tmp_path / "none", [point(0.01)], [[]], failures=[failed])
    assert (nothing.score, nothing.points, nothing.windows) == (None, [], 0)


def test_earlier_points_on_the_same_sessions_count_as_tried(tmp_path: Path) -> None:
    reported(tmp_path, [point(0.01 * n) for n in range(10)], noise(10))
    found = reported(tmp_path, [point(0.21), point(0.22)], noise(2))
    assert found.tried == 12
    assert len(found.points) == 2
    assert found.deflated is not None
    assert found.deflated.tried == 12


def test_nothing_settled_is_nothing_known(tmp_path: Path) -> None:
    of = session()
    planned: Plan = plan(tmp_path, [Part(of, of)], [point(0.01)], tmp_path)
    with Results(tmp_path) as results:
        results.add(line(planned.tasks[planned.keys[0][0]], judged([])))
        found = report([Part(of, of)], [point(0.01)], planned, results, Ran(1, 0, []), 5, PNL)
    assert (found.windows, found.score, found.walked) == (0, None, None)
