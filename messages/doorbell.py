"""The wake-up of a listener: something to sleep on, and something to ring.

A doorbell holds no data: the log does. Rings while it already rings are one ring. On Linux it is one
eventfd; elsewhere a non-blocking pipe whose fullness means "rings already".
"""

import os
import sys
from typing import Self

_ONE = (1).to_bytes(8, sys.byteorder)
HAS_EVENTFD = hasattr(os, "eventfd")


class Doorbell:
    """One listener's bell. `read_fd` is readable while it rings; writers hold `ring_fd`.

    The two are the same descriptor where eventfd exists, and differ elsewhere.
    """

    def __init__(self, read_fd: int, ring_fd: int) -> None:
        self.read_fd = read_fd
        self.ring_fd = ring_fd

    @classmethod
    def create(cls, portable: bool = not HAS_EVENTFD) -> Self:
        """Make a new bell. portable: use the pipe even where eventfd exists."""
        if not portable:
            fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            return cls(fd, fd)
        read_fd, ring_fd = os.pipe()
        os.set_blocking(read_fd, False)
        os.set_blocking(ring_fd, False)
        return cls(read_fd, ring_fd)

    def ring(self) -> None:
        """Wake the listener. Never blocks; a listener that is gone is no error."""
        ring(self.ring_fd)

    def clear(self) -> None:
        """Silence the bell. Clear first and read the logs after, or a record may be slept over."""
        clear(self.read_fd)

    def close(self) -> None:
        os.close(self.read_fd)
        if self.ring_fd != self.read_fd:
            os.close(self.ring_fd)


def ring(fd: int) -> None:
    """Ring the bell whose ring end is fd."""
    try:
        os.write(fd, _ONE)
    except BlockingIOError:
        pass  # it rings already
    except BrokenPipeError:
        pass  # nobody listens any more


def clear(fd: int) -> None:
    """Silence the bell whose read end is fd."""
    try:
        while len(os.read(fd, 4096)) == 4096:
            pass
    except BlockingIOError:
        pass
