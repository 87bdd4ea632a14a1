"""The plot of the market."""

from messages import PaperFill
from replay.report.market_lines import MarketLines
from replay.report.market_plots import DENSE, prices
from tests.replay.report.drawn import check, named, numbers
from tests.replay.score.made import BEGIN, S
from tests.replay.score.words import TICKER, decision, fair, quote, signal


def lines(signals: int = 1) -> MarketLines:
    found = MarketLines()
    found.fair("signal", fair(1, 0.5), 0)
    found.quote("kalshi", quote(2, 400_000, 420_000), 0)
    for number in range(signals):
        found.signal("signal", signal(3 + number * 0.1), 0)
    found.decision("signal", decision(3), 0)
    found.fill("paper", PaperFill(1, TICKER, BEGIN + 3 * S, "buy", "yes", 420_000, 100, 0, 1), 0)
    return found


def test_quotes_fair_value_signals_decisions_and_fills_stand_in_one_plot() -> None:
    plot = prices(lines())
    check(plot)
    assert [trace["name"] for trace in plot.traces] == [
        "bid", "ask", "fair value", "signals for YES", "decisions for YES", "fills: YES bought",
    ]  # fmt: skip
    assert numbers(named(plot, "fills: YES bought")["y"]) == [0.42]
    assert named(plot, "signals for YES")["text"] == [f"{TICKER}<br>signal edge: yes at $0.42, edge +5.00 c"]
    assert plot.said.endswith("1 signal; 1 decision; 1 paper fill (bought).")


def test_marks_that_would_hide_the_lines_are_there_to_be_switched_on() -> None:
    plot = prices(lines(DENSE + 1))
    assert named(plot, "signals for YES")["visible"] == "legendonly"
    assert named(plot, "decisions for YES")["visible"] is True


def test_more_marks_than_can_be_drawn_are_told() -> None:
    plot = prices(lines(4000))
    drawn = len(numbers(named(plot, "signals for YES")["y"]))
    assert drawn < 4000
    assert f"4,000 signals, {drawn:,} of them drawn" in plot.said


def test_a_market_without_signals_says_so_and_so_does_a_record_without_markets() -> None:
    found = MarketLines()
    found.fair("signal", fair(1, 0.5), 0)
    assert prices(found).said.endswith("There was no signal, no decision and no paper fill.")
    assert prices(MarketLines()).empty == "No market of Kalshi and no fair value was recorded."


def test_other_series_are_named() -> None:
    found = lines()
    found.signal("signal", signal(3, ticker="KXBTCD-26NOV2219-T84000"), 0)
    assert "not drawn: KXBTCD." in prices(found).said
