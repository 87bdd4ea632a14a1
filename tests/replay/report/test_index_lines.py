"""What is kept of the index for the page."""

import math

from messages import BookWithdrawn, OfficialIndexPublished
from replay.report.index_lines import IndexLines
from tests.replay.report.said import S, compared, gap, index_value, venue_quote


def test_every_method_is_a_line_and_the_chosen_one_is_known() -> None:
    lines = IndexLines()
    lines.value("brti", index_value(S, 84_000.0), S)
    lines.value("brti", index_value(S, 84_001.0, "equal-weighted", chosen=False), S)
    assert lines.chosen == "cme-cf"
    assert {name: line.points().value.tolist() for name, line in lines.methods.items()} == {
        "cme-cf": [84_000.0],
        "equal-weighted": [84_001.0],
    }


def test_a_withheld_value_breaks_the_line() -> None:
    lines = IndexLines()
    lines.value("brti", index_value(S, 84_000.0), S)
    lines.value("brti", index_value(2 * S, 0.0, withheld="no venue qualifies"), 2 * S)
    lines.value("brti", index_value(3 * S, 84_002.0), 3 * S)
    assert _drawn(lines.methods["cme-cf"].points().value.tolist()) == [84_000.0, 84_000.0, None, 84_002.0]


def test_a_venue_is_drawn_by_its_mid_while_it_has_both_sides() -> None:
    lines = IndexLines()
    lines.quote("coinbase", venue_quote(S, 83_999.0, 84_001.0), S)
    lines.quote("coinbase", venue_quote(2 * S, 0.0, 84_001.0), 2 * S)
    lines.quote("coinbase", venue_quote(3 * S, 84_001.0, 84_003.0), 3 * S)
    lines.withdrawn("coinbase", BookWithdrawn("coinbase", "BTC-USD", 1, 4 * S, "checksum"), 4 * S)
    values = lines.venues["coinbase BTC-USD"].points().value.tolist()
    assert _drawn(values) == [84_000.0, 84_000.0, None, 84_002.0, 84_002.0, None]


def test_no_line_is_drawn_over_a_gap_of_its_venue_or_beyond_the_session() -> None:
    lines = IndexLines()
    for venue in ("coinbase", "kraken"):
        lines.quote(venue, venue_quote(S, 83_999.0, 84_001.0, venue), S)
    lines.gap("coinbase", gap(2 * S, 3 * S), 3 * S)
    lines.gap("kraken", gap(0, 3 * S, venue="kraken"), 3 * S)  # its first connection
    lines.ended(9 * S)
    ends = {name: line.points().at_ns[-1] for name, line in lines.venues.items()}
    assert ends == {"coinbase BTC-USD": 2 * S, "kraken BTC-USD": 9 * S}


def test_official_values_stand_at_their_own_second() -> None:
    lines = IndexLines()
    for index_id in ("BRTI", "ETHUSD_RTI"):
        lines.published(
            "kalshi", OfficialIndexPublished(index_id, 1, 5 * S, 4 * S, 1, 84_000_500_000, -1, -1, 0), 5 * S
        )
    points = lines.official.points()
    assert (points.at_ns.tolist(), points.value.tolist()) == ([4 * S], [84_000.5])


def test_errors_are_counted_by_their_size_and_summed_by_their_sign() -> None:
    lines = IndexLines()
    lines.compared("brti", compared(S, cme_cf=0.5, nowcast=-0.1), S)
    lines.compared("brti", compared(2 * S, cme_cf=-0.25), 2 * S)
    errors = lines.errors["cme-cf"]
    assert (errors.sizes.count, errors.sizes.greatest_ms, errors.sum_bps) == (2, 0.5, 0.25)
    assert lines.errors["nowcast"].line.points().value.tolist() == [-0.1]


def _drawn(values: list[float]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values]
