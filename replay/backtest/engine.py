"""Sharing tasks out over the processors of this machine."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import parent_process
from typing import Protocol

from replay.backtest.errors import EngineError
from replay.backtest.task import Done, Task, perform


class Engine(Protocol):
    """Performs tasks somewhere, each once."""

    def run(self, tasks: Sequence[Task]) -> Generator[Done, None, None]:
        """Yield each task as it is done, in whatever order. Closing the generator ends what still runs.

        Raises EngineError.
        """
        ...


class LocalEngine:
    """Processes of this machine. jobs: how many at once; 1: in this process."""

    def __init__(self, jobs: int, do: Callable[[Task], Done] = perform) -> None:
        self._jobs = jobs
        self._do = do

    def run(self, tasks: Sequence[Task]) -> Generator[Done, None, None]:
        if min(self._jobs, len(tasks)) < 2:
            yield from map(self._do, tasks)
            return
        before = set(multiprocessing.active_children())
        executor = ProcessPoolExecutor(
            min(self._jobs, len(tasks)), multiprocessing.get_context("spawn"), _follow
        )
        try:
            for future in as_completed([executor.submit(self._do, task) for task in tasks]):
                yield future.result()
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


def _follow() -> None:
    """In a worker: leave the Ctrl-C to the parent, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
