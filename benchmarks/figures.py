"""A measured figure, and how figures are shown and written."""

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from messages.version import VERSION


class Figure(msgspec.Struct, frozen=True):
    """One figure. limit: the most it may be; None: shown for comparison. note: how to read it."""

    benchmark: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Within its limit; None where it has none."""
        return None if self.limit is None else self.value <= self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the sorted values do not exceed; NaN for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def show(figures: Sequence[Figure], console: Console) -> None:
    """Print figures as a table."""
    table = Table(title=f"kalshi-actors {VERSION}, {machine()['machine']}", title_justify="left")
    for column in ("benchmark", "figure"):
        table.add_column(column)
    for column in ("value", "limit"):
        table.add_column(column, justify="right")
    for column in ("holds", "note"):
        table.add_column(column)
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:g} {figure.unit}"
        holds = {None: "", True: "yes", False: "NO"}[figure.holds]
        value = f"{figure.value:.4g} {figure.unit}"
        table.add_row(figure.benchmark, figure.name, value, limit, holds, figure.note)
    console.print(table)


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write figures and what machine they were measured on, as JSON."""
    rows = [{**msgspec.structs.asdict(figure), "holds": figure.holds} for figure in figures]
    path.parent.mkdir(parents=True, exist_ok=True)
    data = msgspec.json.encode({**machine(), "version": VERSION, "figures": rows})
    path.write_bytes(msgspec.json.format(data, indent=1) + b"\n")


def machine() -> dict[str, Any]:
    """Name what was measured on."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "commit": commit.stdout.strip(),
    }
