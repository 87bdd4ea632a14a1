"""A day's session: recorded by the whole system on the fast simulator, then audited, played again, stored.

Each is done by the project's own command in a process of its own: how long it takes, and the most memory.
Ten million records are about what a quiet day of all venues brings; making them takes about twenty minutes.
"""

import time
from pathlib import Path
from typing import Final

import psutil

from benchmarks.figures import Figure
from benchmarks.session import command, count, recorded, size_mb
from benchmarks.system import System, running_in, wait_for
from replay.sessions import sessions

NAME: Final = "day"
RECORDS: Final = 10_000_000
QUICK_RECORDS: Final = 60_000
MOST_MB: Final = 400
RECORDING: Final = "kalshi,coinbase,kraken,bitstamp,gemini,brti,signal,paper,logger"
LIMIT_S: Final = 7200.0


def measure(quick: bool) -> list[Figure]:
    """Record, audit, verify and store one session."""
    wanted = QUICK_RECORDS if quick else RECORDS
    with recorded(wanted, "--only", RECORDING, limit_s=LIMIT_S) as data_dir:
        records = count(data_dir)
        return [
            Figure(NAME, "records", records, "", None, f"{size_mb(data_dir):,.0f} MB of logs"),
            *_run("audit", data_dir, records),
            *_run("verify", data_dir, records),
            *_store(data_dir),
        ]


def _run(name: str, data_dir: Path, records: int) -> list[Figure]:
    ended = command(data_dir, name, sessions(data_dir)[0].name)
    per_s = f"{records / ended.wall_s:,.0f} records/s; exit code {ended.exit_code}"
    return [
        Figure(NAME, f"{name}, time", ended.wall_s, "s", None, per_s),
        Figure(NAME, f"{name}, most memory", ended.most_mb, "MB", MOST_MB),
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
