"""Making a process out of this one."""

import os
import signal
import sys
from collections.abc import Callable


def fork(child_first: Callable[[], object]) -> int:
    """Like os.fork: 0 in the new process, its number in this one. Call it before there are threads.

    A Ctrl-C is held back until `child_first` has said, in the new process, what it is to do there. In
    between it would end as a traceback out of Python's own hooks.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    pid = os.fork()
    if pid == 0:
        child_first()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    return pid
