"""What `start` shows beside the supervisor: a process of its own that never holds it up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.display import is_terminal
from tests.cli.commands import ROOT

PROGRAM = """
import sys
from pathlib import Path
from cli.display import beside
from messages import ActorStateChanged

def change(number):
    return ActorStateChanged("coinbase", 0, "starting", "running", f"ready {number}", 7, 0, 0.0)

with beside(Path(sys.argv[1]), 4.0) as tell:
    for number in range(int(sys.argv[2])):
        tell(change(number))
    print("told", file=sys.stderr, flush=True)
"""
LINE = "00:00:00Z coinbase: running, process 7 (ready "


def spawn(folder: Path, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROGRAM, str(folder), str(count)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )


def test_without_a_terminal_every_change_is_a_line_and_the_last_comes_before_the_end(tmp_path: Path) -> None:
    with spawn(tmp_path, 3) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "told\n")
    assert out.splitlines() == [f"{LINE}{number})" for number in range(3)]


def test_a_reader_that_does_not_read_holds_nobody_up_and_what_it_gets_is_whole(tmp_path: Path) -> None:
    count = 20_000  # more than the pipes hold
    with spawn(tmp_path, count) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline() == "told\n"
        lines = process.stdout.read().splitlines()
        assert process.wait(20) == 0
    assert 0 < len(lines) < count
    numbers = [int(line.removeprefix(LINE).removesuffix(")")) for line in lines]
    assert numbers == sorted(set(numbers))


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    with spawn(tmp_path, 20_000) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == "told\n"
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("tty", "term", "draws"),
    [(True, "xterm", True), (True, "dumb", False), (True, None, False), (False, "xterm", False)],
)
def test_a_picture_is_drawn_only_where_it_can_be_redrawn(
    monkeypatch: pytest.MonkeyPatch, tty: bool, term: str | None, draws: bool
) -> None:
    own_fd, fd = os.openpty() if tty else os.pipe()
    if term is None:
        monkeypatch.delenv("TERM", raising=False)
    else:
        monkeypatch.setenv("TERM", term)
    with open(own_fd, "rb"), open(fd, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert is_terminal() is draws
        monkeypatch.undo()
