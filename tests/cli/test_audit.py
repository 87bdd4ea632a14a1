"""`audit`: the certificate of a session, made by the command itself."""

import json
from pathlib import Path

import pytest

from messages.log.segments import list_segments
from tests.cli.commands import Home, is_sentence
from tests.messages.log.samples import segment_paths
from tests.replay.audit.made import SESSION, make


@pytest.fixture
def recorded(tmp_path: Path) -> Home:
    """A home with one small session that holds."""
    home = Home(tmp_path)
    make(home.data)
    return home


def flip(home: Home) -> str:
    """Damage one record; which file it stands in."""
    path = segment_paths(home.data / "log" / "binance")[1]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    return str(path)


def test_a_session_that_holds_is_one_page(recorded: Home) -> None:
    outcome = recorded.run("audit", SESSION, "--data", str(recorded.data))
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == f"The record of session {SESSION} is whole."
    assert len(lines) < 40
    assert lines[-1].startswith("Digest ")


def test_a_session_that_does_not_hold_says_what_and_where_and_exits_with_5(recorded: Home) -> None:
    path = flip(recorded)
    outcome = recorded.run("audit", "--data", str(recorded.data))
    assert (outcome.code, outcome.err) == (5, "")
    assert outcome.out.startswith(f"The record of session {SESSION} does NOT hold: ")
    assert path in outcome.out


def test_scripts_get_every_figure(recorded: Home) -> None:
    told = json.loads(recorded.run("audit", "--json", "--data", str(recorded.data)).out)
    assert (told["session"], told["holds"], told["data_dir"]) == (SESSION, True, str(recorded.data))
    flip(recorded)
    outcome = recorded.run("audit", "--json", "--data", str(recorded.data))
    told = json.loads(outcome.out)
    assert (outcome.code, told["holds"]) == (5, False)
    assert {finding["check"] for finding in told["findings"]} >= {"records", "counts"}


def test_a_session_is_found_although_the_record_of_its_beginning_is_damaged(recorded: Home) -> None:
    path = segment_paths(recorded.data / "log" / "supervisor")[0]
    data = bytearray(path.read_bytes())
    data[70] ^= 1
    path.write_bytes(data)
    outcome = recorded.run("audit", SESSION, "--data", str(recorded.data))
    assert outcome.code == 5
    assert str(path) in outcome.out


def test_a_segment_of_a_later_version_is_named(recorded: Home) -> None:
    path = segment_paths(recorded.data / "log" / "brti")[0]
    data = bytearray(path.read_bytes())
    data[8] = 9
    path.write_bytes(data)
    outcome = recorded.run("audit", "--data", str(recorded.data))
    assert outcome.code == 5
    assert f"{path} has log format 9.0" in outcome.out


def test_an_unknown_session_is_one_sentence(recorded: Home) -> None:
    outcome = recorded.run("audit", "yesterday", "--data", str(recorded.data))
    assert (outcome.code, outcome.out) == (2, "")
    assert is_sentence(outcome.err)
    assert f"there is no session 'yesterday' in {recorded.data}; there are: {SESSION}" in outcome.err


def test_nothing_that_was_recorded_is_changed(recorded: Home) -> None:
    def all_bytes() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in recorded.data.rglob("*") if path.is_file()}

    before = all_bytes()
    recorded.run("audit", "--data", str(recorded.data))
    assert all_bytes() == before
    assert list_segments(recorded.data / "log" / "binance")
