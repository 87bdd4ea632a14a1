"""A session is found by its name, even where the record of its beginning is damaged."""

from pathlib import Path

import pytest

from replay.audit.seeking import session_named
from replay.errors import UnknownSessionError
from replay.sessions import EVER_NS, sessions
from tests.messages.log.samples import segment_paths, spans
from tests.replay.audit.made import SESSION, at, make, started, write

LATER = "2026-11-22T11-00-00Z"


def spoil(log_dir: Path, seq: int = 1) -> None:
    path = segment_paths(log_dir)[0]
    span = spans(path)[seq - 1]
    data = bytearray(path.read_bytes())
    data[span.end - 1] ^= 1
    path.write_bytes(data)


def test_a_sound_session_is_what_the_supervisor_says(tmp_path: Path) -> None:
    make(tmp_path)
    assert session_named(tmp_path, SESSION) == sessions(tmp_path)[0]
    assert session_named(tmp_path, "").name == session_named(tmp_path, "last").name == SESSION


def test_without_the_supervisors_first_record_the_others_tell(tmp_path: Path) -> None:
    make(tmp_path)
    spoil(tmp_path / "log" / "supervisor")
    found = session_named(tmp_path, SESSION)
    assert (found.name, found.from_ns, found.to_ns) == (SESSION, at(0), EVER_NS)
    assert session_named(tmp_path, "") == found


def test_without_the_sessions_record_too_any_log_will_do(tmp_path: Path) -> None:
    make(tmp_path)
    spoil(tmp_path / "log" / "supervisor")
    (tmp_path / "sessions" / SESSION / "session.json").unlink()
    assert session_named(tmp_path, SESSION).from_ns == at(900)


def test_a_damaged_header_keeps_no_session_from_being_found(tmp_path: Path) -> None:
    make(tmp_path)
    path = segment_paths(tmp_path / "log" / "supervisor")[0]
    for offset in (0, 13, 20):
        data = bytearray(path.read_bytes())
        data[offset] ^= 1
        path.write_bytes(data)
        assert session_named(tmp_path, SESSION).name == SESSION


def test_the_next_session_ends_the_one_before(tmp_path: Path) -> None:
    make(tmp_path)
    write(tmp_path, "supervisor", [(50_000, [started("supervisor", 50_000, LATER)])])
    assert session_named(tmp_path, SESSION).to_ns == at(50_000)
    spoil(tmp_path / "log" / "supervisor")
    assert session_named(tmp_path, SESSION).to_ns == at(50_000)
    assert session_named(tmp_path, "").name == LATER


@pytest.mark.parametrize(
    ("name", "words"),
    [("yesterday", f"there is no session 'yesterday' in .*; there are: {SESSION}"), ("x", "'x'")],
)
def test_a_name_that_nobody_knows_is_refused(tmp_path: Path, name: str, words: str) -> None:
    make(tmp_path)
    with pytest.raises(UnknownSessionError, match=words):
        session_named(tmp_path, name)


def test_an_empty_folder_has_no_session(tmp_path: Path) -> None:
    with pytest.raises(UnknownSessionError, match="nothing was recorded there yet"):
        session_named(tmp_path, "")


def test_a_session_of_which_only_a_damaged_record_is_left_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sessions" / SESSION
    folder.mkdir(parents=True)
    (folder / "session.json").write_bytes(b"{")
    with pytest.raises(UnknownSessionError, match="its record is damaged, and no log names it"):
        session_named(tmp_path, SESSION)
