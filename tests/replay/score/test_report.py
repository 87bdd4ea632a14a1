import math
from pathlib import Path
from typing import Any

import pytest

from replay.score.reading import Reading, read
from replay.score.report import Report, plain, report
from replay.sessions import Session, sessions
from tests.replay.score.logs import SESSION, record
from tests.replay.score.made import BEGIN


def scored(data_dir: Path, windows: int, slow: bool, seed: int = 1) -> Report:
    record(data_dir, windows, slow, seed)
    return report(read(data_dir, sessions(data_dir), 100.0, lambda share: None), 100.0)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Twelve windows of a market that follows late."""
    return scored(tmp_path_factory.mktemp("slow"), 12, slow=True)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Twelve windows of a market that is right."""
    return scored(tmp_path_factory.mktemp("right"), 12, slow=False)


def floats(of: Any) -> list[float]:
    if isinstance(of, dict):
        return [found for value in of.values() for found in floats(value)]
    if isinstance(of, list):
        return [found for value in of for found in floats(value)]
    return [of] if isinstance(of, float) else []


def test_the_edge_in_a_slow_market_is_found_from_its_logs(slow: Report) -> None:
    assert (slow.verdict.subject, slow.verdict.answer) == ("the composite's decisions", "edge")
    assert slow.verdict.found
    assert (slow.ended.markets, slow.ended.windows, slow.ended.settled, slow.ended.unsettled) == (
        12,
        12,
        11,
        1,
    )


def test_in_a_market_that_is_right_none_is_found(right: Report) -> None:
    assert (right.verdict.answer, right.verdict.found) == ("no edge", False)


def test_the_composite_comes_first_and_every_kind_is_there(slow: Report) -> None:
    assert [kind.kind for kind in slow.kinds] == ["decision", "edge"]
    assert [one.kind for one in slow.withheld_scores] == ["withheld: closing"]
    edge = slow.kinds[1]
    assert edge.count == sum(part.count for part in edge.by_time_left) == sum(edge.arrival.met.values())
    assert edge.hits.count < edge.count  # the last window has not settled
    assert [markout.horizon_s for markout in edge.markouts] == [0.1, 1.0, 5.0, 15.0, 60.0, None]


def test_fair_value_beats_a_market_that_follows_late_and_no_market_that_is_right(
    slow: Report, right: Report
) -> None:
    assert slow.fair is not None
    assert right.fair is not None
    assert slow.fair.samples == 12 * 89
    coefficient = slow.fair.gap[4].coefficient
    assert coefficient.low is not None
    assert coefficient.low > 0.5
    assert right.fair.fair.skill is not None
    assert abs(right.fair.fair.skill) < 0.01


def test_an_indicator_that_knows_goes_with_the_move_that_follows(slow: Report) -> None:
    assert [one.name for one in slow.indicators] == ["edge-yes"]
    minute = slow.indicators[0].coefficients[4].correlation
    assert minute.low is not None
    assert minute.low > 0.1


def test_what_was_withheld_and_what_the_account_did_is_told(slow: Report) -> None:
    assert [(gate.gate, gate.count) for gate in slow.withheld.gates] == [("closing", 12)]
    assert [row.reason for row in slow.withheld.fair] == ["the market is closed"]
    assert slow.paper is not None
    assert (slow.paper.settled, slow.paper.open, slow.paper.disagreeing) == (11, 1, [])


def test_all_of_it_is_plain_numbers(slow: Report) -> None:
    told = plain(slow)
    assert told["verdict"]["sentence"] == slow.verdict.sentence
    assert told["kinds"][0]["arrival"]["met"]["taken"] > 0
    assert all(math.isfinite(value) for value in floats(told))


def test_where_nothing_was_said_there_is_nothing_to_judge() -> None:
    reading = Reading(100.0)
    reading.begin(Session(SESSION, "live", BEGIN, 2**62, 1.0))
    reading.end()
    found = report(reading.recorded([]), 100.0)
    assert (found.verdict.answer, found.verdict.found, found.fair, found.paper) == (
        "nothing to judge", False, None, None,
    )  # fmt: skip
    assert "not one signal" in found.verdict.sentence
    assert (found.kinds, found.indicators) == ([], [])
