"""A day's session: recorded by the whole system on the fast simulator, then audited, played again, stored.

Each is done by the project's own command in a process of its own: how long it takes, and the most memory.
Ten million records are about what a quiet day of all venues brings; making them takes about twenty minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

from benchmarks.figures import Figure
from benchmarks.system import System, running_in, wait_for
from messages.log import LogReader
from replay.sessions import sessions

NAME: Final = "day"
RECORDS: Final = 10_000_000
QUICK_RECORDS: Final = 60_000
MOST_MB: Final = 400
SETTINGS: Final = {"simulator.rate": 9000, "actors.store.enabled": "false"}
RECORDING: Final = "kalshi,coinbase,kraken,bitstamp,gemini,brti,signal,paper,logger"
LIMIT_S: Final = 7200.0


def measure(quick: bool) -> list[Figure]:
    """Record, audit, verify and store one session."""
    wanted = QUICK_RECORDS if quick else RECORDS
    with tempfile.TemporaryDirectory(prefix="kalshi-actors-day-") as folder:
        data_dir = Path(folder)
        _record(data_dir, wanted)
        records = count(data_dir)
        size_mb = sum(file.stat().st_size for file in data_dir.glob("log/*/*.seg")) / 1e6
        return [
            Figure(NAME, "records", records, "", None, f"{size_mb:,.0f} MB of logs"),
            *_run("audit", data_dir, records),
            *_run("verify", data_dir, records),
            *_store(data_dir),
        ]


def _record(data_dir: Path, wanted: int) -> None:
    with running_in(data_dir, SETTINGS, "--only", RECORDING, "--speed", "60") as system:
        wait_for(system.all_fresh, "all actors fresh")
        wait_for(lambda: count(data_dir) >= wanted, "the session recorded", LIMIT_S, 1.0)


def count(data_dir: Path) -> int:
    """How many records all logs hold."""
    total = 0
    for folder in (data_dir / "log").glob("*/"):
        with LogReader(folder) as reader:
            reader.seek_end()
            total += reader.next_seq - 1
    return total


def _run(command: str, data_dir: Path, records: int) -> list[Figure]:
    session = sessions(data_dir)[0].name
    begun_s = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", command, session, "--data", str(data_dir), "--json"],
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took_s = time.monotonic() - begun_s
    per_s = f"{records / took_s:,.0f} records/s; exit code {child.returncode}"
    scale = 1e6 if sys.platform == "darwin" else 1e3
    return [
        Figure(NAME, f"{command}, time", took_s, "s", None, per_s),
        Figure(NAME, f"{command}, most memory", used.ru_maxrss / scale, "MB", MOST_MB),
    ]


def _store(data_dir: Path) -> list[Figure]:
    """Let the store put away all that is closed, as it would beside a running system."""
    begun_s = time.monotonic()
    with running_in(data_dir, {"actors.store.poll_s": 0.5}, "--only", "store,logger") as system:
        wait_for(system.all_fresh, "the store running")
        process = psutil.Process(system.pid("store"))
        most_mb = 0.0

        def done() -> bool:
            nonlocal most_mb
            most_mb = max(most_mb, process.memory_info().rss / 1e6)
            return not _waiting(system)

        wait_for(done, "everything stored", LIMIT_S, 0.05)
    took_s = time.monotonic() - begun_s
    stored_mb = sum(file.stat().st_size for file in data_dir.glob("store/**/*") if file.is_file()) / 1e6
    return [
        Figure(NAME, "store, time", took_s, "s", None, f"{stored_mb:,.0f} MB of tables and archives"),
        Figure(NAME, "store, most memory", most_mb, "MB", MOST_MB),
    ]


def _waiting(system: System) -> bool:
    """Whether a closed segment has no manifest yet."""
    for folder in (system.data_dir / "log").glob("*/"):
        closed = sorted(file.stem for file in folder.glob("*.seg"))[:-1]
        manifests = system.data_dir / "store" / "manifest" / folder.name
        stored = {file.stem for file in manifests.glob("*.json")}
        if any(name not in stored for name in closed):
            return True
    return False
