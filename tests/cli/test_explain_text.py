"""An explained record in words: every way in which recomputing it can end."""

from pathlib import Path

import msgspec

from cli.explain_text import MOST_MISSING, as_fields, as_text, verdict
from messages import FairValue, FrameReceived, Message, encode
from messages.log import Record
from messages.version import VERSION
from replay.comparing import Difference
from replay.explain import Explained, Recomputed
from replay.lineage import Source
from replay.records import Missing
from replay.turns import Run

S = 10**9
FAIR = FairValue("M", 61 * S, 1, 0.5, 1.0, 1, 1.0, 0, 0.0, 1.0, 1, 1, 1, 1, 0.0, 0.0, [("a", 3)], [7], "")
FRAME = Source("a", 2, 8, FrameReceived(1, 1, "ws", b'{"x":1}'), "", [])
QUOTE = Source("a", 3, 7, FAIR, "", [FRAME])


def explained(
    message: Message | None = FAIR,
    differences: list[Difference] | None = None,
    missing: list[Missing] | None = None,
    sources: list[Source] | None = None,
    version: str = VERSION,
    differing: int = 0,
) -> Explained:
    same = message is FAIR and not differences
    first = 6 if differing else 0
    return Explained(
        Record(9, 61 * S, FAIR.kind, encode(FAIR)),
        FAIR,
        Run("signal", "2026-11-23T00-00-00Z", 4, 60 * S, version, {}),
        [QUOTE] if sources is None else sources,
        Recomputed(
            message,
            same,
            differences or [],
            [],
            12,
            3456,
            20,
            differing,
            first,
            missing or [],
        ),
    )


def test_a_record_that_holds_is_shown_down_to_the_frame() -> None:
    text = as_text(explained())
    assert text.splitlines()[0] == (
        "FairValue 9 of signal, 1970-01-01 00:01:01 UTC, session 2026-11-23T00-00-00Z"
    )
    assert "\n  a 3                         7 ms  FairValue: M fair $0.5000" in text
    assert '\n    a 2                         8 ms  FrameReceived: ws #1 {"x":1}' in text
    assert (
        "Played again from the start of its run at 00:01:00.000 UTC (record 4): 12 turns, 3,456 records."
        in text
    )
    assert "of 20 words before it in this run, all came out the same" in text
    assert text.splitlines()[-1] == ("Recomputed from these records alone, it came out bit for bit the same.")
    assert "recorded by version" not in text
    assert "Missing" not in text


def test_a_record_that_does_not_hold_is_shown_field_by_field() -> None:
    other = msgspec.structs.replace(FAIR, index_usd=2.0)
    found = explained(other, [Difference("index_usd", 1.0, 2.0)], version="0.0.9", differing=3)
    text = as_text(found)
    assert "  index_usd: recorded 1.0, recomputed 2.0" in text
    assert f"  recorded by version 0.0.9, played by version {VERSION}" in text
    assert "of 20 words before it in this run, 3 came out otherwise, the first is 6" in text
    assert "It did NOT come out the same" in text
    assert "Nothing was said in its place." in as_text(explained(None))


def test_what_is_missing_is_named_and_counted() -> None:
    hole = Missing("b", 5, 8, "b is damaged")
    assert "  records 5 to 8 of b cannot be read: b is damaged" in as_text(explained(missing=[hole]))
    assert "bit for bit the same, but 4 records" in verdict(explained(missing=[hole]))
    lost = Source("a", 3, 7, None, "a is damaged", [])
    text = as_text(explained(None, sources=[lost]))
    assert "  a 3                    CANNOT BE READ: a is damaged" in text
    assert "did not come out the same; 1 record that it came from cannot be read" in text
    many = [Missing("b", n, n, "damaged") for n in range(1, 60, 2)]
    assert f"and {len(many) - MOST_MISSING} more stretches" in as_text(explained(missing=many))


def test_what_names_no_sources_says_so() -> None:
    assert "It names no record that it came from." in as_text(explained(sources=[]))


def test_scripts_get_all_of_it() -> None:
    told = as_fields(explained(missing=[Missing("a", 5, 8, "damaged")]), Path("/data"))
    assert (told["log"], told["seq"], told["holds"], told["data_dir"]) == ("signal", 9, False, "/data")
    assert told["sources"][0]["origins"][0]["record"]["data"] == '{"x":1}'
    assert told["missing"] == [{"log": "a", "first": 5, "last": 8, "why": "damaged"}]
    assert told["run"] == {"first_seq": 4, "at_ns": 60 * S, "version": VERSION}
    assert (told["recomputed"]["turns"], told["recomputed"]["first_differing"]) == (12, None)
    assert as_fields(explained(None), Path("/data"))["recomputed"]["record"] is None
