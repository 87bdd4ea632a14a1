"""Errors of the command, each with the exit code that scripts rely on.

CommandError           1   failed
 +- WrongUsageError    2   wrong usage: an option, a name or a setting that cannot be
 +- NotRunningError    3   the command needs a running instance
 +- AlreadyRunningError 4 the data folder is in use
"""

import sys


class CommandError(Exception):
    """One sentence for the user: what happened, to what, what to do next."""

    exit_code = 1


class WrongUsageError(CommandError):
    """An option, a name or a setting that cannot be."""

    exit_code = 2


class NotRunningError(CommandError):
    """The command needs a running instance, and there is none."""

    exit_code = 3


class AlreadyRunningError(CommandError):
    """The data folder is in use by a running instance."""

    exit_code = 4


def code_of_supervisor_error(error: Exception) -> int | None:
    """Exit code for what the supervisor package raises on purpose; None for anything else."""
    errors = sys.modules.get("supervisor.errors")
    if errors is None:  # then it cannot come from there, and nothing more is imported while in trouble
        return None
    if isinstance(error, errors.NotRunningError):
        return NotRunningError.exit_code
    if isinstance(error, errors.AlreadyRunningError):
        return AlreadyRunningError.exit_code
    return CommandError.exit_code if isinstance(error, errors.SupervisorError) else None
