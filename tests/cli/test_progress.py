"""How far a long read has come: on a terminal, and only if it is long."""

import io

import pytest

from cli import progress
from cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_read_rewrites_one_line_and_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "FIRST_S", 0.0)
    monkeypatch.setattr(progress, "AGAIN_S", 0.0)
    shown = Progress("reading")
    shown.tell(0.1)
    shown.tell(2.0)
    shown.close()
    assert terminal.getvalue() == f"\rreading …  10%\rreading … 100%\r{' ' * 15}\r"


def test_a_short_read_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    shown = Progress("reading")
    shown.tell(0.5)
    shown.close()
    assert terminal.getvalue() == ""


def test_nobody_is_told_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "FIRST_S", 0.0)
    shown = Progress("reading")
    shown.tell(0.5)
    shown.close()
    assert capsys.readouterr().err == ""
