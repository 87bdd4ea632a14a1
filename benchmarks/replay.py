"""Reading records alone, and a recorded session through index and signal as fast as can be, on one core.

The whole system records a busy market: all venues, the books of the eight change 1,500 times a second, at the
speed of real time. Then one process reads every log, each record's checksum checked; and one plays the
session: every turn of the index aggregator and of the signal actor, each word compared byte by byte.

A recorded message counts once for each listener that is led past it: the records of the logs that it listens
to, those of kinds that it passes over included, and its own turns and words, which are read and compared. The
rate by which each record of the session counts once, however many listeners it has, stands beside it.
"""

import tempfile
import time
from pathlib import Path
from typing import Final

import orjson

from benchmarks.figures import Figure, percentile
from benchmarks.hft import backtested
from benchmarks.index import RATE
from benchmarks.session import Ended, command, count, count_of
from benchmarks.system import running_in, wait_for
from messages.log import LogReader

NAME: Final = "replay"
SECONDS: Final = 60
QUICK_SECONDS: Final = 8
RUNS: Final = 5
READ_LIMIT_S: Final = 1.0
"""For a million records: at least 1,000,000 a second."""
PLAY_LIMIT_S: Final = 1e6 / 150_000
SETTINGS: Final = {"simulator.rate": RATE, "actors.store.enabled": "false"}
PLAYED: Final = ("brti", "signal")
MOST_MB: Final = 400


def measure(quick: bool) -> list[Figure]:
    """Record, read, play; hftbacktest beside it where it is installed."""
    with tempfile.TemporaryDirectory(prefix="kalshi-actors-replay-") as folder:
        data_dir = Path(folder)
        with running_in(data_dir, SETTINGS, "--speed", "1") as system:
            wait_for(system.all_fresh, "all actors fresh")
            time.sleep(QUICK_SECONDS if quick else SECONDS)
        return measured(data_dir, 1 if quick else RUNS)


def measured(data_dir: Path, runs: int) -> list[Figure]:
    """The figures of a data folder that holds one session."""
    records = count(data_dir)
    read_s = [_read_s(data_dir) / records * 1e6 for _ in range(runs)]
    played = [_played(data_dir) for _ in range(runs)]
    used_s = percentile([one.cpu_s for one in played], 0.5)
    told = orjson.loads(played[0].out)
    passed = sum(one["passed"] + one["turns"] + sum(one["said"].values()) for one in told["actors"])
    once = records - sum(count_of(data_dir, log) for log in ("paper", "logger", "supervisor"))
    differing = sum(one["differing"] for one in told["actors"])
    reading = percentile(read_s, 0.5)
    note = f"{passed:,} in {used_s:.2f} s of one core, median of {runs}; {passed / used_s:,.0f}/s"
    return [
        Figure(NAME, "a million records read", reading, "s", READ_LIMIT_S, f"{1e6 / reading:,.0f}/s"),
        Figure(
            NAME,
            "a million messages through index and signal",
            used_s / passed * 1e6,
            "s",
            PLAY_LIMIT_S,
            note,
        ),
        Figure(NAME, "the same, each record once", once / used_s, "/s", None, f"{once:,} records"),
        Figure(NAME, "most memory", max(one.most_mb for one in played), "MB", MOST_MB),
        Figure(NAME, "words that differ from the record", differing, "", 0.0),
        *backtested(data_dir / "log" / "coinbase", NAME),
    ]


def _read_s(data_dir: Path) -> float:
    """Processor time of reading every record of every log."""
    begun_s = time.process_time()
    for folder in (data_dir / "log").glob("*/"):
        with LogReader(folder) as reader:
            while not reader.drained:
                reader.read(5000)
    return time.process_time() - begun_s


def _played(data_dir: Path) -> Ended:
    """Run the command to its end."""
    actors = [word for name in PLAYED for word in ("--actor", name)]
    return command(data_dir, "replay", "last", "--speed", "max", "--quiet", *actors)
