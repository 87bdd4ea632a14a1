"""What is kept of Kalshi's markets for the page."""

import math

import pytest

from messages import MarketBookWithdrawn, MarketRoleChanged, PaperFill, PaperSettled
from replay.report.envelope import Points
from replay.report.market_lines import MarketLines
from tests.replay.report.said import gap
from tests.replay.score.made import BEGIN, S
from tests.replay.score.words import TICKER, decision, fair, quote, signal

NEXT = "KXBTC15M-26NOV221930-30"


def running(lines: MarketLines, ticker: str, at_s: float) -> None:
    lines.role("kalshi", MarketRoleChanged("KXBTC15M", BEGIN + round(at_s * S), ticker, ""), 0)


def drawn(points: Points) -> list[tuple[float, float | None]]:
    return [
        ((at_ns - BEGIN) / S, None if math.isnan(value) else value)
        for at_ns, value in zip(points.at_ns.tolist(), points.value.tolist(), strict=True)
    ]


def test_only_the_market_that_runs_is_drawn_and_no_line_leads_to_the_next() -> None:
    lines = MarketLines()
    running(lines, TICKER, 0)
    lines.quote("kalshi", quote(1, 400_000, 420_000), 0)
    lines.quote("kalshi", quote(2, 100_000, 120_000, NEXT), 0)
    running(lines, NEXT, 3)
    lines.quote("kalshi", quote(4, 500_000, 520_000), 0)
    lines.quote("kalshi", quote(5, 200_000, 220_000, NEXT), 0)
    series = lines.series["KXBTC15M"]
    assert drawn(series.bid.points()) == [(1, 0.4), (3, 0.4), (3, None), (5, 0.2)]
    assert drawn(series.ask.points()) == [(1, 0.42), (3, 0.42), (3, None), (5, 0.22)]


def test_an_empty_side_a_withdrawn_book_and_a_gap_break_the_line() -> None:
    lines = MarketLines()
    running(lines, TICKER, 0)
    for at_s in (1, 3, 5):
        lines.quote("kalshi", quote(at_s, 400_000, 420_000), 0)
        if at_s == 1:
            lines.quote("kalshi", quote(2, 400_000, -1), 0)
        elif at_s == 3:
            lines.withdrawn("kalshi", MarketBookWithdrawn(TICKER, 1, BEGIN + 4 * S, "sequence"), 0)
        else:
            lines.gap("kalshi", gap(BEGIN + 6 * S, BEGIN + 9 * S, venue="coinbase"), 0)
            lines.gap("kalshi", gap(BEGIN + 7 * S, BEGIN + 9 * S, venue="kalshi"), 0)
    ask = drawn(lines.series["KXBTC15M"].ask.points())
    assert [at_s for at_s, value in ask if value is None] == [2, 4, 7]


def test_a_fair_value_tells_which_market_runs_where_nothing_else_does() -> None:
    lines = MarketLines()
    lines.fair("signal", fair(1, 0.5), 0)
    lines.quote("kalshi", quote(2, 400_000, 420_000), 0)
    lines.fair("signal", fair(3, 0.0, withheld="the market is closed"), 0)
    series = lines.series["KXBTC15M"]
    assert drawn(series.fair.points()) == [(1, 0.5), (3, 0.5), (3, None)]
    assert series.bid.count == 1
    assert series.strike.points().value.tolist() == [84_000.0, 84_000.0]
    assert lines.main() == "KXBTC15M"


def test_what_concerns_no_stands_at_the_price_of_yes() -> None:
    lines = MarketLines()
    lines.signal("signal", signal(1, "no", 300_000), 0)
    lines.decision("signal", decision(2, "yes", 420_000), 0)
    lines.fill("paper", PaperFill(1, TICKER, BEGIN, "buy", "no", 310_000, 250, 0, 1), 0)
    lines.fill("paper", PaperFill(2, TICKER, BEGIN, "sell", "no", 330_000, 250, 0, 1), 0)
    marks = {key: one.points() for key, one in lines.series["KXBTC15M"].marks.items()}
    assert {key: points.value.tolist() for key, points in marks.items()} == {
        ("signal", "no"): [pytest.approx(0.7)],
        ("decision", "yes"): [0.42],
        ("bought", "no"): [pytest.approx(0.69)],
        ("sold", "no"): [pytest.approx(0.67)],
    }
    assert marks["signal", "no"].notes == [f"{TICKER}\nsignal edge: no at $0.3, edge +5.00 c"]
    assert marks["bought", "no"].notes == [f"{TICKER}\npaper bought 2.5 no at $0.31"]


def test_settled_markets_are_kept_in_dollars() -> None:
    lines = MarketLines()
    lines.settle("paper", PaperSettled(TICKER, BEGIN, "yes", 100, 0, 0, 0, -420_000), 0)
    assert [(one.ticker, one.pnl_usd) for one in lines.settled] == [(TICKER, -0.42)]


def test_nothing_holds_beyond_the_session() -> None:
    lines = MarketLines()
    running(lines, TICKER, 0)
    lines.quote("kalshi", quote(1, 400_000, 420_000), 0)
    lines.ended(BEGIN + 9 * S)
    assert drawn(lines.series["KXBTC15M"].bid.points())[-1] == (9, None)
    assert MarketLines().main() == ""
