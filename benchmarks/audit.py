"""The audit of a million records on one core: `kalshi-actors audit` on a session of all venues.

The whole system records it on the fast simulator. Then the command runs as a process of its own; the figure
is its processor time, start included, and its wall time beside it.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.day import count
from benchmarks.figures import Figure
from benchmarks.system import running_in, wait_for

NAME: Final = "audit"
RECORDS: Final = 1_000_000
QUICK_RECORDS: Final = 60_000
LIMIT_S: Final = 10.0
MOST_MB: Final = 400
SETTINGS: Final = {"simulator.rate": 9000, "actors.store.enabled": "false"}
RECORD_LIMIT_S: Final = 1200.0


def measure(quick: bool) -> list[Figure]:
    """Record, audit, and say what a million records take."""
    wanted = QUICK_RECORDS if quick else RECORDS
    with tempfile.TemporaryDirectory(prefix="kalshi-actors-audit-") as folder:
        data_dir = Path(folder)
        with running_in(data_dir, SETTINGS, "--speed", "60") as system:
            wait_for(system.all_fresh, "all actors fresh")
            wait_for(lambda: count(data_dir) >= wanted, "the session recorded", RECORD_LIMIT_S, 1.0)
        return audited(data_dir)


def audited(data_dir: Path) -> list[Figure]:
    """Audit what a data folder holds by the command."""
    records = count(data_dir)
    size_mb = sum(file.stat().st_size for file in data_dir.glob("log/*/*.seg")) / 1e6
    begun_s = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", "audit", "--data", str(data_dir), "--json"], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took_s = time.monotonic() - begun_s
    cpu_s = used.ru_utime + used.ru_stime
    scale = 1e6 if sys.platform == "darwin" else 1e3
    note = f"{records:,} records, {size_mb:,.0f} MB; exit code {child.returncode}"
    return [
        Figure(NAME, "a million records, CPU", cpu_s / records * 1e6, "s", LIMIT_S, note),
        Figure(NAME, "a million records, wall", took_s / records * 1e6, "s", None, f"{took_s:.1f} s in all"),
        Figure(NAME, "most memory", used.ru_maxrss / scale, "MB", MOST_MB),
    ]
