from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cli.backtest_text import as_text, headline, short_names
from replay.backtest.points import Point
from replay.backtest.running import Failure
from tests.replay.backtest.made import point
from tests.replay.backtest.test_report import WINDOWS, noise, reported

TABLE = Path("/table")


def text(folder: Path, points: Sequence[Point], pnls: Sequence[Sequence[float]], count: int = 4) -> str:
    return "\n".join(as_text(reported(folder, points, pnls, count), TABLE))


def test_the_first_line_says_what_came_after_the_choice(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    gains, losses = (
        (0.5 + rng.normal(0, 0.1, WINDOWS)).tolist(),
        (-0.5 + rng.normal(0, 0.1, WINDOWS)).tolist(),
    )
    points = [point(0.01), point(0.02)]
    for number, (pnls, answer) in enumerate(
        [
            ([gains, losses], "it gained: +$0."),
            ([losses, losses], "it lost: -$0."),
            (noise(2), "is not known"),
        ]
    ):
        found = headline(reported(tmp_path / str(number), points, pnls))
        assert found.startswith("Chosen on the past and tested on what came after, ")
        assert answer in found
        assert "the best in hindsight looks" in found


def test_points_folds_and_luck_are_told(tmp_path: Path) -> None:
    found = text(tmp_path, [point(n / 100) for n in range(1, 31)], noise(30))
    assert "In sample, by paper PnL per window:" in found
    assert "edge_usd=0.0" in found
    assert "actors.signal" not in found
    assert "and 10 more points, which --json tells" in found
    assert "Walked forward, choosing by paper PnL per window on what lay before:" in found
    assert "All windows ahead: " in found
    assert "30 configurations were tried on these sessions" in found
    assert "nothing that luck does not explain" in found
    assert "Runs: 1 now, 2 kept from before, in /table" in found


def test_an_edge_that_outlives_the_deflation_is_called_more_than_luck(tmp_path: Path) -> None:
    pnls = [[x + 3.0 for x in row] if n == 2 else row for n, row in enumerate(noise(5))]
    assert "more than luck" in text(tmp_path, [point(0.01 * n) for n in range(5)], pnls)


def test_of_one_point_the_score_is_told_and_why_nothing_was_walked(tmp_path: Path) -> None:
    found = text(tmp_path, [point(0.01)], noise(1))
    assert found.startswith("The paper account brought ")
    assert "Nothing was walked forward: there is nothing to choose from" in found
    assert "The settings over all 40 windows (40 markets, 40 windows traded)" in found
    assert "were tried" not in found


def test_what_does_not_vary_is_not_believed_nor_disbelieved(tmp_path: Path) -> None:
    found = text(tmp_path, [point(0.01), point(0.02)], [[0.0] * WINDOWS] * 2)
    assert "How far to believe it cannot be said" in found


def test_failures_are_told_and_nothing_known_is_said(tmp_path: Path) -> None:
    failed = [Failure("edge=1", str(n), "it is broken") for n in range(12)]
    of = reported(tmp_path, [point(0.01)], [[]], failures=failed)
    found = "\n".join(as_text(of, TABLE))
    assert found.startswith("No point could be run over every session, and so nothing is known.")
    assert "12 runs failed; points with one are left out:" in found
    assert "edge=1, session 3: it is broken" in found
    assert "and 2 more" in found
    nothing = reported(tmp_path / "empty", [point(0.01)], [[]])
    assert headline(nothing).startswith("No market closed and settled in this span")


def test_keys_are_as_short_as_tells_them_apart(tmp_path: Path) -> None:
    values = {"actors.signal.decision.edge": 1, "actors.paper.edge": [2], "actors.paper.late.ms": "x"}
    (one,) = reported(tmp_path, [Point(values, point(0.01).settings)], noise(1)).points
    assert short_names([one])[one.point] == 'decision.edge=1 paper.edge=[2] ms="x"'
    assert short_names([]) == {}
