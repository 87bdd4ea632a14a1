"""Errors of the supervisor package.

SupervisorError
 +- SpecError              a plan that cannot work, found before anything starts
 +- AlreadyRunningError    another supervisor holds this data folder (pid)
 +- FolderError            the data folder cannot be used
 +- LeftoversError         children of a supervisor that was killed still live
 +- NotRunningError        nobody answers for this data folder
 +- NoAnswerError          a supervisor is there, and did not answer in time
"""

from pathlib import Path


class SupervisorError(Exception):
    """Root of everything this package raises on purpose."""


class SpecError(SupervisorError):
    """A plan that cannot work; the message names the child and what is wrong with it."""


class AlreadyRunningError(SupervisorError):
    """Another supervisor holds this data folder; `pid` is its process, 0 if it did not say."""

    def __init__(self, data_dir: Path, pid: int) -> None:
        self.pid = pid
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"already running on {data_dir} ({who}); stop it first or choose another --data folder"
        )


class FolderError(SupervisorError):
    """The data folder cannot be used: no permission, no space, not a folder."""


class LeftoversError(SupervisorError):
    """Children of a supervisor that was killed still live and hold their logs."""


class NotRunningError(SupervisorError):
    """Nobody answers for this data folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"nothing is running on {data_dir}")


class NoAnswerError(SupervisorError):
    """A supervisor is there, and did not answer in time or in full."""
