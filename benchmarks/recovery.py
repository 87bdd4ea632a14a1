"""How long a feed is away after SIGKILL, and how soon a frozen one is replaced."""

import os
import signal
import time
from typing import Final

from benchmarks.figures import Figure, percentile
from benchmarks.system import System, running, wait_for
from messages import ActorStarted, BookSnapshot
from messages.log import LogReader

NAME: Final = "recovery"
HEARTBEAT_S: Final = 3.0


def measure(quick: bool) -> list[Figure]:
    """Kill a feed again and again, then freeze it; read both times from its log."""
    kills = 5 if quick else 15
    settings = {
        "supervisor.coinbase.heartbeat_s": HEARTBEAT_S,
        "supervisor.coinbase.max_restarts": 1000,
        # Every blow is to fall on a feed that counts as healthy; by default that takes a minute.
        "supervisor.coinbase.good_s": 0.2,
    }
    with running(settings) as system:
        wait_for(system.all_fresh, "all actors fresh")
        books = [_after(system, signal.SIGKILL, BookSnapshot.kind) for _ in range(kills)]
        frozen = [_after(system, signal.SIGSTOP, ActorStarted.kind) for _ in range(1 if quick else 3)]
    return [
        Figure(NAME, "SIGKILL to fresh book, median", percentile(books, 0.5), "ms", 150, f"{kills} kills"),
        Figure(NAME, "SIGKILL to fresh book, max", max(books), "ms"),
        Figure(
            NAME,
            "SIGSTOP to restarted, max",
            max(frozen) / 1000,
            "s",
            HEARTBEAT_S + 0.5,
            f"heartbeat limit {HEARTBEAT_S:g} s",
        ),
    ]


def _after(system: System, signal_number: int, kind: int) -> float:
    """Milliseconds from the signal to the first record of this kind that a later process wrote."""
    with LogReader(system.log("coinbase")) as reader:
        pid = system.pid("coinbase")
        reader.seek_end()
        at_ns = time.time_ns()
        os.kill(pid, signal_number)
        found: list[int] = []
        started: list[int] = []

        def arrived() -> bool:
            for record in reader.read(1000, frozenset({ActorStarted.kind, kind})):
                if record.kind == ActorStarted.kind:
                    started.append(record.at_ns)
                if record.kind == kind and started:
                    found.append(record.at_ns)
            return bool(found)

        wait_for(arrived, "the feed's return", every_s=0.002)
    # The next blow falls on a healthy feed: only then is the restart an immediate one.
    wait_for(lambda: system.actors()["coinbase"]["fresh"], "the feed fresh again")
    time.sleep(0.5)
    return (found[0] - at_ns) / 1e6
