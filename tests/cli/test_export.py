"""`export`: recorded messages in files, and its errors in one sentence."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.commands import Home, is_sentence
from tests.replay.export.logs import expected, record


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("recorded"))
    record(home.data)
    return home


def test_tables_of_a_span_become_files(recorded: Home, tmp_path: Path) -> None:
    arguments = ("--table", "BookChanged", "--table", "FrameReceived", "--to", "2024-10-04")
    outcome = recorded.run("export", *arguments, "--out", str(tmp_path), "--data", str(recorded.data))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("150 rows of 2 tables, ")
    with (tmp_path / "BookChanged.csv").open(newline="") as file:
        found = [int(row["seq"]) for row in csv.DictReader(file)]
    assert found == [row["seq"] for row in expected(recorded.data, "BookChanged")[:50]]


def test_scripts_get_json_and_lines_of_it(recorded: Home, tmp_path: Path) -> None:
    arguments = ("--format", "jsonl", "--json", "--out", str(tmp_path), "--data", str(recorded.data))
    told = json.loads(recorded.run("export", *arguments).out)
    assert (told["rows"], told["notes"]) == (427, [])
    for table in told["tables"]:
        lines = Path(table["path"]).read_text().splitlines()
        assert [json.loads(line) for line in lines] == expected(recorded.data, table["table"])
    again = recorded.run("export", *arguments)
    assert again.code == 1
    assert "exists already" in again.err
    assert is_sentence(again.err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--table", "BookChangd"), "no table 'BookChangd'; did you mean 'BookChanged'?"),
        (("--session", "yesterday"), "there is no session 'yesterday'"),
        (("--from", "2026-01-02", "--to", "2026-01-01"), "it ends before it begins"),
        (("--from", "noon"), "'noon' is no time"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    recorded: Home, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    outcome = recorded.run("export", *arguments, "--out", str(tmp_path), "--data", str(recorded.data))
    assert outcome.code == 2
    assert words in outcome.err
    assert is_sentence(outcome.err)
    assert list(tmp_path.iterdir()) == []
