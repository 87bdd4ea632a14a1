"""From the last byte of an exchange's frame to the fair value in the log, through three processes.

Nothing is added to the system for this: every FairValue names the IndexValue that it rests on, every
IndexValue the quotes, every quote the moment its frame had been read. So the figure comes out of the
logs of an ordinary run.
"""

import time
from typing import Final

from benchmarks.busy import BUSY
from benchmarks.figures import Figure, percentile
from benchmarks.system import System, running, wait_for
from cli.config import EXCHANGES
from messages import FairValue, FrameReceived, IndexValue
from messages.log import LogReader

NAME: Final = "wire to signal"
WARM_UP_S: Final = 6.0
"""Before it has seen 5 s of index, the signal actor withholds its fair value."""
THROUGH_INDEX: Final = "feed to index to signal"
STAGES: Final[dict[str, tuple[float | None, float | None]]] = {
    THROUGH_INDEX: (0.5, 2.0),
    "Kalshi feed to signal": (None, None),
    "feed to index": (None, None),
}
"""What is timed, and the most that its p50 and p99 may be, in ms."""


def measure(quick: bool) -> list[Figure]:
    """Run at no less than 1,500 frames a second over all venues and read the latencies from the logs.

    Several runs, and the median of each figure: what else the machine does moves them all.
    """
    runs = [_run(5 if quick else 15) for _ in range(1 if quick else 5)]
    figures = []
    for name, limits in STAGES.items():
        for share, limit in zip((0.5, 0.99), limits, strict=True):
            values = [percentile(run[name], share) for run in runs]
            note = f"{len(runs)} runs: {min(values):.2f} to {max(values):.2f}"
            label = f"{name}, p{100 * share:.0f}"
            figures.append(Figure(NAME, label, percentile(values, 0.5), "ms", limit, note))
    worst = max(max(run[THROUGH_INDEX], default=0.0) for run in runs)
    count = sum(len(run[THROUGH_INDEX]) for run in runs)
    figures.append(Figure(NAME, f"{THROUGH_INDEX}, max", worst, "ms", None, f"of {count} values"))
    rate = percentile([run["frames/s"][0] for run in runs], 0.5)
    figures.append(Figure(NAME, "frames received", rate, "/s"))
    return figures


def _run(seconds: int) -> dict[str, list[float]]:
    with running(BUSY) as system:
        wait_for(system.all_fresh, "all actors fresh")
        time.sleep(WARM_UP_S)
        from_ns = time.time_ns()
        time.sleep(seconds)
        to_ns = time.time_ns()
        through_index, through_quote, to_index = _latencies_ms(system, from_ns, to_ns)
        return {
            THROUGH_INDEX: through_index,
            "Kalshi feed to signal": through_quote,
            "feed to index": to_index,
            "frames/s": [
                system.count(("kalshi", *EXCHANGES), frozenset({FrameReceived.kind}), from_ns, to_ns)
                / seconds
            ],
        }


def _latencies_ms(system: System, from_ns: int, to_ns: int) -> tuple[list[float], list[float], list[float]]:
    """Latencies of values that rest on a new index value, of those that rest on a new Kalshi quote, and
    of index values, each from the frame that moved them."""
    to_index: list[float] = []
    causes: dict[int, int] = {}
    with LogReader(system.log("brti")) as reader:
        reader.seek_time(from_ns)
        last_cause_ns = 0
        while not reader.drained:
            for record in reader.read(1000, frozenset({IndexValue.kind})):
                value = record.message()
                assert isinstance(value, IndexValue)
                if not value.on_grid and value.cause_ns > last_cause_ns and record.at_ns < to_ns:
                    causes[record.seq] = value.cause_ns
                    to_index.append((record.at_ns - value.cause_ns) / 1e6)
                last_cause_ns = max(last_cause_ns, value.cause_ns)
    through_index: list[float] = []
    through_quote: list[float] = []
    with LogReader(system.log("signal")) as reader:
        reader.seek_time(from_ns)
        last: dict[str, int] = {}
        while not reader.drained:
            for record in reader.read(1000, frozenset({FairValue.kind})):
                fair = record.message()
                assert isinstance(fair, FairValue)
                inputs = dict(fair.inputs)
                moved = inputs.get("brti", 0) != last.get("brti", 0)
                if moved and inputs.get("brti") in causes:
                    through_index.append((record.at_ns - causes[inputs["brti"]]) / 1e6)
                elif last and not moved and fair.cause_ns > last["cause"] and record.at_ns < to_ns:
                    through_quote.append((record.at_ns - fair.cause_ns) / 1e6)
                last = {**inputs, "cause": fair.cause_ns}
    return through_index, through_quote, to_index
