"""Which instance a command is about."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.errors import AlreadyRunningError, CommandError, NotRunningError, WrongUsageError
from cli.instance import claim, crash_file, find, named_actors, recorded_mode, refuse_running, running
from cli.roster import ACTORS
from tests.cli.commands import Home, is_sentence


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The parent of the folders `live` and `sim` where nothing else is said; short, for sockets in it."""
    with tempfile.TemporaryDirectory(prefix="ka-") as name:
        parent = Path(name)
        monkeypatch.setattr("cli.instance.default_data_dir", lambda mode: parent / mode)
        yield parent


@contextmanager
def answering(data_dir: Path) -> Iterator[None]:
    """Somebody listens where a supervisor of this folder would."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(data_dir / "control.sock"))
        listener.listen()
        yield


def test_without_any_record_it_says_how_a_first_session_is_started(folders: Path) -> None:
    with pytest.raises(NotRunningError, match="start --sim` starts a first session"):
        find(None)
    (folders / "live").mkdir()
    with pytest.raises(NotRunningError):
        find(None)


def test_the_one_that_runs_is_meant_else_the_newest(folders: Path) -> None:
    for mode, age_s in (("live", 10), ("sim", 20)):
        claim(folders / mode, mode)
        os.utime(folders / mode / "mode", (1_000_000 - age_s, 1_000_000 - age_s))
    assert find(None) == (folders / "live", False)
    with answering(folders / "sim"):
        assert find(None) == (folders / "sim", True)
        with answering(folders / "live"):
            assert find(None) == (folders / "live", True)
    assert find(None) == (folders / "live", False), "a socket that nobody listens on"


def test_a_folder_that_is_named_is_the_one(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folders / "mine").mkdir()
    monkeypatch.chdir(folders)
    assert find(Path("mine")) == (Path.cwd() / "mine", False)
    with pytest.raises(NotRunningError, match="start --data absent` makes it"):
        find(Path("absent"))
    with pytest.raises(NotRunningError, match="start --data 'not here'` makes it"):
        find(Path("not here"))


def test_what_must_run_and_does_not_is_refused_with_how_to_start_it(folders: Path) -> None:
    claim(folders / "sim", "sim")
    with pytest.raises(NotRunningError, match="`kalshi-actors start --sim` starts it"):
        running(None)
    with pytest.raises(NotRunningError, match=f"`kalshi-actors start --sim --data {folders}/sim` starts it"):
        running(folders / "sim")
    with answering(folders / "sim"):
        assert running(None).runs


def test_what_runs_is_refused_with_who_it_is(folders: Path) -> None:
    claim(folders / "live", "live")
    refuse_running(folders / "live")
    (folders / "live" / "instance.json").write_text('{"session": "s-1", "pid": 77}')
    with answering(folders / "live"), pytest.raises(AlreadyRunningError, match="session s-1, process 77"):
        refuse_running(folders / "live")


def test_a_folder_belongs_to_the_mode_that_claimed_it(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert recorded_mode(folder) is None
    claim(folder, "sim")
    claim(folder, "sim")
    assert recorded_mode(folder) == "sim"
    assert [entry.name for entry in folder.iterdir()] == ["mode"]
    with pytest.raises(WrongUsageError, match=r"holds simulated sessions; .* start with --sim"):
        claim(folder, "live")


@pytest.mark.parametrize("content", [b"", b"paper\n", b"\xff\xfe"])
def test_a_mode_that_cannot_be_read_is_none_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mode").write_bytes(content)
    assert recorded_mode(tmp_path) is None
    claim(tmp_path, "live")
    assert recorded_mode(tmp_path) == "live"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot be written to"):
        claim(tmp_path / "file" / "data", "live")


def test_actors_are_known_by_plan_or_by_what_they_left(tmp_path: Path) -> None:
    everybody = [*ACTORS, "simulator", "supervisor"]
    assert named_actors([], [], tmp_path) == everybody
    assert named_actors([], ["signal", "other"], tmp_path) == [*everybody, "other"]
    assert named_actors(["other", "brti", "other"], ["other"], tmp_path) == ["other", "brti"]
    with pytest.raises(WrongUsageError, match="there is no actor 'other' in"):
        named_actors(["other"], [], tmp_path)
    with pytest.raises(WrongUsageError, match="did you mean 'coinbase'"):
        named_actors(["cionbase"], [], tmp_path)


@pytest.mark.parametrize("said", [["--data", "{}"], ["--data={}"]])
def test_details_of_a_crash_go_into_the_data_folder_that_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    folder = tmp_path / "made for it"
    monkeypatch.setattr(sys, "argv", ["kalshi-actors", "status", *(part.format(folder) for part in said)])
    assert crash_file().parent == folder
    assert folder.is_dir()


def test_where_that_cannot_be_written_they_go_where_data_usually_lies(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["kalshi-actors", "status", "--data", "/dev/null/x"])
    assert crash_file().parent == folders
    monkeypatch.setattr(sys, "argv", ["kalshi-actors", "status", "--data"])
    assert crash_file().parent == folders


def test_a_damaged_description_of_the_instance_does_not_matter(running: Home) -> None:
    description = running.data / "instance.json"
    good = description.read_bytes()
    try:
        description.write_bytes(b'{"session": "20')
        assert running.run("status", "--data", str(running.data)).code == 0
        assert running.run("start", "--sim", "--data", str(running.data)).code == 4
    finally:
        description.write_bytes(good)


def test_a_folder_of_one_mode_refuses_the_other(home: Home) -> None:
    home.data.mkdir()
    (home.data / "mode").write_text("live\n")
    outcome = home.run("start", "--sim", "--data", str(home.data))
    assert outcome.code == 2
    assert is_sentence(outcome.err)


def test_what_runs_is_not_started_twice(running: Home) -> None:
    for how in ([], ["--detach"]):
        outcome = running.run("start", "--sim", *how, "--data", str(running.data))
        assert outcome.code == 4
        assert is_sentence(outcome.err)
