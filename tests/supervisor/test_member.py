"""The beat socket of a child, and its error file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from messages import Beat, Died, encode_beat
from supervisor.member import ERR_LIMIT_BYTES, LONGEST_LINE_BYTES, Member, open_err
from supervisor.spec import ChildSpec

BEAT = Beat(ready=True, fresh=False, why_not="x")


@pytest.fixture
def member() -> Iterator[Member]:
    member = Member(ChildSpec(name="a", start="m:f", listens=["b"]))
    yield member
    member.close_beats()
    member.close()


def test_what_a_child_says_arrives_however_it_is_cut(member: Member) -> None:
    _, theirs = member.open_beats()
    with theirs:
        data = encode_beat(BEAT) + encode_beat(Died("r", "venue", 2.0))
        said = []
        for index in range(len(data)):
            theirs.send(data[index : index + 1])
            said += member.read_beats() or []
    assert said == [BEAT, Died("r", "venue", 2.0)]


def test_nothing_to_read_is_not_an_end(member: Member) -> None:
    _, theirs = member.open_beats()
    with theirs:
        assert member.read_beats() == []
    assert member.read_beats() is None


@pytest.mark.parametrize(
    "line", [b"\xff\xfe", b"{}", b"[1]", b'{"type":"other"}', b'{"type":"beat"}', b"x" * 999]
)
def test_nonsense_is_counted_and_does_not_spoil_the_next_line(member: Member, line: bytes) -> None:
    _, theirs = member.open_beats()
    with theirs:
        theirs.send(line + b"\n" + encode_beat(BEAT))
        assert member.read_beats() == [BEAT]
    assert member.bad_lines == 1


def test_a_line_without_an_end_does_not_fill_the_memory(member: Member) -> None:
    _, theirs = member.open_beats()
    with theirs:
        for _ in range(4):
            theirs.send(b"x" * (LONGEST_LINE_BYTES // 2))
            assert member.read_beats() == []
        assert member.bad_lines == 1
        theirs.send(b"\n" + encode_beat(BEAT))
        assert member.read_beats() == [BEAT]


def test_a_new_run_does_not_read_the_rest_of_the_old(member: Member) -> None:
    _, theirs = member.open_beats()
    with theirs:
        theirs.send(b'{"type":')
        assert member.read_beats() == []
    member.close_beats()
    _, theirs = member.open_beats()
    with theirs:
        theirs.send(encode_beat(BEAT))
        assert member.read_beats() == [BEAT]


def test_the_error_file_grows_over_runs_and_is_set_aside_when_long(tmp_path: Path) -> None:
    for run in (1, 2):
        os.close(open_err(tmp_path, "a", run))
    path = tmp_path / "a.err"
    assert [line.split(",")[1] for line in path.read_text().splitlines()] == [" run 1", " run 2"]
    os.truncate(path, ERR_LIMIT_BYTES + 1)
    os.close(open_err(tmp_path, "a", 3))
    assert (tmp_path / "a.err.1").stat().st_size == ERR_LIMIT_BYTES + 1
    assert path.read_text().count("\n") == 1


def test_an_error_file_that_cannot_be_opened_does_not_keep_a_child_from_starting(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where a folder should be")
    fd = open_err(tmp_path / "logs", "a", 1)
    assert os.write(fd, b"lost") == 4
    os.close(fd)
