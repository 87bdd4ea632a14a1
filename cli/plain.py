"""State changes as plain lines, for output that is not a terminal; read from the supervisor's own log."""

import os
import select
import sys
from pathlib import Path

from cli.log_reading import Entry, Logs
from cli.wording import clock_utc
from messages import ActorStateChanged

POLL_S = 0.1


def transition(entry: Entry) -> str:
    """`20:55:40Z coinbase: backoff (killed by SIGKILL), next start in 1 s`."""
    change = entry.message()
    if not isinstance(change, ActorStateChanged):
        return ""
    process = f", process {change.pid}" if change.now == "running" and change.pid else ""
    why = f" ({change.reason})" if change.reason else ""
    wait = f", next start in {change.delay_s:.0f} s" if change.delay_s >= 1 else ""
    return f"{clock_utc(change.at_ns, 0)}Z {change.name}: {change.now}{process}{why}{wait}"


def follow_transitions(data_dir: Path, end_fd: int) -> None:
    """Print each state change from now on, until end_fd is closed at its other end; then what is left."""
    logs = Logs(data_dir, ["supervisor"], frozenset({ActorStateChanged.kind}))
    logs.newest(0)
    ended = False
    while not ended:
        ended = bool(select.select([end_fd], [], [], POLL_S)[0]) and os.read(end_fd, 1) == b""
        for entry in logs.more():
            print(transition(entry))
        sys.stdout.flush()
    logs.close()
