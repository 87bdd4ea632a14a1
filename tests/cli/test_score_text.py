import re
from pathlib import Path

import msgspec
import pytest

from cli.score_text import score_text
from replay.score.reading import Reading, read
from replay.score.report import Report, report
from replay.sessions import sessions
from tests.replay.score.logs import record


def nothing() -> Report:
    return report(Reading(100.0).recorded([]), 100.0)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder: Path = tmp_path_factory.mktemp("text")
    record(folder, windows=6, slow=True)
    return report(read(folder, sessions(folder), 100.0, lambda share: None), 100.0)


def test_every_part_of_the_score_is_shown(found: Report) -> None:
    text = "\n".join(score_text(found))
    for part in (
        r"^The evidence supports an edge",
        r"\nDECISION: [\d,]+ in 6 windows\n  came true +\d+\.\d% \(\d+% to \d+%\) of [\d,]+ settled",
        r"\nKIND +VERDICT +COUNT +WINDOWS +CAME TRUE +NEEDED +60 s LATER +HELD +MORE WINDOWS\ndecision ",
        r"\nedge +edge ",
        r"in 100 ms later +[\d,]+ taken",
        r"gap closed before arrival",
        r"AFTER +MID MOVED +LESS PRICE AND FEE +CLOSED +MISSING",
        r"\n  settled +[+-]",
        r"LEFT +COUNT +CAME TRUE +NEEDED +60 s LATER +HELD",
        r"FAIR VALUE against the mid, every 10 s: [\d,]+ samples, 0 without a mid",
        r"Brier 0\.\d+ against the mid's 0\.\d+, skill",
        r"SAID +SAMPLES +WINDOWS",
        r"of the distance the mid then came: 0\.1 s",
        r"INDICATOR +SAMPLES +IC 0\.1 s",
        r"\nedge-yes ",
        r"WITHHELD: a fair value stood for",
        r"6 decisions by gate closing: the market closes in N s \(6\)",
        r"withheld: closing: .*would have brought",
        r"PAPER: \d+ orders, \d+ fills",
    ):
        assert re.search(part, text), part


def test_the_kinds_that_are_named_are_told_in_full_and_no_verdict_twice(found: Report) -> None:
    text = "\n".join(score_text(found, ["decision", "edge"]))
    assert "\nEDGE: " not in "\n".join(score_text(found))
    assert "\nEDGE: " in text
    assert text.count(found.kinds[0].verdict.sentence) == 1
    assert text.count(found.kinds[1].verdict.sentence) == 1


def test_what_rests_on_polymarket_is_never_called_riskless(found: Report) -> None:
    warning = "polymarket-gap: settles on a different source, never riskless"
    assert warning not in score_text(found)
    kind = msgspec.structs.replace(found.kinds[0], kind="polymarket-gap")
    assert warning in score_text(msgspec.structs.replace(found, kinds=[kind]))
    indicator = msgspec.structs.replace(found.indicators[0], name="polymarket-gap", count=1)
    assert warning in score_text(msgspec.structs.replace(found, indicators=[indicator]))


def test_what_is_wrong_with_the_record_is_said(found: Report) -> None:
    ended = msgspec.structs.replace(found.ended, otherwise=1, changed=2)
    assert found.paper is not None
    paper = msgspec.structs.replace(found.paper, disagreeing=["KX-1"], unchecked=3)
    broken = msgspec.structs.replace(found, ended=ended, undefined=4, lost=5, settings=2, paper=paper)
    text = "\n".join(score_text(broken))
    assert "1 settled otherwise than yes or no; 2 results changed" in text
    assert "4 signals of markets without a definition; 5 records unreadable" in text
    assert "disagrees with its own fills in: KX-1" in text
    assert "The signal actor was set in 2 different ways" in text
    assert "3 markets could not be checked" in text


def test_an_empty_record_is_told_in_a_few_lines() -> None:
    lines = score_text(nothing())
    assert lines[0].startswith("In 0 windows there was not one signal")
    assert "Sessions: none" in lines
    assert len(lines) < 10


def test_a_single_window_is_shown_without_intervals(tmp_path: Path) -> None:
    record(tmp_path, windows=1, slow=True)
    text = "\n".join(score_text(report(read(tmp_path, sessions(tmp_path), 100.0, lambda s: None), 100.0)))
    assert "single window, which has no interval" in text
    assert "nothing has settled yet" in text
