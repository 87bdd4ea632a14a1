import msgspec
import numpy as np
import pytest

from replay.backtest.judged import Judged, decisions_of, judge
from replay.score.bought import DECISION, Bought, pick
from replay.score.reading import Recorded
from replay.score.report import report
from replay.sessions import Session
from tests.replay.backtest.conftest import WINDOWS
from tests.replay.score.made import close_ns


def through_json(of: Judged) -> Judged:
    return msgspec.json.decode(msgspec.json.encode(of), type=Judged)


def test_windows_that_closed_and_settled_in_the_session_are_kept(
    score_there: Recorded, session_there: Session
) -> None:
    found = judge(score_there, session_there)
    assert [window.close_ns for window in found.windows] == [close_ns(n) for n in range(WINDOWS - 1)]
    assert (found.unsettled, found.disagreeing, found.lost) == (1, [], 0)
    whole = report(score_there, 100.0)
    assert whole.paper is not None
    assert sum(window.pnl_usd for window in found.windows) == pytest.approx(whole.paper.pnl_usd)
    assert sum(window.fills for window in found.windows) > 0
    assert whole.fair is not None
    assert sum(window.samples for window in found.windows) == whole.fair.fair.count
    squares = sum(window.fair_squares for window in found.windows)
    assert squares / whole.fair.fair.count == pytest.approx(whole.fair.fair.brier)


def test_a_market_that_closed_outside_of_the_span_is_left_out(
    score_there: Recorded, session_there: Session
) -> None:
    cut = session_there._replace(from_ns=close_ns(2), to_ns=close_ns(6))
    found = judge(score_there, cut)
    assert [window.close_ns for window in found.windows] == [close_ns(n) for n in (3, 4, 5)]


def test_decisions_come_back_as_they_were_read_after_a_stay_in_json(
    score_there: Recorded, session_there: Session
) -> None:
    found = decisions_of([through_json(judge(score_there, session_there))])
    which = score_there.bought.kind == score_there.kinds.index(DECISION)
    expected = pick(score_there.bought, which)
    assert len(found.yes) == which.sum() > 0
    for field in Bought._fields:
        if field not in ("market", "kind"):
            np.testing.assert_array_equal(getattr(found.bought, field), getattr(expected, field))
    assert np.isnan(found.yes).any()  # of the last window, which has not settled


def test_without_decisions_there_are_columns_all_the_same(
    score_there: Recorded, session_there: Session
) -> None:
    nothing = score_there._replace(bought=pick(score_there.bought, np.empty(0, dtype=np.int64)), kinds=[])
    found = decisions_of([through_json(judge(nothing, session_there))])
    assert len(found.yes) == 0
    assert found.bought.marks.shape == (5, 0)
    assert len(decisions_of([]).yes) == 0
