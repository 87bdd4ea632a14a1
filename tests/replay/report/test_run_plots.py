"""The plots of how it ran."""

from replay.report.run_lines import RunLines
from replay.report.run_plots import from_venues, run_table, time_line, written
from tests.replay.report.drawn import check, named, numbers
from tests.replay.report.said import S, gap, health, index_value, moved, started, venue_quote


def runs() -> RunLines:
    found = RunLines()
    found.began(0)
    found.state("supervisor", moved("coinbase", S, "starting", "running"), S)
    found.state("supervisor", moved("coinbase", 5 * S, "running", "backoff", "<killed>"), 5 * S)
    found.state("supervisor", moved("coinbase", 7 * S, "starting", "running"), 7 * S)
    found.started("coinbase", started("coinbase", S), S)
    found.started("coinbase", started("coinbase", 6 * S), 6 * S)
    found.health("coinbase", health(2 * S, False, why="silence"), 2 * S)
    found.health("coinbase", health(3 * S, p50=0.0, p99=20.0), 3 * S)
    found.gap("coinbase", gap(4 * S, 6 * S), 6 * S)
    found.quote("coinbase", venue_quote(3 * S, 1.0, 2.0), 3 * S + 2_000_000)
    for second in (2, 3):
        found.answer("brti", index_value(second * S, 84_000.0), second * S + 1_000_000)
    for log in ("coinbase", "brti"):
        found.run(log).records = 10
        found.run(log).saw(S)
        found.run(log).saw(9 * S)
    found.ends()
    return found


def test_everything_that_was_missing_stands_on_one_time_line() -> None:
    plot = time_line(runs())
    check(plot)
    assert [trace["name"] for trace in plot.traces] == [
        "ran", "not fresh, or withheld", "no connection", "process down", "restart",
    ]  # fmt: skip
    assert plot.layout["yaxis"]["ticktext"] == ["coinbase", "brti"]
    assert numbers(named(plot, "no connection")["x"]) == [4000.0, 6000.0, 6000.0]
    assert numbers(named(plot, "no connection")["y"]) == [0.0, 0.0, None]
    assert named(plot, "process down")["text"][0] == "process down<br>2.000 s: &lt;killed&gt;"
    assert named(plot, "restart")["text"] == ["restart<br>&lt;killed&gt;"]
    assert plot.said == (
        "1 stretch (2.0 s) without a connection; 1 stretch (2.0 s) in which a process was down; 1 restart."
    )


def test_latencies_are_drawn_by_actor_in_one_colour_with_both_percentiles() -> None:
    venues, own = from_venues(runs()), written(runs())
    for plot in (venues, own):
        check(plot)
    assert [trace["name"] for trace in venues.traces] == ["coinbase", "coinbase p99"]
    assert numbers(named(venues, "coinbase")["y"]) == [0.01]  # a logarithmic axis has no zero
    assert [trace["name"] for trace in own.traces] == ["brti", "brti p99", "coinbase", "coinbase p99"]
    assert named(own, "coinbase")["line"]["color"] == named(venues, "coinbase")["line"]["color"]


def test_the_table_has_the_same_in_figures() -> None:
    rows = {row[0]: list(row[1:]) for row in run_table(runs()).rows}
    assert rows["coinbase"] == [
        "10", "-", "1", "1 x, 2.0 s", "1 x, 2.0 s", "1 x, 1.0 s", "-", "0 / 20", "2 / 2",
    ]  # fmt: skip


def test_without_any_record_the_plots_say_so() -> None:
    empty = RunLines()
    assert time_line(empty).empty == "No actor has left a record."
    assert from_venues(empty).empty == "No venue's stamps were recorded."
    assert written(empty).empty == "No quote, index value or fair value was recorded."
    assert run_table(empty).rows == []


def test_stretches_that_were_joined_are_told() -> None:
    found = runs()
    for number in range(2000):
        found.gap("coinbase", gap(6 * S + number * 1_000_000, 6 * S + number * 1_000_000 + 10), 0)
    assert "stand too close to the next to be drawn apart from it." in time_line(found).said
