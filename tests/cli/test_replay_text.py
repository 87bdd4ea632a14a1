"""What was played, in words and in fields."""

from pathlib import Path

from cli.replay_text import as_fields, as_text, verdict
from replay.playing import Playing
from replay.records import Missing
from replay.sessions import EVER_NS, Session


def playing(*logs: str) -> Playing:
    made = Playing(Path("/nowhere"), Session("one", "sim", 0, EVER_NS, 1.0), logs)
    for log in logs:
        made.said[log] = {"IndexValue": 2000}
        totals = made.totals[log]
        totals.turns, totals.passed, totals.fed = 5, 3456, 12
    return made


def test_counts_and_the_rate_are_told() -> None:
    lines = as_text(playing("brti", "signal"), 2.0)
    assert lines[1:4] == [
        "ACTOR   TURNS  PASSED  TAKEN IN   SAID  DIFFERING",
        "brti        5   3,456        12  2,000          0",
        "signal      5   3,456        12  2,000          0",
    ]
    assert lines[-2] == "6,912 records passed in 2.0 s, 3,456/s."
    assert lines[-1] == "All that was said is, bit for bit, what had been recorded."
    assert as_fields(playing("brti"), 2.0)["actors"] == [
        {
            "actor": "brti", "runs": 0, "turns": 5, "passed": 3456, "taken": 12,
            "said": {"IndexValue": 2000}, "differing": 0, "missing": [],
        }
    ]  # fmt: skip


def test_what_differs_what_is_lost_and_that_nothing_ran_is_told() -> None:
    other = playing("brti")
    other.totals["brti"].missing = [Missing("a", 3, 4, "damaged")]
    assert verdict(other).startswith("2 records that were read then cannot be read any more")
    other.differing["brti"] = 7
    assert verdict(other) == "7 words are not those that were recorded; `verify` shows the first."
    assert as_text(playing(), 1.0) == ["No listener ran in this session: there is nothing to play."]
