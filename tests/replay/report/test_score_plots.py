"""The plots of whether it paid."""

from pathlib import Path

import pytest

from messages import PaperSettled
from replay.report.market_lines import MarketLines, Settled
from replay.report.reading import Gathered, gather
from replay.report.score_plots import MOST_STEPS, account, calibration, kind_table, kinds, paper_facts
from replay.score.outcomes import Outcomes
from tests.replay.report.drawn import check, named, numbers
from tests.replay.score.made import QUARTER
from tests.replay.score.words import TICKER


@pytest.fixture
def empty(tmp_path: Path) -> Gathered:
    return gather(tmp_path, [], 100.0, lambda share: None)


def test_calibration_shows_fair_value_and_mid_with_their_intervals(gathered: Gathered) -> None:
    plot = calibration(gathered.score)
    check(plot)
    fair = gathered.score.fair
    assert fair is not None
    full = [one for one in fair.fair.bins if one.count]
    trace = named(plot, "fair value")
    assert numbers(trace["y"]) == [one.share for one in full]
    above = numbers(trace["error_y"]["array"])
    assert [one.share + up for one, up in zip(full, above, strict=True)] == pytest.approx(  # type: ignore[operator]
        [one.high for one in full]
    )
    assert not plot.on_time
    assert "3 windows" in plot.said


def test_every_kind_is_shown_with_its_interval_and_stands_in_the_table(gathered: Gathered) -> None:
    plot = kinds(gathered.score)
    check(plot)
    assert plot.layout["yaxis"]["ticktext"] == ["edge", "decision"]
    held = gathered.score.kinds[0].arrival.settled.per_contract
    assert held.mean is not None
    assert numbers(named(plot, "held to settlement")["x"])[0] == pytest.approx(held.mean * 100)
    assert [row[0] for row in kind_table(gathered.score).rows] == ["decision", "edge"]


def test_the_account_is_summed_up_with_the_interval_of_as_many_markets(gathered: Gathered) -> None:
    plot = account(gathered.market_lines.settled, gathered.outcomes)
    check(plot)
    total = sum(one.pnl_usd for one in gathered.market_lines.settled)
    assert numbers(named(plot, "paper PnL")["y"])[-1] == pytest.approx(total)
    paper = gathered.score.paper
    assert paper is not None
    assert paper.per_market.high is not None
    high = numbers(named(plot, "interval of 95 %, by windows")["y"])
    assert high[-1] == pytest.approx(paper.per_market.high * 3)
    assert len(high) == 2  # a single window has no interval
    assert paper_facts(gathered.score).startswith("Paper: 12 orders, 12 fills, ")


def test_many_markets_have_their_interval_worked_out_at_some() -> None:
    settled = [Settled(number * QUARTER, TICKER, 1.0) for number in range(2 * MOST_STEPS)]
    plot = account(settled, Outcomes())
    assert len(numbers(named(plot, "paper PnL")["y"])) == 2 * MOST_STEPS
    assert len(numbers(named(plot, "low")["y"])) < MOST_STEPS


def test_a_single_settled_market_has_no_interval() -> None:
    lines = MarketLines()
    lines.settle("paper", PaperSettled(TICKER, 1, "yes", 100, 0, 0, 0, 420_000), 0)
    assert [trace["name"] for trace in account(lines.settled, Outcomes()).traces] == ["paper PnL"]


def test_where_there_is_nothing_to_judge_the_page_says_so(empty: Gathered) -> None:
    assert calibration(empty.score).empty == "No fair value was recorded, so nothing can have come true."
    assert kinds(empty.score).empty == "There was no signal and no decision."
    assert account([], Outcomes()).empty == "No market with a paper position has settled."
    assert paper_facts(empty.score) == "The paper actor has said nothing."
