"""How far a long read has come, on a terminal, while it lasts."""

import sys
import time

FIRST_S = 1.0
AGAIN_S = 0.2


class Progress:
    """One line on stderr that is rewritten in place; nothing for short reads, nor where nobody looks."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._due_s = time.monotonic() + FIRST_S
        self._shown = False
        self._wanted = sys.stderr.isatty()

    def tell(self, share: float) -> None:
        """Say what share of the work, 0 to 1, is done."""
        if not self._wanted or time.monotonic() < self._due_s:
            return
        self._due_s = time.monotonic() + AGAIN_S
        self._shown = True
        print(f"\r{self._what} … {min(share, 1.0):4.0%}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the line away again."""
        if self._shown:
            print(f"\r{' ' * (len(self._what) + 8)}\r", end="", file=sys.stderr, flush=True)
            self._shown = False
