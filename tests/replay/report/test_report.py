"""The page on recorded sessions."""

import shutil
from pathlib import Path

import pytest

from replay.report.report import Made, report
from replay.sessions import Session, sessions
from tests.messages.log.samples import segment_paths
from tests.replay.real import damage
from tests.replay.report.whole import HOSTILE
from tests.replay.score.made import BEGIN, S

MOST_BYTES = 10_000_000


def made(data_dir: Path, certify: bool = False) -> Made:
    found = sessions(data_dir)
    return report(data_dir, "Session x", found, found if certify else [], 100.0, lambda share: None)


def test_the_first_sentence_is_the_scores_verdict(whole: Path) -> None:
    page = made(whole)
    assert page.verdict.startswith("Whether there is an edge of the composite's decisions is not known")
    assert f'<p class="verdict">{page.verdict.replace(chr(39), "&#x27;")}' in page.html
    assert (page.unreadable, page.certified) == (0, None)
    assert len(page.html.encode()) < MOST_BYTES


def test_every_part_is_there(whole: Path) -> None:
    page = made(whole).html
    for name in (
        "index",
        "error",
        "market",
        "venue-latency",
        "own-latency",
        "runs",
        "calibration",
        "kinds",
        "pnl",
    ):
        assert f'class="plot" id="{name}"' in page
    for words in (
        "<dt>Paper PnL</dt>",
        "<dt>Restarts</dt><dd>1<small>1 lost connection, 7 s",
        "Simulated: no figure",
    ):
        assert words in page
    assert "is not in the record" not in page
    assert HOSTILE not in page


def test_the_certificate_is_part_of_the_page_where_it_is_asked_for(whole: Path) -> None:
    page = made(whole, certify=True)
    assert page.certified is not None
    assert "<h3>Session 2026-11-23T00-00-00Z</h3>" in page.html
    assert f"<dt>Certificate</dt><dd>{'holds' if page.certified else 'does not hold'}" in page.html


def test_what_cannot_be_read_is_said_before_anything_else(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "log", tmp_path / "log")
    damage(tmp_path / "log" / "brti", 100)
    page = made(tmp_path)
    assert page.unreadable == 1
    assert '<p class="note">brti: record 100 cannot be read: ' in page.html
    assert page.html.index("record 100 cannot") < page.html.index("<h2>Index and venues</h2>")
    assert "1 unreadable" in page.html


def test_a_session_without_its_end_says_how_far_the_page_goes(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "log", tmp_path / "log")
    path = segment_paths(tmp_path / "log" / "supervisor")[-1]
    path.write_bytes(path.read_bytes()[:-7])
    assert "is not in the record: it is still running, or it was cut off." in made(tmp_path).html


def test_a_session_of_which_nothing_is_left_is_a_page_that_says_so(tmp_path: Path) -> None:
    gone = Session("x", "live", BEGIN, BEGIN + S, 1.0)
    page = report(tmp_path, "Session x", [gone], [], 100.0, lambda share: None)
    assert '<p class="note">Nothing was recorded here.</p>' in page.html
    for words in ("No index value and no exchange", "No actor has left a record.", "There was no signal"):
        assert words in page.html
    assert 'class="plot"' not in page.html


def test_the_progress_ends_with_all_done(whole: Path) -> None:
    told: list[float] = []
    found = sessions(whole)
    report(whole, "x", found, found, 100.0, told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
