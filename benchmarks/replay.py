"""Reading records alone, and recorded sessions through index and signal as fast as can be, on one core.

Two sessions of the whole system: one recorded on the fast simulator, as those of a day are; and a busy market
at the speed of real time, 4,500 messages a second over all venues. One process reads every log, each record's
checksum checked; one plays a session: every turn of the index aggregator and of the signal actor, each word
compared byte by byte.

How fast a session plays depends on how many messages lie between two values: the busy market has a value for
every few of them. A record of the session counts once, however many listeners it has. By listener counts one
once for each listener that is led past it: the records of the logs that it listens to, those of kinds that
it passes over included, and its own turns and words, which are read and compared.
"""

import tempfile
import time
from pathlib import Path
from typing import Final

import orjson

from benchmarks.figures import Figure, percentile
from benchmarks.hft import backtested
from benchmarks.session import Ended, command, count, count_of, recorded
from benchmarks.system import running_in, wait_for
from messages.log import LogReader

NAME: Final = "replay"
RECORDS: Final = 1_000_000
QUICK_RECORDS: Final = 60_000
SECONDS: Final = 60
QUICK_SECONDS: Final = 8
RUNS: Final = 5
READ_LIMIT_S: Final = 1.0
"""For a million records: at least 1,000,000 a second."""
PLAY_LIMIT_S: Final = 1e6 / 150_000
SETTINGS: Final = {"simulator.rate": 4500, "actors.store.enabled": "false"}
PLAYED: Final = ("brti", "signal")
NOT_PLAYED: Final = ("paper", "logger", "supervisor")
MOST_MB: Final = 400


def measure(quick: bool) -> list[Figure]:
    """Record, read, play; hftbacktest beside it where it is installed."""
    runs = 1 if quick else RUNS
    with recorded(QUICK_RECORDS if quick else RECORDS) as data_dir:
        figures = [_reading(data_dir, runs), *_playing(data_dir, runs, "fast session")]
    with tempfile.TemporaryDirectory(prefix="kalshi-actors-replay-") as folder:
        data_dir = Path(folder)
        with running_in(data_dir, SETTINGS, "--speed", "1") as system:
            wait_for(system.all_fresh, "all actors fresh")
            time.sleep(QUICK_SECONDS if quick else SECONDS)
        figures += _playing(data_dir, runs, "busy market")
        return figures + backtested(data_dir / "log" / "coinbase", NAME)


def _reading(data_dir: Path, runs: int) -> Figure:
    records = count(data_dir)
    million_s = percentile([_read_s(data_dir) / records * 1e6 for _ in range(runs)], 0.5)
    return Figure(NAME, "a million records read", million_s, "s", READ_LIMIT_S, f"{1e6 / million_s:,.0f}/s")


def _playing(data_dir: Path, runs: int, session: str) -> list[Figure]:
    """What the command takes for a data folder that holds one session."""
    played = [_played(data_dir) for _ in range(runs)]
    used_s = percentile([one.cpu_s for one in played], 0.5)
    actors = orjson.loads(played[0].out)["actors"]
    records = count(data_dir) - sum(count_of(data_dir, log) for log in NOT_PLAYED)
    passed = sum(one["passed"] + one["turns"] + sum(one["said"].values()) for one in actors)
    turns = sum(one["turns"] for one in actors)
    note = f"{records:,} in {used_s:.2f} s, {turns:,} turns, median of {runs}; {records / used_s:,.0f}/s"
    listener_note = f"{passed:,}; {passed / used_s:,.0f}/s"
    return [
        Figure(NAME, f"{session}, a million messages", used_s / records * 1e6, "s", PLAY_LIMIT_S, note),
        Figure(NAME, f"{session}, by listener", used_s / passed * 1e6, "s", PLAY_LIMIT_S, listener_note),
        Figure(NAME, f"{session}, most memory", max(one.most_mb for one in played), "MB", MOST_MB),
        Figure(NAME, f"{session}, words that differ", sum(one["differing"] for one in actors), "", 0.0),
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
