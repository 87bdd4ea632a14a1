"""Sharing tasks out over the processors of this machine."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from ctypes import Array, c_double
from functools import partial
from multiprocessing.process import parent_process
from typing import Protocol

from replay.backtest.errors import EngineError
from replay.backtest.task import Done, Task, perform
from replay.records import Tell

Perform = Callable[[Task, Tell], Done]
TellOf = Callable[[str, float], None]
"""Is told the key of a task, and what share of it is done."""
Shares = Array[c_double]
LOOK_S = 0.2
"""Between two looks at how far the workers are."""


class Engine(Protocol):
    """Performs tasks somewhere, each once."""

    def run(self, tasks: Sequence[Task], tell: TellOf) -> Generator[Done, None, None]:
        """Yield each task as it is done, in whatever order. Closing the generator ends what still runs.

        tell: how far a task has come that is not done, as far as that is known. Raises EngineError.
        """
        ...


class LocalEngine:
    """Processes of this machine. jobs: how many at once; 1: in this process."""

    def __init__(self, jobs: int, do: Perform = perform) -> None:
        self._jobs = jobs
        self._do = do

    def run(self, tasks: Sequence[Task], tell: TellOf) -> Generator[Done, None, None]:
        if min(self._jobs, len(tasks)) < 2:
            for task in tasks:
                yield self._do(task, partial(tell, task.key))
            return
        before = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        shares = context.RawArray("d", len(tasks))
        executor = ProcessPoolExecutor(min(self._jobs, len(tasks)), context, _begin, (shares,))
        try:
            waiting = {
                executor.submit(_one, self._do, task, place): place for place, task in enumerate(tasks)
            }
            while waiting:
                for future in wait(waiting, LOOK_S, FIRST_COMPLETED).done:
                    del waiting[future]
                    yield future.result()
                for place in waiting.values():
                    if shares[place]:
                        tell(tasks[place].key, shares[place])
            before |= set(multiprocessing.active_children())  # idle, and ended by the executor
        except BrokenProcessPool:
            message = (
                "a process that ran a part of the backtest was ended from outside, perhaps for want of "
                "memory; what is done is kept: run this again, with fewer --jobs"
            )
            raise EngineError(message) from None
        finally:
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
            executor.shutdown(cancel_futures=True)


def processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_shares: Shares | None = None
"""In a worker: where it says how far its tasks have come."""


def _begin(shares: Shares) -> None:
    """In a worker: leave the Ctrl-C to the parent, and end with it however it ends."""
    global _shares
    _shares = shares
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _one(do: Perform, task: Task, place: int) -> Done:
    def tell(share: float) -> None:
        if _shares is not None:
            _shares[place] = share

    return do(task, tell)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
