"""`report`: the page, written by the command itself."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import Home, is_sentence
from tests.replay.report.whole import record_all
from tests.replay.score.logs import SESSION


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a session in which every part of the page has something to show."""
    home = Home(tmp_path_factory.mktemp("recorded"))
    record_all(home.data)
    return home


def test_a_page_is_written_and_its_verdict_told(recorded: Home, tmp_path: Path) -> None:
    outcome = recorded.run("report", "last", "--out", str(tmp_path), "--data", str(recorded.data))
    assert (outcome.code, outcome.err) == (0, "")
    path = tmp_path / f"report-{SESSION}.html"
    first, verdict = outcome.out.splitlines()
    assert first.startswith(f"{path} (")
    assert "the certificate" in first
    page = path.read_text(encoding="utf-8")
    assert f"<h1>Session {SESSION}</h1>" in page
    assert verdict.split("'")[0] in page


def test_a_day_has_a_page_too_and_scripts_get_what_it_says(recorded: Home, tmp_path: Path) -> None:
    path = tmp_path / "day.html"
    outcome = recorded.run(
        "report", "2026-11-23", "--no-audit", "--json", "--out", str(path), "--data", str(recorded.data)
    )
    assert (outcome.code, outcome.err) == (0, "")
    told = json.loads(outcome.out)
    assert (told["path"], told["bytes"]) == (str(path), path.stat().st_size)
    assert (told["sessions"], told["unreadable"], told["certified"]) == ([SESSION], 0, None)
    assert "<h1>2026-11-23 (UTC)</h1>" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("yesterday",), 2, "there is no session 'yesterday'"),
        (("2020-01-01",), 2, "nothing was recorded on 2020-01-01 (UTC) in"),
        (("last", "--out", "/nowhere/at/all.html"), 1, "/nowhere/at/all.html: No such file or directory"),
        ((), 2, "SESSION|DAY"),
    ],
)
def test_what_cannot_be_told_is_one_sentence(
    recorded: Home, arguments: tuple[str, ...], code: int, words: str
) -> None:
    outcome = recorded.run("report", *arguments, "--no-audit", "--data", str(recorded.data))
    assert (outcome.code, outcome.out) == (code, "")
    assert is_sentence(outcome.err)
    assert words in outcome.err
