"""What verify found in words: every way in which it can end."""

from pathlib import Path

from cli.verify_text import as_fields, as_text, verdict
from messages import FairValue, IndexValue, Read, encode
from messages.log import Record
from messages.version import VERSION
from replay.comparing import differences
from replay.lineage import Source
from replay.playing import Totals
from replay.records import Missing
from replay.sessions import EVER_NS, Session
from replay.turns import Run
from replay.verify import FirstDifference, Taken, Tally, Verified

S = 10**9
SESSION = Session("2026-11-23T00-00-00Z", "sim", 60 * S, EVER_NS, 1.0)
FAIR = FairValue("M", 61 * S, 1, 0.5, 1.0, 1, 1.0, 0, 0.0, 1.0, 1, 1, 1, 1, 0.0, 0.0, [("a", 3)], [7], "")
OTHER = FairValue("M", 61 * S, 1, 0.25, 1.0, 1, 1.0, 0, 0.0, 1.0, 1, 1, 1, 1, 0.0, 0.0, [("a", 3)], [7], "")
INDEX = IndexValue("BRTI", "cme-cf", 61 * S, 60 * S, 84_000.0, [], [], True, "")


def first(recorded: FairValue | None = FAIR, recomputed: FairValue | None = OTHER) -> FirstDifference:
    record = Record(3, 61 * S, INDEX.kind, encode(INDEX))
    return FirstDifference(
        Run("signal", SESSION.name, 1, 60 * S, "0.0.9", {}), 9, 61 * S, 8, 61 * S,
        [Read("brti", n, n) for n in range(14)], recorded, recomputed,
        differences(FAIR, OTHER) if recorded and recomputed else [],
        [Source("brti", 3, 7, INDEX, "", [])],
        [Taken("brti", record, INDEX), Taken("brti", record, None)], 30,
    )  # fmt: skip


def one(
    differing: int = 0,
    found: FirstDifference | None = None,
    unbegun: int = 0,
    trouble: str = "",
    missing: tuple[Missing, ...] = (),
) -> Verified:
    totals = Totals()
    totals.runs = [Run("signal", SESSION.name, 1, 60 * S, VERSION, {})]
    totals.turns, totals.passed, totals.fed, totals.missing = 5, 3456, 12, list(missing)
    tallies = {"FairValue": Tally(2000, 2000, 2000 - differing)}
    return Verified("signal", totals, tallies, differing, found, unbegun, trouble)


def test_a_session_that_holds_is_a_table_and_a_sentence() -> None:
    lines = as_text(SESSION, [one()], 2.5)
    assert lines[0].endswith("(sim), from 1970-01-01 00:01:00 UTC, played again in 2.5 s.")
    assert "signal  FairValue     2,000       2,000     2,000" in lines
    assert "signal: 1 run, 5 turns, 3,456 records passed, 12 of them taken in" in lines
    assert lines[-1] == "Every word came out bit for bit the same: 2,000 of 2,000."
    told = as_fields(SESSION, [one()], Path("/x"), 2.5)
    assert told["holds"]
    assert told["actors"][0]["types"] == {"FairValue": {"recorded": 2000, "recomputed": 2000, "same": 2000}}


def test_the_first_difference_is_shown_with_what_it_was_made_from() -> None:
    text = "\n".join(as_text(SESSION, [one(1, first())], 1.0))
    assert "First difference of signal: FairValue 9, 1970-01-01 00:01:01 UTC" in text
    assert "  recorded:   M fair $0.5000" in text
    assert "  recomputed: M fair $0.2500" in text
    assert "  probability: recorded 0.5, recomputed 0.25" in text
    assert "brti 11 to 11 and 2 more runs" in text
    assert f"recorded by version 0.0.9, played by version {VERSION}" in text
    assert "\n  brti 3                      7 ms  IndexValue: BRTI cme-cf" in text
    assert "Taken in by that turn, the last 2 of 30" in text
    assert "IndexValue: CANNOT BE READ" in text
    assert text.endswith("It did NOT come out the same: 1 word of 2,000 differ.")
    told = as_fields(SESSION, [one(1, first())], Path("/x"), 1.0)
    difference = told["actors"][0]["first_difference"]
    assert difference["differences"] == [{"field": "probability", "recorded": 0.5, "recomputed": 0.25}]
    assert difference["taken"][1]["record"] is None


def test_a_word_that_is_on_one_side_only_is_shown_so() -> None:
    unsaid = "\n".join(as_text(SESSION, [one(1, first(recomputed=None))], 1.0))
    assert "  recomputed: nothing" in unsaid
    new = "\n".join(as_text(SESSION, [one(1, first(recorded=None))], 1.0))
    assert "  recorded:   nothing that can be read" in new


def test_what_could_not_be_played_is_told() -> None:
    assert verdict([]) == "No listener ran in this session: there is nothing to verify."
    lost = one(missing=(Missing("a", 3, 4, "damaged"),))
    assert "2 records cannot be read any more" in verdict([lost])
    assert "  records 3 to 4 of a cannot be read: damaged" in as_text(SESSION, [lost], 1.0)
    cut = one(unbegun=3)
    assert "3 words of a run whose beginning is not kept" in "\n".join(as_text(SESSION, [cut], 1.0))
    foreign = one(trouble="the signal actor cannot be built again")
    assert "signal: the signal actor cannot be built again" in as_text(SESSION, [foreign], 1.0)
    for failed in (lost, cut, foreign):
        assert not failed.holds
        assert verdict([failed]).startswith("What could be played came out the same")
