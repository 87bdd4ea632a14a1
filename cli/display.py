"""What `start` shows while it supervises: drawn by a process of its own, so that a terminal that is slow,
stopped or gone never holds the supervisor up."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from cli.forking import fork

if TYPE_CHECKING:
    from messages import ActorStateChanged

FIRST_LOOK_S = 0.05


@contextlib.contextmanager
def beside(data_dir: Path, redraws_per_s: float) -> "Iterator[Callable[[ActorStateChanged], None]]":
    """Show this process' instance while the block runs, then let the display say its last line and end.

    Yields what takes a state change to the display; it never blocks: what a display that does not read
    cannot take is left out. Must be entered before there are threads: the display is forked off.
    """
    from cli.plain import pack

    read_fd, write_fd = os.pipe()
    pid = fork(_ignore_ctrl_c)
    if pid == 0:
        os.close(write_fd)
        _be_the_display(data_dir, redraws_per_s, read_fd)
    os.close(read_fd)
    os.set_blocking(write_fd, False)

    whole = True

    def tell(change: "ActorStateChanged") -> None:
        nonlocal whole
        data = pack(change)
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            # A part of one would make nonsense of all that follow.
            whole = whole and os.write(write_fd, data) == len(data)

    try:
        yield tell
    finally:
        os.close(write_fd)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def is_terminal() -> bool:
    """Whether stdout can show a picture that is redrawn in place."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _be_the_display(data_dir: Path, redraws_per_s: float, changes_fd: int) -> NoReturn:
    """Never lets an error of the display look like one of the supervisor."""
    try:
        with open(changes_fd, "rb") as pipe:
            if is_terminal():
                _draw(data_dir, redraws_per_s, pipe)
            else:
                from cli.plain import print_changes

                print_changes(pipe)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except Exception as error:  # noqa: BLE001 - the system runs on without its picture
        what = f"the display ended ({type(error).__name__}: {error}); everything else runs on"
        print(f"kalshi-actors: {what}.", file=sys.stderr)
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(0)


def _draw(data_dir: Path, redraws_per_s: float, pipe: BinaryIO) -> None:
    from cli.plain import Changes
    from cli.screen import show  # rich takes longer to import than the supervisor to come up
    from supervisor.errors import SupervisorError
    from supervisor.instance import read_instance

    changes = Changes(pipe)
    while read_instance(data_dir).get("pid") != os.getppid():
        if changes.ended:
            return
        time.sleep(FIRST_LOOK_S)
    with contextlib.suppress(SupervisorError):
        show(data_dir, redraws_per_s, changes)
