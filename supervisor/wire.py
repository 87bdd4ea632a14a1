"""How supervisor and fork server talk: length-prefixed JSON over a stream socket, with descriptors."""

import json
import socket
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

_LENGTH_BYTES: Final = 4
_READ_BYTES: Final = 65_536
_MOST_FDS: Final = 253
"""What Linux takes in one SCM_RIGHTS message."""

Frame = dict[str, Any]


def pack(frame: Frame) -> bytes:
    """Frame -> bytes. A frame that travels with descriptors says how many, under "fds"."""
    body = json.dumps(frame).encode()
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


def send(sock: socket.socket, frame: Frame, fds: Sequence[int] = ()) -> None:
    """Send one frame and, with it, descriptors.

    Raises BlockingIOError on a non-blocking socket whose other end does not read: then a part may have
    been sent, and the connection is of no more use. Raises OSError if there is no other end.
    """
    data = pack({**frame, "fds": len(fds)} if fds else frame)
    sent = socket.send_fds(sock, [data], list(fds)) if fds else 0
    if sent < len(data):
        sock.sendall(data[sent:])


class Inbox:
    """Puts frames and their descriptors together again, however the stream was cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._fds: deque[int] = deque()

    def receive(self, sock: socket.socket) -> list[tuple[Frame, list[int]]]:
        """Read what is there and return the whole frames with their descriptors.

        Raises EOFError when the other end is closed, OSError as the socket does.
        """
        data, fds, _, _ = socket.recv_fds(sock, _READ_BYTES, _MOST_FDS)
        if not data:
            raise EOFError
        self._fds.extend(fds)
        self._buffer += data
        return list(self._whole_frames())

    def _whole_frames(self) -> list[tuple[Frame, list[int]]]:
        frames = []
        while len(self._buffer) >= _LENGTH_BYTES:
            end = _LENGTH_BYTES + int.from_bytes(self._buffer[:_LENGTH_BYTES], "big")
            if len(self._buffer) < end:
                break
            frame = json.loads(self._buffer[_LENGTH_BYTES:end])
            del self._buffer[:end]
            # Descriptors arrive in the order in which they were sent, so counting is enough.
            frames.append((frame, [self._fds.popleft() for _ in range(frame.get("fds", 0))]))
        return frames
