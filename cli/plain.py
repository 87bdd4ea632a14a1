"""State changes as plain lines, for output that is not a terminal."""

import queue
import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from cli.wording import clock_utc
from messages import ActorStateChanged

_decode = msgspec.msgpack.Decoder(ActorStateChanged).decode
LENGTH_BYTES = 4


def transition(change: ActorStateChanged) -> str:
    """`20:55:40Z coinbase: backoff (killed by SIGKILL), next start in 1 s`."""
    process = f", process {change.pid}" if change.now == "running" and change.pid else ""
    why = f" ({change.reason})" if change.reason else ""
    wait = f", next start in {change.delay_s:.0f} s" if change.delay_s >= 1 else ""
    return f"{clock_utc(change.at_ns, 0)}Z {change.name}: {change.now}{process}{why}{wait}"


def pack(change: ActorStateChanged) -> bytes:
    """One change as it goes through the pipe to the display."""
    body = msgspec.msgpack.encode(change)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


class Changes:
    """State changes out of the pipe, taken up by a thread of their own."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._taken: queue.SimpleQueue[ActorStateChanged] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._follow, name="changes", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """The other end of the pipe is closed."""
        return not self._thread.is_alive()

    def take(self, whole: bool) -> list[ActorStateChanged]:
        """What came since the last call. whole: wait until nothing more can come."""
        if whole:
            self._thread.join()
        return [self._taken.get() for _ in range(self._taken.qsize())]

    def _follow(self) -> None:
        for change in changes_from(self._pipe):
            self._taken.put(change)


def changes_from(pipe: BinaryIO) -> Iterator[ActorStateChanged]:
    """What comes out of the pipe, until its other end is closed. Blocks in between."""
    while len(length := pipe.read(LENGTH_BYTES)) == LENGTH_BYTES:
        body = pipe.read(int.from_bytes(length, "big"))
        yield _decode(body)


def print_changes(pipe: BinaryIO) -> None:
    """Print one line per state change until the pipe's other end is closed."""
    for change in changes_from(pipe):
        print(transition(change))
        sys.stdout.flush()
