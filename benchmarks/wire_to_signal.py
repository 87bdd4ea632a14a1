"""From the last byte of an exchange's frame to the fair value in the log, through three processes.

Nothing is added to the system for this: every FairValue names the IndexValue that it rests on, every
IndexValue the quotes, every quote the moment its frame had been read. So the figure comes out of the
logs of an ordinary run.
"""

import time
from typing import Final

from benchmarks.figures import Figure, percentile
from benchmarks.system import System, running, wait_for
from messages import FairValue, FrameReceived, IndexValue
from messages.log import LogReader

NAME: Final = "wire to signal"
RATE: Final = 1500
EXCHANGES: Final = ("coinbase", "kraken", "bitstamp", "gemini")


def measure(quick: bool) -> list[Figure]:
    """Run at 1,500 messages a second over all venues and read the latencies from the logs."""
    seconds = 5 if quick else 30
    with running({"simulator.rate": RATE}) as system:
        wait_for(system.all_fresh, "all actors fresh")
        time.sleep(1.0)
        from_ns = time.time_ns()
        time.sleep(seconds)
        to_ns = time.time_ns()
        frames = _frames(system, from_ns, to_ns)
        through_index, through_quote, to_index = _latencies_ms(system, from_ns, to_ns)
    rate = frames / seconds
    note = f"{len(through_index)} values at {rate:.0f} frames/s"
    return [
        Figure(NAME, "feed to index to signal, p50", percentile(through_index, 0.5), "ms", 0.5, note),
        Figure(NAME, "feed to index to signal, p99", percentile(through_index, 0.99), "ms", 2.0),
        Figure(NAME, "feed to index to signal, max", max(through_index, default=float("nan")), "ms"),
        Figure(NAME, "Kalshi feed to signal, p50", percentile(through_quote, 0.5), "ms"),
        Figure(NAME, "Kalshi feed to signal, p99", percentile(through_quote, 0.99), "ms"),
        Figure(NAME, "feed to index, p50", percentile(to_index, 0.5), "ms"),
        Figure(NAME, "feed to index, p99", percentile(to_index, 0.99), "ms"),
    ]


def _frames(system: System, from_ns: int, to_ns: int) -> int:
    count = 0
    for name in ("kalshi", *EXCHANGES):
        with LogReader(system.log(name)) as reader:
            reader.seek_time(from_ns)
            while not reader.drained:
                records = reader.read(1000, frozenset({FrameReceived.kind}))
                count += sum(record.at_ns < to_ns for record in records)
    return count


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
