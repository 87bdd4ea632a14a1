"""Memory and processor time of all actors while the simulator idles along."""

import time
from pathlib import Path
from typing import Final

import psutil

from benchmarks.figures import Figure
from benchmarks.system import running, wait_for

NAME: Final = "footprint"
FIRST_EIGHT = ("kalshi", "coinbase", "kraken", "bitstamp", "gemini", "brti", "signal", "logger")
"""What the limits were set for, before there were more venues, a paper trader and a store."""


def measure(quick: bool) -> list[Figure]:
    """Let the default set run and add up what its processes take."""
    seconds = 5 if quick else 20
    with running() as system:
        wait_for(system.all_fresh, "all actors fresh")
        time.sleep(2.0)
        actors = [name for name in system.actors() if name != "simulator"]
        pids = {name: system.pid(name) for name in (*actors, "simulator")}
        pids["supervisor"] = int(system.status()["supervisor"]["pid"])
        cpu = {name: _cpu_s(pid) for name, pid in pids.items()}
        time.sleep(seconds)
        cpu_pct = {name: 100 * (_cpu_s(pid) - cpu[name]) / seconds for name, pid in pids.items()}
        pss_mb = {name: _pss_mb(pid) for name, pid in pids.items()}
    figures = [
        Figure(NAME, "first eight, PSS", sum(pss_mb[name] for name in FIRST_EIGHT), "MB", 250),
        Figure(NAME, "first eight, CPU", sum(cpu_pct[name] for name in FIRST_EIGHT), "% of a core", 25),
        Figure(NAME, "all actors, PSS", sum(pss_mb[name] for name in actors), "MB", None, f"{len(actors)}"),
        Figure(NAME, "all actors, CPU", sum(cpu_pct[name] for name in actors), "% of a core"),
    ]
    figures += [
        Figure(NAME, f"{name}, PSS", pss_mb[name], "MB", None, f"{cpu_pct[name]:.1f} % CPU") for name in pids
    ]
    return figures


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _pss_mb(pid: int) -> float:
    """Proportional set size; resident set where the system does not tell (macOS)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if not rollup.exists():
        return float(psutil.Process(pid).memory_info().rss) / 1e6
    for line in rollup.read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0
