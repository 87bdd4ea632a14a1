"""Compaction on one core: every segment of a session becomes tables and archives, in one process.

The whole system records the session on the fast simulator. The figures are processor time, so what else the
machine does does not count, and the most memory of the process that compacts.
"""

import json
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.session import recorded, run
from messages import BookChanged, MarketBookChanged
from messages.log import LogReader
from messages.log.segments import list_segments

NAME: Final = "compaction"
RECORDS: Final = 1_000_000
QUICK_RECORDS: Final = 60_000
LEAST_RECORDS_PER_S: Final = 200_000
MOST_DELTA_BYTES: Final = 60
MOST_MB: Final = 400
DELTAS: Final = (BookChanged.__name__, MarketBookChanged.__name__)


def measure(quick: bool) -> list[Figure]:
    """Record, compact, and say what a record took."""
    with recorded(QUICK_RECORDS if quick else RECORDS) as data_dir:
        return compacted(data_dir)


def compacted(data_dir: Path) -> list[Figure]:
    """Compact all that a data folder holds, the newest segments too, in a process of its own."""
    child = run("benchmarks.compaction", str(data_dir))
    assert child.exit_code == 0
    found: dict[str, Any] = json.loads(child.out)
    records, deltas = found["records"], found["deltas"]
    per_s = f"{records / found['cpu_s']:,.0f} records/s; {records:,} in {found['segments']} segments"
    kept = found["tables_bytes"] + found["archive_bytes"]
    shares = f"{found['segment_bytes'] / kept:.1f} times smaller than the logs, both together"
    return [
        Figure(NAME, "a record, CPU", found["cpu_s"] / records * 1e6, "µs", 1e6 / LEAST_RECORDS_PER_S, per_s),
        Figure(
            NAME,
            "a book delta in Parquet",
            found["delta_bytes"] / max(1, deltas),
            "bytes",
            MOST_DELTA_BYTES,
            f"{deltas:,} rows of {' and '.join(DELTAS)}",
        ),
        Figure(NAME, "a record in Parquet", found["tables_bytes"] / records, "bytes"),
        Figure(NAME, "a record in the archive", found["archive_bytes"] / records, "bytes", None, shares),
        Figure(NAME, "most memory", child.most_mb, "MB", MOST_MB),
    ]


def _compact(data_dir: Path) -> dict[str, float]:
    """What the child does: one segment after the other, as the store does."""
    from actors.store.compaction import compact, give_memory_back

    total: Counter[str] = Counter()
    begun_s = time.process_time()
    for log_dir in sorted((data_dir / "log").glob("*/")):
        with LogReader(log_dir) as reader:
            reader.seek_end()
            ends = [*list_segments(log_dir), reader.next_seq]
        for first, following in pairwise(ends):
            if first == following:
                continue
            working = compact(data_dir, log_dir.name, first, following)
            while True:
                try:
                    next(working)
                except StopIteration as done:
                    made = done.value
                    break
            give_memory_back()
            deltas = [file for file in made.tables if file.table in DELTAS]
            total["segments"] += 1
            total["records"] += made.records
            total["segment_bytes"] += made.segment_bytes
            total["archive_bytes"] += made.archive.bytes
            total["tables_bytes"] += sum(file.bytes for file in made.tables)
            total["deltas"] += sum(file.rows for file in deltas)
            total["delta_bytes"] += sum(file.bytes for file in deltas)
    return {**total, "cpu_s": time.process_time() - begun_s}


if __name__ == "__main__":
    print(json.dumps(_compact(Path(sys.argv[1]))))
