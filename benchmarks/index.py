"""The index: what one computation costs, how soon a value follows its frame, what the process takes.

The computation runs on eight made books of 250 levels a side (2,000 a side in all). The other figures come
out of the logs of eight price actors and the aggregator on the simulator.
"""

import gc
import random
import time
from typing import Final

import psutil

from actors.brti.consolidated import ConsolidatedBook, VenueBook
from actors.brti.settings import CONSTITUENTS
from actors.brti.switches import Switches
from benchmarks.busy import BUSY
from benchmarks.figures import Figure, percentile
from benchmarks.system import System, running, wait_for
from messages import BookChanged, BookSnapshot, IndexValue, Level, kinds
from messages.log import LogReader

NAME: Final = "index"
E8: Final = 100_000_000
LEVELS: Final = 250
WARM_UP_S: Final = 3.0
CHANGES: Final = kinds(BookChanged, BookSnapshot)


def measure(quick: bool) -> list[Figure]:
    """Time the computation, then the processes at 1,500 changes of a book a second."""
    runs = [_run(5 if quick else 15) for _ in range(1 if quick else 5)]
    delays = [percentile(run.delays_ms, share) for share in (0.5, 0.99) for run in runs]
    middle, late = delays[: len(runs)], delays[len(runs) :]
    cpu = [run.cpu_pct for run in runs]

    def note(values: list[float]) -> str:
        return f"{len(runs)} runs: {min(values):.2f} to {max(values):.2f}"

    return [
        *_computation(200 if quick else 3000),
        Figure(NAME, "frame to index value, p50", percentile(middle, 0.5), "ms", None, note(middle)),
        Figure(NAME, "frame to index value, p99", percentile(late, 0.5), "ms", 1.0, note(late)),
        Figure(NAME, "process, CPU", percentile(cpu, 0.5), "% of a core", 30.0, note(cpu)),
        Figure(NAME, "changes of a book", percentile([run.changes_per_s for run in runs], 0.5), "/s"),
        Figure(NAME, "values between grid times", percentile([run.values_per_s for run in runs], 0.5), "/s"),
    ]


def _computation(rounds: int) -> list[Figure]:
    rng = random.Random(7)
    books = [_book(rng) for _ in CONSTITUENTS]
    consolidated = ConsolidatedBook(Switches())
    whole_ms: list[float] = []
    changed_ms: list[float] = []
    utilised = 0
    gc.disable()
    for turn in range(rounds):
        begun = time.perf_counter()
        consolidated.replace(enumerate(books))
        made = consolidated.compute()
        whole_ms.append((time.perf_counter() - begun) * 1e3)
        assert made is not None
        utilised = made.utilised
        slot = turn % len(books)
        key = books[slot].bids.keys[-1 - turn % 40]
        begun = time.perf_counter()
        consolidated.bids.change(slot, [(key, rng.randrange(1, E8))])
        consolidated.compute()
        changed_ms.append((time.perf_counter() - begun) * 1e3)
    gc.enable()
    depth = f"{LEVELS * len(books)} levels a side, v_T {utilised} BTC"
    return [
        Figure(NAME, "computation from eight books, median", percentile(whole_ms, 0.5), "ms", 0.3, depth),
        Figure(NAME, "computation from eight books, p99", percentile(whole_ms, 0.99), "ms"),
        Figure(NAME, "computation after one change, median", percentile(changed_ms, 0.5), "ms", None, depth),
    ]


def _book(rng: random.Random) -> VenueBook:
    """Long-tailed sizes, gaps of some three dollars: about what the constituents show within 1 %."""
    mid = 84_000 + rng.gauss(0, 3)
    sides: list[list[Level]] = []
    for direction in (-1, 1):
        price, side = mid + direction * 0.5, []
        for _ in range(LEVELS):
            side.append((round(price * 100) * E8 // 100, 1 + int(rng.lognormvariate(-2, 1) * E8)))
            price += direction * (0.01 + rng.expovariate(1 / 3))
        sides.append(side)
    book = VenueBook()
    book.replace(sides[0], sides[1])
    return book


class _Run:
    """One run's figures."""

    def __init__(
        self, delays_ms: list[float], changes_per_s: float, values_per_s: float, cpu_pct: float
    ) -> None:
        self.delays_ms = delays_ms
        self.changes_per_s = changes_per_s
        self.values_per_s = values_per_s
        self.cpu_pct = cpu_pct


def _run(seconds: int) -> _Run:
    names = ",".join((*CONSTITUENTS, "brti"))
    with running(BUSY, "--only", names) as system:
        wait_for(system.all_fresh, "all actors fresh")
        time.sleep(WARM_UP_S)
        process = psutil.Process(system.pid("brti"))
        from_ns, before = time.time_ns(), sum(process.cpu_times()[:2])
        time.sleep(seconds)
        to_ns, after = time.time_ns(), sum(process.cpu_times()[:2])
        delays_ms, count = _delays_ms(system, from_ns, to_ns)
        changes = system.count(CONSTITUENTS, CHANGES, from_ns, to_ns)
    return _Run(delays_ms, changes / seconds, count / seconds, 100 * (after - before) / seconds)


def _delays_ms(system: System, from_ns: int, to_ns: int) -> tuple[list[float], int]:
    """Of each value that a frame moved: from the frame's receipt to the value's append."""
    delays_ms: list[float] = []
    with LogReader(system.log("brti")) as reader:
        reader.seek_time(from_ns)
        while not reader.drained:
            for record in reader.read(1000, kinds(IndexValue)):
                value = record.message()
                assert isinstance(value, IndexValue)
                if value.chosen and not value.stamp_ns and record.at_ns < to_ns:
                    delays_ms.append((record.at_ns - value.cause_ns) / 1e6)
    return delays_ms, len(delays_ms)
