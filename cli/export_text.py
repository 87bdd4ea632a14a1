"""`export` in words, and as JSON."""

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from cli.wording import printable
from replay.export.exporting import Exported

UNITS = ("B", "kB", "MB", "GB", "TB")


def as_text(exported: Sequence[Exported], where: str) -> list[str]:
    """One line on all of it, then a line for each table."""
    rows = sum(one.rows for one in exported)
    if not exported:
        return ["nothing was recorded in that span, so nothing was written"]
    names = [PurePath(one.path).name for one in exported]
    width = max(map(len, names))
    count_width = len(f"{max(one.rows for one in exported):,}")
    tables = f"{len(exported)} table{'s' * (len(exported) != 1)}"
    return [
        f"{rows:,} rows of {tables}, {size(sum(one.bytes for one in exported))}, in {printable(where)}",
        *(
            f"  {name:<{width}}  {one.rows:>{count_width},} rows  {size(one.bytes):>8}"
            for name, one in zip(names, exported, strict=True)
        ),
    ]


def as_fields(exported: Sequence[Exported], notes: Sequence[str], data_dir: Path) -> dict[str, Any]:
    """All of it for scripts."""
    return {
        "data_dir": str(data_dir),
        "rows": sum(one.rows for one in exported),
        "tables": [one._asdict() for one in exported],
        "notes": list(notes),
    }


def size(bytes_: int) -> str:
    """A number of bytes in three or four places: 812 B, 4.2 kB, 133 MB."""
    value, unit = float(bytes_), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.{int(unit > 0 and value < 99.5)}f} {UNITS[unit]}"
