"""A session to measure on: the whole system records it on the fast simulator; commands then run on it.

Each command is a process of its own, so that what it used is told apart from everything else.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.system import running_in, wait_for
from messages.log import LogReader

SETTINGS: Final = {"simulator.rate": 9000, "actors.store.enabled": "false"}
MAXRSS_PER_MB: Final = 1e6 if sys.platform == "darwin" else 1e3
"""macOS tells bytes, Linux kilobytes."""


class Ended(NamedTuple):
    """What a process used, start included, how it ended, and what it printed."""

    wall_s: float
    cpu_s: float
    most_mb: float
    exit_code: int
    out: bytes


@contextmanager
def recorded(records: int, *arguments: str, limit_s: float = 1200.0) -> Iterator[Path]:
    """Record at least so many records at sixty times real time; the folder goes at the end."""
    with tempfile.TemporaryDirectory(prefix="kalshi-actors-session-") as folder:
        data_dir = Path(folder)
        with running_in(data_dir, SETTINGS, *arguments, "--speed", "60") as system:
            wait_for(system.all_fresh, "all actors fresh")
            wait_for(lambda: count(data_dir) >= records, "the session recorded", limit_s, 1.0)
        yield data_dir


def count(data_dir: Path) -> int:
    """How many records all logs hold."""
    return sum(count_of(data_dir, folder.name) for folder in (data_dir / "log").glob("*/"))


def count_of(data_dir: Path, log: str) -> int:
    """How many records one log holds."""
    with LogReader(data_dir / "log" / log) as reader:
        reader.seek_end()
        return reader.next_seq - 1


def size_mb(data_dir: Path) -> float:
    """How large all logs are."""
    return sum(file.stat().st_size for file in data_dir.glob("log/*/*.seg")) / 1e6


def command(data_dir: Path, *words: str) -> Ended:
    """Run one of the project's commands on a data folder."""
    return run("cli", *words, "--data", str(data_dir), "--json")


def run(module: str, *arguments: str) -> Ended:
    """Run a module to its end."""
    begun_s = time.monotonic()
    with subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        out = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.monotonic() - begun_s
    cpu_s = used.ru_utime + used.ru_stime
    return Ended(wall_s, cpu_s, used.ru_maxrss / MAXRSS_PER_MB, child.returncode, out)
