"""One client on one stream, and the way out to it."""

import asyncio
import time
from collections import deque
from typing import Any, Protocol

from simulator.faults import Fault, FaultBoard
from simulator.journal import Journal

_JUNK: dict[str, str | bytes] = {
    "text": "{not json \\ \x00\x07 <html><body>502 Bad Gateway</body></html>",
    "binary": bytes(range(256)),
    "json": '[["unexpected"],{"nested":{"list":[null,NaN]}}]',
}
_UNKNOWN = '{"type":"sim_unknown","channel":"sim_unknown","event":"sim_unknown","msg":{},"data":{}}'
_TEXT = 0x81
_BINARY = 0x82
_PING = 0x89


class Wire(Protocol):
    """What a session needs of its connection: whole frames out, and the closing handshake."""

    def encode(self, opcode: int, payload: bytes) -> bytes: ...
    def write(self, data: bytes) -> None: ...
    def close(self, code: int, reason: str) -> None: ...
    def abort(self) -> None: ...
    def backlog(self) -> int: ...


class Shaper(Protocol):
    """The part of a venue that faults ask for its format."""

    def fault(self, kind: str, session: "Session", text: str) -> list[str] | None: ...


class Session:
    """One stream connection. `state` belongs to the venue. heard_pings, heard_pongs: the client's own.

    What `send` is given goes out in that order, frames of one loop turn in one write, unless a fault
    holds it back, drops it or changes it; the journal gets what really went out.
    """

    def __init__(
        self,
        number: int,
        peer: str,
        path: str,
        query: list[tuple[str, str]],
        wire: Wire,
        venue: Shaper,
        board: FaultBoard,
        journal: Journal | None,
    ) -> None:
        self.id = number
        self.peer = peer
        self.path = path
        self.query = query
        self.state: dict[str, Any] = {}
        self.sent = 0
        self.heard_pings = 0
        self.heard_pongs = 0
        self._wire = wire
        self._venue = venue
        self._board = board
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._out: list[bytes] = []
        self._late: deque[str | bytes] = deque()  # frames that a lag holds back
        self._mute = False  # a stall left half a frame on the wire
        self._over = False

    def send(self, text: str) -> None:
        """Send one text frame; after the end of the session nothing happens."""
        if self._over or self._mute:
            return
        if self._board.hot or self._late:
            self._send_with_faults(text)
        else:
            self._emit(text)

    def ping(self, body: bytes) -> None:
        """Send a protocol ping."""
        if not self._over and not self._mute:
            self._queue(self._wire.encode(_PING, body))

    def close(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake, after what was sent before."""
        self.flush()
        if not self._over and not self._mute:
            self._wire.close(code, reason)

    def abort(self) -> None:
        """Reset the connection without a closing handshake."""
        self._wire.abort()

    def backlog(self) -> int:
        """Bytes that were sent and that the client has not taken yet."""
        return self._wire.backlog() + sum(map(len, self._out))

    def muted(self) -> bool:
        """True once a stall silenced this session for good: pongs must not go out either."""
        return self._mute

    def flush(self) -> None:
        """Write what has gathered in this loop turn."""
        if self._out and not self._over:
            self._wire.write(self._out[0] if len(self._out) == 1 else b"".join(self._out))
        self._out.clear()

    def ended(self, code: int) -> None:
        """The connection is gone; called once by the server."""
        self._over = True
        self._out.clear()
        self._late.clear()
        self._board.closed(self)
        if self._journal is not None:
            self._journal.close(time.time_ns(), code)

    def flush_journal(self) -> None:
        if self._journal is not None:
            self._journal.flush()

    def _emit(self, data: str | bytes) -> None:
        if self._mute:
            return
        self.sent += 1
        if self._journal is not None:
            self._journal.frame(time.time_ns(), data)
        if isinstance(data, str):
            self._queue(self._wire.encode(_TEXT, data.encode()))
        else:
            self._queue(self._wire.encode(_BINARY, data))

    def _queue(self, frame: bytes) -> None:
        if not self._out:
            self._loop.call_soon(self.flush)
        self._out.append(frame)

    def _send_with_faults(self, text: str) -> None:
        held = self._board.holding(self)
        if held is not None and held.kind == "deaf":
            return
        if held is not None and held.kind == "stall":
            whole = self._wire.encode(_TEXT, text.encode())
            self._queue(whole[: max(1, len(whole) // 2)])
            self._mute = True
            return
        frames: list[str | bytes] = [text]
        for fault in self._board.on_frame(self):
            made = self._make(fault, text)
            if made is not None:
                self._board.used(fault)
                frames = made
                break
        lag_ms = float(held.option("ms", "500")) if held is not None else 0.0
        for frame in frames:
            if lag_ms <= 0 and not self._late:
                self._emit(frame)
            else:
                self._late.append(frame)
                self._loop.call_later(max(lag_ms, 0.0) / 1e3, self._release)

    def _release(self) -> None:
        if self._late and not self._over:
            self._emit(self._late.popleft())

    def _make(self, fault: Fault, text: str) -> list[str | bytes] | None:
        """What this fault makes of this frame; None: it waits for another one."""
        made = self._venue.fault(fault.kind, self, text)
        if made is not None:
            return list(made)
        if fault.kind == "garbage":
            return [text, _JUNK.get(fault.option("form", "text"), _JUNK["text"])]
        if fault.kind == "unknown_type":
            return [text, _UNKNOWN]
        if fault.kind == "unknown_field" and text.startswith("{") and len(text) > 2:
            return ['{"sim_unknown_field":{"a":[1,null]},' + text[1:]]
        return None
