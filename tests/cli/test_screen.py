"""The live table on a terminal of its own."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Callable

import pytest

from tests.cli.commands import Home

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")
ACTORS = ("simulator", "kalshi", "coinbase", "brti", "signal", "paper", "logger")


class Terminal:
    """A terminal of a given width, and everything that was written to it."""

    def __init__(self, columns: int, rows: int = 40) -> None:
        self.own_fd, self.fd = pty.openpty()
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.written = b""
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def close(self) -> None:
        os.close(self.fd)
        self._thread.join()
        os.close(self.own_fd)

    @property
    def text(self) -> str:
        return CONTROL.sub("", self.written.decode(errors="replace"))

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.own_fd, 65_536)
            except OSError:  # the last writer has gone
                return
            if not data:
                return
            self.written += data


def start_on(terminal: Terminal, home: Home, *arguments: str) -> "subprocess.Popen[str]":
    home.env["TERM"] = "xterm-256color"
    streams = {"stdin": terminal.fd, "stdout": terminal.fd, "stderr": terminal.fd}
    return home.spawn(*arguments, "--data", str(home.data), start_new_session=True, **streams)


@pytest.mark.parametrize("columns", [80, 140])
def test_start_draws_the_table_in_place_and_ends_with_a_line_per_actor(
    home: Home, columns: int, eventually: Callable[..., None]
) -> None:
    home.env["NO_COLOR"] = "1"
    terminal = Terminal(columns)
    arguments = ("start", "--sim", "--speed", "30", "--only", ",".join(ACTORS[1:]))
    try:
        with start_on(terminal, home, *arguments) as process:
            for name in ACTORS:
                eventually(lambda name=name: re.search(rf"\n{name} +running +(yes|NO)", terminal.text), 20)
            eventually(lambda: "Kalshi: streaming" in terminal.text, 20)
            eventually(lambda: re.search(r"\nFair    (\$|withheld)", terminal.text), 20)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(20) == 0
    finally:
        terminal.close()
    lines = terminal.text.replace("\r", "").split("\n")
    for name in ACTORS:
        assert [text for text in lines if f"Z {name}: stopped" in text], name
    assert lines[-2].startswith("stopped; session ")
    table = [text for text in lines if text.startswith(("kalshi-actors", "Index", "Market", "YES", "Fair"))]
    assert table
    assert max(len(text) for text in table) <= columns
    assert not COLOUR.search(terminal.written.decode())
    assert "Traceback" not in terminal.text


def test_in_24_lines_all_but_calm_exchanges_keep_their_row(
    home: Home, eventually: Callable[..., None]
) -> None:
    terminal = Terminal(80, 24)
    try:
        with start_on(terminal, home, "start", "--sim") as process:
            try:
                for name in ("simulator", "logger", "kalshi", "brti", "signal", "paper"):
                    eventually(lambda name=name: re.search(rf"\n{name} +running +yes", terminal.text), 30)
                eventually(lambda: "Kalshi: streaming" in terminal.text, 20)
                os.killpg(process.pid, signal.SIGINT)
                assert process.wait(20) == 0
            finally:
                process.kill()
    finally:
        terminal.close()


def test_a_killed_supervisor_gives_the_terminal_back(home: Home, eventually: Callable[..., None]) -> None:
    terminal = Terminal(100)
    try:
        with start_on(terminal, home, "start", "--sim", "--only", "coinbase") as process:
            eventually(lambda: re.search(r"coinbase +running", terminal.text), 20)
            process.kill()
            process.wait()
        # Rich hides the cursor while it draws; the display shows it again when the supervisor is gone.
        eventually(lambda: terminal.written.rfind(b"\x1b[?25h") > terminal.written.rfind(b"\x1b[?25l"), 20)
    finally:
        terminal.close()


def test_a_terminal_that_cannot_draw_gets_plain_lines(home: Home, eventually: Callable[..., None]) -> None:
    terminal = Terminal(80)
    home.env["TERM"] = "dumb"
    streams = {"stdin": terminal.fd, "stdout": terminal.fd, "stderr": terminal.fd}
    arguments = ("start", "--sim", "--only", "coinbase", "--data", str(home.data))
    try:
        with home.spawn(*arguments, start_new_session=True, **streams) as process:
            eventually(lambda: "coinbase: running" in terminal.text, 20)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(20) == 0
    finally:
        terminal.close()
    assert b"\x1b[" not in terminal.written


def test_watching_from_another_terminal_ends_with_ctrl_c_and_leaves_the_rest_alone(
    running: Home, eventually: Callable[..., None]
) -> None:
    terminal = Terminal(120)
    try:
        with start_on(terminal, running, "status", "--watch") as process:
            eventually(lambda: re.search(r"brti +running", terminal.text), 20)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(20) == 0
    finally:
        terminal.close()
    assert "Traceback" not in terminal.text
    assert running.status()["actors"]
