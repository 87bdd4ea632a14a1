"""The plots of the index."""

from messages import OfficialIndexPublished
from replay.report.index_lines import IndexLines
from replay.report.index_plots import error_table, errors, values
from tests.replay.report.drawn import check, named, numbers
from tests.replay.report.said import S, compared, index_value, venue_quote


def lines() -> IndexLines:
    found = IndexLines()
    for second in range(1, 5):
        found.value("brti", index_value(second * S, 84_000.0 + second), 0)
        found.value("brti", index_value(second * S, 84_001.0, "equal-weighted", chosen=False), 0)
        found.quote("coinbase", venue_quote(second * S, 83_990.0 + second, 84_010.0), 0)
    return found


def test_the_chosen_method_and_the_venues_are_shown_and_the_others_can_be() -> None:
    plot = values(lines(), None)
    check(plot)
    shown = {trace["name"]: trace.get("visible", True) for trace in plot.traces}
    assert shown == {
        "coinbase BTC-USD": True,
        "index equal-weighted": "legendonly",
        "index cme-cf (ours)": True,
    }
    assert numbers(named(plot, "index cme-cf (ours)")["y"]) == [84_001.0, 84_002.0, 84_003.0, 84_004.0]
    assert "The official index was not recorded" in plot.said


def test_the_official_index_is_drawn_where_it_came() -> None:
    found = lines()
    found.published("kalshi", OfficialIndexPublished("BRTI", 1, S, S, 1, 84_000_000_000, -1, -1, 0), S)
    plot = values(found, None)
    assert numbers(named(plot, "official index")["y"]) == [84_000.0]
    assert "not recorded" not in plot.said


def test_without_values_the_page_says_so() -> None:
    assert "No index value" in values(IndexLines(), None).empty
    assert errors(IndexLines()).empty == ("No official index value was recorded, so the error is not known.")
    assert error_table(IndexLines()).rows == []


def test_official_values_that_match_nothing_of_ours_are_told() -> None:
    found = IndexLines()
    found.published("kalshi", OfficialIndexPublished("BRTI", 1, S, S, 1, 84_000_000_000, -1, -1, 0), S)
    assert errors(found).empty.startswith("Official values were recorded, but none for a second")


def test_errors_are_drawn_by_method_the_chosen_one_first() -> None:
    found = lines()
    found.compared("brti", compared(S, equal_weighted=2.0, cme_cf=-0.5), S)
    plot = errors(found)
    check(plot)
    assert [trace["name"] for trace in plot.traces] == ["cme-cf", "equal-weighted"]
    assert list(error_table(found).rows[0]) == [
        "cme-cf", "1", "-0.500 bp", "0.500 bp", "0.500 bp", "0.500 bp"
    ]  # fmt: skip
