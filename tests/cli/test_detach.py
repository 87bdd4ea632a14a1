"""`start --detach`: who goes to the background, and what the command says when it returns."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from supervisor import ask
from supervisor.client import wait_until_stopped
from tests.cli.commands import ROOT, Home, is_sentence

PROGRAM = """
import os, sys, time
from pathlib import Path
import cli.detach
from cli.errors import CommandError

folder = Path(sys.argv[1])

def ends_at_once():
    print("a word before")
    print("kalshi-actors: no luck today.")
    return 4

def says_nothing():
    return 0

def hangs():
    (folder / "pid").write_text(str(os.getpid()))
    time.sleep(60)

def has_a_late_actor():
    from supervisor import ChildSpec, Plan, run
    names = {"works": "good", "never_ready": "late"}
    specs = [ChildSpec(name=n, start=f"tests.supervisor.children:{f}") for f, n in names.items()]
    return run(Plan(specs=specs, data_dir=folder, session="s-1", mode="sim", version="0"))

cli.detach.READY_LIMIT_S = 1.0
try:
    sys.exit(cli.detach.in_background(folder, globals()[sys.argv[2]]))
except CommandError as error:
    print(f"{error.exit_code}: {error}", file=sys.stderr)
except KeyboardInterrupt:
    print("interrupted", file=sys.stderr)
"""


def spawn(folder: Path, what: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROGRAM, str(folder), what]
    return subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(folder: Path, what: str) -> tuple[str, str]:
    with spawn(folder, what) as process:
        return process.communicate(timeout=20)


def test_why_it_ended_at_once_is_said_with_its_exit_code(tmp_path: Path) -> None:
    assert outcome(tmp_path, "ends_at_once") == ("", "4: no luck today.\n")
    assert outcome(tmp_path, "ends_at_once") == ("", "4: no luck today.\n"), "the file is not empty now"
    told = (tmp_path / "logs" / "supervisor.out").read_text()
    assert told.count("a word before\n") == 2


def test_an_end_without_a_word_is_a_failure_too(tmp_path: Path) -> None:
    words = "the supervisor ended at once and said nothing"
    assert outcome(tmp_path, "says_nothing") == ("", f"1: {words}\n")


def test_a_ctrl_c_while_waiting_takes_the_start_back(tmp_path: Path, eventually: Callable[..., None]) -> None:
    with spawn(tmp_path, "hangs") as process:
        eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        pid = int((tmp_path / "pid").read_text())
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == ("", "interrupted\n")
    assert not psutil.pid_exists(pid)


def test_an_actor_that_is_late_is_named_and_the_rest_runs_on(tmp_path: Path) -> None:
    try:
        out, err = outcome(tmp_path, "has_a_late_actor")
        assert out.startswith(f"running: session s-1 in {tmp_path}, process ")
        assert "late is starting" in err
        assert "good" not in err
        assert "the rest runs on" in err
        assert ask(tmp_path, {"cmd": "status"})["ok"]
    finally:
        ask(tmp_path, {"cmd": "stop"})
        assert wait_until_stopped(tmp_path, 10)


def test_it_returns_when_all_are_ready_and_says_how_to_look_and_to_stop(home: Home) -> None:
    data = ("--data", str(home.data))
    started = home.run("start", "--sim", "--detach", "--only", "coinbase", *data)
    assert (started.code, started.err) == (0, "")
    status = home.status()
    assert {actor["state"] for actor in status["actors"]} == {"running"}
    pid = status["supervisor"]["pid"]
    assert started.out.splitlines() == [
        f"ready: session {status['session']} in {home.data}, process {pid}",
        f"look: kalshi-actors status --watch --data {home.data}",
        f"stop: kalshi-actors stop --data {home.data}",
    ]
    assert os.getsid(pid) == pid
    assert psutil.Process(pid).cwd() == "/"
    assert home.run("stop", *data).code == 0
    told = (home.data / "logs" / "supervisor.out").read_text()
    assert is_sentence(f"kalshi-actors: {told.splitlines()[-1]}.\n")
    assert "Traceback" not in told
