"""`start --detach`: the supervisor goes to the background; the command stays until all actors are ready."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

import click

from cli.changes import not_ready
from cli.errors import CommandError
from cli.forking import fork
from cli.instance import MODES, default_data_dir
from supervisor import client
from supervisor.errors import NoAnswerError, NotRunningError
from supervisor.instance import read_instance

READY_LIMIT_S = 30.0


def in_background(data_dir: Path, supervise: Callable[[], int]) -> int:
    """Fork, run `supervise` in a session of its own, wait until its actors are ready. Return the exit code.

    Must be called before there are threads. A Ctrl-C while waiting takes the start back.
    """
    output = data_dir / "logs" / "supervisor.out"
    output.parent.mkdir(parents=True, exist_ok=True)
    begins = output.stat().st_size if output.exists() else 0
    pid = fork(os.setsid)
    if pid == 0:
        _leave_the_terminal(output)
        return supervise()
    try:
        status = _wait_until_ready(data_dir, pid)
    except KeyboardInterrupt:
        _take_back(data_dir, pid)
        raise
    if isinstance(status, int):
        error = CommandError(_last_line(output, begins) or "the supervisor ended at once and said nothing")
        error.exit_code = status or CommandError.exit_code
        raise error
    late = not_ready(status)
    click.echo(f"{'running' if late else 'ready'}: session {status['session']} in {data_dir}, process {pid}")
    option = "" if data_dir in map(default_data_dir, MODES) else f" --data {quote(str(data_dir))}"
    click.echo(f"look: kalshi-actors status --watch{option}")
    click.echo(f"stop: kalshi-actors stop{option}")
    if late:
        message = f"after {READY_LIMIT_S:.0f} s {'; '.join(late)}; the rest runs on"
        raise CommandError(message)
    return 0


def _leave_the_terminal(output: Path) -> None:
    os.chdir("/")
    null_fd = os.open(os.devnull, os.O_RDONLY)
    output_fd = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(null_fd, 0)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    os.close(null_fd)
    os.close(output_fd)


def _wait_until_ready(data_dir: Path, pid: int) -> dict[str, Any] | int:
    """The status once every actor runs, or when patience ends; an exit code if the supervisor is gone."""
    deadline_s = time.monotonic() + READY_LIMIT_S
    status: dict[str, Any] = {}
    while time.monotonic() < deadline_s or not status:
        ended, how = os.waitpid(pid, os.WNOHANG)
        if ended:
            return abs(os.waitstatus_to_exitcode(how))
        if read_instance(data_dir).get("pid") == pid:
            with contextlib.suppress(NotRunningError, NoAnswerError):
                found: dict[str, Any] = client.ask(data_dir, {"cmd": "status"})["status"]
                status = found
                if not not_ready(found):
                    return found
        time.sleep(0.05)
    return status


def _take_back(data_dir: Path, pid: int) -> None:
    import signal

    os.kill(pid, signal.SIGTERM)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _last_line(output: Path, begins: int) -> str:
    with output.open("rb") as file:
        file.seek(begins)
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("kalshi-actors: ") if lines else ""
