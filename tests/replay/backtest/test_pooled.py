import pytest

from replay.backtest.judged import judge
from replay.backtest.pooled import pool, windows_of
from replay.score.bought import DECISION
from replay.score.reading import Recorded
from replay.score.report import report
from replay.sessions import Session
from tests.replay.backtest.conftest import WINDOWS
from tests.replay.backtest.made import judged
from tests.replay.score.made import close_ns

SETTLED = [close_ns(number) for number in range(WINDOWS - 1)]


def test_over_all_windows_it_is_the_score_of_live(score_there: Recorded, session_there: Session) -> None:
    found = pool([([judge(score_there, session_there)], [*SETTLED, close_ns(WINDOWS - 1)])], 1)
    live = report(score_there, 100.0)
    assert live.paper is not None
    assert live.fair is not None
    assert found.decisions is not None
    (decisions,) = [kind for kind in live.kinds if kind.kind == DECISION]
    assert found.decisions.arrival == decisions.arrival
    assert found.decisions.markouts == decisions.markouts
    assert found.decisions.verdict.measures == decisions.verdict.measures
    assert found.per_contract.mean == pytest.approx(live.paper.per_contract.mean)
    assert found.per_contract.low == pytest.approx(live.paper.per_contract.low)
    assert found.fair_better.low == pytest.approx(live.fair.fair.better.low)
    assert found.fees_usd == pytest.approx(0.0175 * found.fills)


def test_windows_are_scored_by_what_was_chosen_for_each() -> None:
    one, other = judged([1.0, 1.0, 1.0, 1.0]), judged([0.0, 0.0, -2.0, 3.0])
    ends = [close_ns(number) for number in range(4)]
    found = pool([([one], ends[:2]), ([other], ends[2:])], 1)
    assert (found.windows, found.fills, found.pnl_usd) == (4, 4, 3.0)
    assert found.per_window.mean == 0.75
    assert found.decisions is None
    assert found.fair_better.mean == pytest.approx(1.0 / 90)


def test_a_window_that_two_sessions_saw_is_one() -> None:
    (whole,) = windows_of([judged([1.0]), judged([0.5])])
    assert (whole.pnl_usd, whole.fills, whole.markets) == (1.5, 2, 1)
    found = pool([([judged([1.0]), judged([0.5])], [close_ns(0)])], 1)
    assert (found.windows, found.pnl_usd) == (1, 1.5)


def test_nothing_is_scored_as_nothing() -> None:
    found = pool([], 1)
    assert (found.windows, found.pnl_usd, found.per_window.mean, found.decisions) == (0, 0.0, None, None)
