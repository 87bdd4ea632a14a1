"""From the command to all actors fresh."""

from typing import Final

from benchmarks.figures import Figure, percentile
from benchmarks.system import running, wait_for

NAME: Final = "start"


def measure(quick: bool) -> list[Figure]:
    """Start the whole system on the simulator several times."""
    times = []
    for _ in range(2 if quick else 5):
        with running() as system:
            fresh_s = wait_for(system.all_fresh, "all actors fresh", every_s=0.01)
            times.append(fresh_s - system.started_s)
    return [
        Figure(NAME, "start to all actors fresh, median", percentile(times, 0.5), "s", 2.0),
        Figure(NAME, "start to all actors fresh, max", max(times), "s"),
    ]
