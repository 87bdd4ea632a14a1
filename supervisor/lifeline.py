"""Nobody outlives the supervisor: the kernel's parent-death signal on Linux, and a pipe everywhere.

The kernel's signal is SIGKILL, so it ends hung and stopped processes too. The pipe's write end is held
by the supervisor alone; when it reads as closed, the supervisor is gone.
"""

import ctypes
import os
import select
import signal
import sys
from collections.abc import Callable
from typing import Final, NoReturn

LOST_PARENT: Final = 70
"""Exit code of a process that ended because its supervisor did."""
PARENT_CHECK_S: Final = 0.5

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15


def die_with_parent(parent_pid: int) -> bool:
    """Ask the kernel for SIGKILL when the parent ends; say whether it can do that (Linux only).

    parent_pid: who the parent was before this call. If it died in between, this process ends here: the
    kernel would not tell any more. Compared with that pid and not with 1, which is a fine parent in a
    container.
    """
    armed = _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent_pid:
        os._exit(LOST_PARENT)
    return armed


def name_process(name: str) -> None:
    """Show this name in `ps -o comm` and `top` (Linux only; its first 15 bytes)."""
    _prctl(_PR_SET_NAME, name.encode()[:15])


def _prctl(option: int, argument: int | bytes) -> bool:
    if sys.platform != "linux":
        return False
    prctl = ctypes.CDLL(None).prctl
    return bool(prctl(option, argument, 0, 0, 0) == 0)


def watch(
    lifeline_fd: int, sigterm_fd: int, parent_pid: int, armed: bool, on_sigterm: Callable[[], None]
) -> NoReturn:
    """Wait for the supervisor's end or for SIGTERM. To be run by a daemon thread of a child.

    sigterm_fd becomes readable when SIGTERM has come; on_sigterm is called then. armed: the kernel
    reports the parent's death; otherwise the parent is looked at twice a second.
    """
    poll = select.poll()
    poll.register(lifeline_fd, select.POLLIN)
    poll.register(sigterm_fd, select.POLLIN)
    patience_ms = None if armed else PARENT_CHECK_S * 1000
    while True:
        ready = [fd for fd, _ in poll.poll(patience_ms)]
        if lifeline_fd in ready or os.getppid() != parent_pid:
            os._exit(LOST_PARENT)
        if sigterm_fd in ready:
            os.read(sigterm_fd, 64)
            on_sigterm()
