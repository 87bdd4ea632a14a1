"""Sharing tasks out over a Ray cluster, or over a Ray of this machine where there is none."""

import logging
import os
import socket
from collections.abc import Generator, Sequence
from typing import Final

from replay.backtest.engine import Perform, TellOf
from replay.backtest.errors import EngineError
from replay.backtest.task import Done, Task, perform

ADDRESS: Final = "RAY_ADDRESS"
"""Environment variable that names a cluster, as Ray itself has it."""
ANSWER_S = 5.0


class RayEngine:
    """The cluster of RAY_ADDRESS, else one that runs on this machine already, else a new one of `jobs` CPUs.

    On a cluster every node has this project installed, in the same version, and the data folder at the same
    path; a task's temporary files are its node's own.
    """

    def __init__(self, jobs: int, do: Perform = perform) -> None:
        """Raises EngineError where Ray is not installed."""
        try:
            import ray
        except ModuleNotFoundError as error:
            if error.name != "ray":
                raise
            message = "--engine ray needs Ray, which is not installed here; the extra `ray` brings it"
            raise EngineError(message) from None
        self._ray = ray
        self._jobs = jobs
        self._do = do

    def run(self, tasks: Sequence[Task], tell: TellOf) -> Generator[Done, None, None]:
        if not tasks:
            return
        ray = self._ray
        self._join()
        try:
            remote = ray.remote(max_retries=1)(self._do)
            waiting = [remote.remote(task._replace(work_dir=""), _nobody) for task in tasks]
            while waiting:
                ready, waiting = ray.wait(waiting, num_returns=1)
                for one in ready:
                    done: Done = ray.get(one)
                    yield done
        except ray.exceptions.RayError as error:
            message = f"Ray could not finish a part of the backtest ({type(error).__name__}); run this again"
            raise EngineError(message) from None
        finally:
            ray.shutdown()

    def _join(self) -> None:
        """The cluster that is there, or one of our own. Raises EngineError."""
        ray = self._ray
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
        named = os.environ.get(ADDRESS)
        if named:
            _refuse_silent(named)
        try:
            try:
                ray.init(address=named or "auto", **quiet)
            except ConnectionError:
                if named:
                    raise
                os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers
                ray.init(address="local", num_cpus=self._jobs, include_dashboard=False, **quiet)
        except (OSError, RuntimeError, ValueError) as error:
            where = f"Ray at {named} cannot be reached" if named else "Ray cannot be started"
            message = f"{where}: {' '.join(str(error).split())}"
            raise EngineError(message) from None


def _refuse_silent(address: str) -> None:
    """Ray would wait for minutes. Raises EngineError where nobody listens; other forms are Ray's to judge."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if not colon or not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), ANSWER_S).close()
    except (OSError, OverflowError) as error:
        message = f"no Ray answers at {address}, which {ADDRESS} names ({error})"
        raise EngineError(message) from None


def _nobody(share: float) -> None:
    """Is told how far a task on some other machine has come."""
