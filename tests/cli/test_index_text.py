"""The index and its error as text, from logs as they are written."""

from pathlib import Path

from actors.brti.accuracy.report import report
from cli.index_reading import Recorded, Span, look, read
from cli.index_text import columns, composition, composition_fields, now_text, report_text, value_fields
from messages import IndexValue
from tests.cli.index_logs import BEGIN, S, record, values

NOW_NS = BEGIN + 301 * S


def recorded(folder: Path, seconds: int = 300) -> Recorded:
    record(folder, seconds)
    return read(folder, look(folder), 0, lambda share: None)


def value(second: int = 5) -> IndexValue:
    found = values(second)[0]
    assert isinstance(found, IndexValue)
    return found


def test_columns_stand_under_each_other() -> None:
    assert columns([("A", "B"), ("long", "1"), ("x", "1000")]) == ["A        B", "long     1", "x     1000"]


def test_every_venue_is_in_it_with_its_part_or_left_out_with_the_reason() -> None:
    head, *rows = composition(value(), BEGIN + 6 * S)
    assert head == (
        "cme-cf: 2 of 4 venues are in it; utilised depth 7 BTC, curve to 90 BTC, order-size cap 2.5 BTC"
    )
    assert [row.split() for row in rows[1:]] == [
        ["kraken", "in", "$84,000.50", "1.0", "s", "75.0", "%", "12.50"],
        ["gemini", "in", "$83,999.00", "1.1", "s", "25.0", "%", "4.00", "(default)"],
        ["lmax", "left", "out:", "stale", "-", "6.0", "s", "-", "-"],
        ["itbit", "left", "out:", "absent", "-", "-", "-", "-"],
    ]


def test_each_method_has_its_value_its_age_and_its_newest_error(tmp_path: Path) -> None:
    lines = now_text(recorded(tmp_path), NOW_NS)
    assert lines[1].split() == ["cme-cf", "*", "$84,003.00", "2.0", "s", "+0.00"]
    assert lines[2].split() == ["volume-weighted", "$84,005.10", "2.0", "s", "+0.25"]
    assert lines[-1].startswith("Official value: $84,003.00, received 1.9 s ago (1 Hz); errors are of ")


def test_what_is_withheld_is_said_with_the_reason_and_so_is_a_missing_official_value() -> None:
    what = Recorded(Span("", 0, 0, BEGIN, 1.0), 0)
    what.take(
        IndexValue("BRTI", "nowcast", BEGIN, BEGIN, 0.0, [], [], True, "too little is known", BEGIN, False)
    )
    lines = now_text(what, BEGIN + S)
    assert lines[1].split() == ["nowcast", "withheld", "1.0", "s", "-"]
    assert "nowcast is withheld: too little is known" in lines
    assert lines[-1].startswith("Official value: none was received")


def test_the_error_table_has_every_section(tmp_path: Path) -> None:
    what = recorded(tmp_path)
    found = report(what.compared, what.settled, what.series, what.official)
    text = "\n".join(report_text(found))
    assert "300 seconds from" in text
    for heading in (
        "By volatility",
        "By venues",
        "Moved the same way",
        "Ahead of the official",
        "Settlement",
    ):
        assert heading in text, heading
    rows = [line.split() for line in report_text(found)]
    assert ["volume-weighted", "300", "0", "+0.250", "+0.250", "0.250", "0.250", "0.250"] in rows
    assert [
        "cme-cf",
        "1",
        "0",
        "+0.000",
        "+0.000",
        "0.000",
        "0.000",
        "0.000",
        "1",
        "of",
        "1",
        "(100%)",
    ] in rows
    assert "The 1 Hz official value was received 100 ms after its stamp" in text


def test_where_nothing_was_compared_that_is_said() -> None:
    (line,) = report_text(report([], [], {}, []))
    assert line == "Nothing was compared with an official value in this time."


def test_for_scripts_venues_have_names_for_their_fields() -> None:
    told = composition_fields(value())
    assert told["shares"][0]["weight"] == 0.75
    assert told["left_out"][0] == {"venue": "lmax", "why": "stale", "age_ms": 5000}
    assert value_fields(value())["value_usd"] == 84_003.0
    assert "shares" not in value_fields(value())
