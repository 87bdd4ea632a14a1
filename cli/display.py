"""What `start` shows while it supervises: drawn by a process of its own, so that a terminal that is slow,
stopped or gone never holds the supervisor up."""

import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

FIRST_LOOK_S = 0.05


@contextlib.contextmanager
def beside(data_dir: Path, redraws_per_s: float) -> Iterator[None]:
    """Show this process' instance while the block runs, then end the display and wait for its last line.

    Must be entered before there are threads: the display is forked off.
    """
    end_fd, held_fd = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(held_fd)
        _be_the_display(data_dir, redraws_per_s, end_fd)
    os.close(end_fd)
    try:
        yield
    finally:
        os.close(held_fd)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _be_the_display(data_dir: Path, redraws_per_s: float, end_fd: int) -> None:
    """Never returns, and never lets an error of the display look like one of the supervisor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        if is_terminal():
            _draw(data_dir, redraws_per_s, end_fd)
        else:
            from cli.plain import follow_transitions

            follow_transitions(data_dir, end_fd)
    except (BrokenPipeError, KeyboardInterrupt):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except Exception as error:  # noqa: BLE001 - the system runs on without its picture
        print(
            f"kalshi-actors: the display ended ({type(error).__name__}: {error}); all else runs on.",
            file=sys.stderr,
        )
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(0)


def is_terminal() -> bool:
    """Whether stdout can show a picture that is redrawn in place."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _draw(data_dir: Path, redraws_per_s: float, end_fd: int) -> None:
    from cli.screen import show  # rich takes longer to import than the supervisor to come up
    from supervisor.errors import SupervisorError
    from supervisor.instance import read_instance

    while read_instance(data_dir).get("pid") != os.getppid():
        if select.select([end_fd], [], [], FIRST_LOOK_S)[0]:
            return
    with contextlib.suppress(SupervisorError):
        show(data_dir, redraws_per_s)
