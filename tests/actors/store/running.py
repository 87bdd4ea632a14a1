"""A real store process, for tests that stop or kill it."""

import subprocess
import sys
from pathlib import Path

import msgspec

from messages import Assignment
from tests.actors.running import ActorProcess

_HUNTED = """
import os, random, signal, sys, threading, time
from pathlib import Path
import msgspec
from actors.store import compaction  # what every try would import
from actors.store.main import start
from messages import Assignment
from messages.log.retention import load_cursor
from messages.log.segments import list_segments

assignment = msgspec.json.decode(sys.argv[1], type=Assignment)
log_dir = Path(sys.argv[2])
chance = random.Random(int(sys.argv[3]))
kills = 0
while load_cursor(log_dir, "store") != list_segments(log_dir)[-1]:
    child = os.fork()
    if child == 0:
        start(assignment, threading.Event())
    time.sleep(0.03 + chance.random() * (0.12 + 0.01 * kills))  # in the end long enough for whatever it takes
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    kills += 1
print(kills)
"""


def hunt(data_dir: Path, log: str, seed: int) -> int:
    """Start the store and SIGKILL it, at random moments, until a log is stored; return how often."""
    told = Assignment("store", "2024-10-04T00-00-00Z", str(data_dir), {"poll_s": 0.05})
    arguments = [msgspec.json.encode(told).decode(), str(data_dir / "log" / log), str(seed)]
    done = subprocess.run(
        [sys.executable, "-c", _HUNTED, *arguments],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        check=True,
        timeout=50,
    )
    return int(done.stdout)


class Running(ActorProcess):
    """A store that looks for closed segments twenty times a second."""

    def __init__(self, data_dir: Path, **settings: object) -> None:
        told = {"poll_s": 0.05, **settings}
        super().__init__(
            "actors.store.main", Assignment("store", "2024-10-04T00-00-00Z", str(data_dir), told)
        )
