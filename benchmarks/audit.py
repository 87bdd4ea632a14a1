"""The audit of a million records on one core: `kalshi-actors audit` on a session of all venues.

The whole system records it on the fast simulator. Then the command runs as a process of its own; the figure
is its processor time, start included, and its wall time beside it.
"""

from pathlib import Path
from typing import Final

from benchmarks.figures import Figure
from benchmarks.session import command, count, recorded, size_mb

NAME: Final = "audit"
RECORDS: Final = 1_000_000
QUICK_RECORDS: Final = 60_000
LIMIT_S: Final = 10.0
MOST_MB: Final = 400


def measure(quick: bool) -> list[Figure]:
    """Record, audit, and say what a million records take."""
    with recorded(QUICK_RECORDS if quick else RECORDS) as data_dir:
        return audited(data_dir)


def audited(data_dir: Path) -> list[Figure]:
    """Audit what a data folder holds by the command."""
    records = count(data_dir)
    size = size_mb(data_dir)
    audit = command(data_dir, "audit")
    note = f"{records:,} records, {size:,.0f} MB; exit code {audit.exit_code}"
    wall = f"{audit.wall_s:.1f} s in all"
    return [
        Figure(NAME, "a million records, CPU", audit.cpu_s / records * 1e6, "s", LIMIT_S, note),
        Figure(NAME, "a million records, wall", audit.wall_s / records * 1e6, "s", None, wall),
        Figure(NAME, "most memory", audit.most_mb, "MB", MOST_MB),
    ]
