"""The entry point: run a command, turn whatever goes wrong into one sentence and an exit code."""

import errno
import io
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import click

NAME = "kalshi-actors"
COMPLETION = "_KALSHI_ACTORS_COMPLETE"
"""Set by the shell when it asks what could be typed."""
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line of this process and exit. Never shows a traceback."""
    # Until we can answer a Ctrl-C properly, let it end us without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a locale without `·` is no reason to show nothing
    from cli.group import kalshi_actors

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = _run(kalshi_actors, sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = 0  # whoever read our output had enough
    _leave(code)


def _run(group: "click.Group", arguments: list[str]) -> int:
    import click

    if COMPLETION in os.environ:
        group.main(prog_name=NAME)  # answers the shell, and exits
    try:
        # Not `main`: it would answer errors and closed pipes in its own way.
        with group.make_context(NAME, arguments) as context:
            result = group.invoke(context)
        sys.stdout.flush()  # here, where it is told in a sentence if that cannot be
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except click.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:  # noqa: BLE001 - the last resort: nobody is shown a traceback
        sentence, code = _explain(error)
        print(f"kalshi-actors: {sentence}{'' if sentence.endswith(('.', '?')) else '.'}", file=sys.stderr)
        return code
    return result if isinstance(result, int) else 0


def _explain(error: Exception) -> tuple[str, int]:
    """One sentence for the user, and the exit code."""
    import click

    from cli.errors import CommandError, code_of_supervisor_error

    if isinstance(error, click.UsageError):
        name = error.ctx.command_path if error.ctx else "kalshi-actors"
        return f"{error.format_message().rstrip('.')}; `{name} --help` lists what can be said", 2
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, CommandError):
        return str(error), error.exit_code
    code = code_of_supervisor_error(error)
    if code is not None:
        return str(error), code
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}; mend that and run this again", 1
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return f"the output could not be written ({error.strerror}); mend that and run this again", 1
    return _last_resort(error), 1


def _last_resort(error: Exception) -> str:
    """Write the traceback to a file, and say where it is."""
    from cli.instance import crash_file

    what = f"an unexpected error stopped this command ({type(error).__name__}: {error})"
    try:
        path = crash_file()
        path.write_text("".join(traceback.format_exception(error)))
    except OSError:
        return f"{what}, and no folder could be written to for its details"
    return f"{what}; its details are in {path}, please report it with that file"


def _leave(code: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # we are ending
    # Flushing at exit could meet a closed pipe once more, and print about it.
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)
