"""One venue's port: REST and WebSocket on the same one.

The wire is driven by the sans-I/O core of `websockets` on an asyncio protocol: a frame that goes out
costs its header and one write a loop turn, no task and no lock.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from websockets import http11
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from simulator.faults import FaultBoard
from simulator.journal import Journal
from simulator.session import Session
from simulator.venue import Reply, Request, Venue

__all__ = ["Connection", "Host", "Reply", "Request", "Venue"]

_LOGGER = logging.getLogger("simulator.wire")
_LOGGER.setLevel(logging.CRITICAL)


class Host:
    """One venue with its sessions, its faults and its port.

    control answers paths below /_sim/; None: that is not one of its paths.
    """

    def __init__(
        self,
        venue: Venue,
        control: Callable[["Host", Request], Reply],
        journal: Path | None = None,
        compression: bool = False,
    ) -> None:
        self.venue = venue
        self.board = FaultBoard()
        self.sessions: dict[int, Session] = {}
        self.requests = 0
        self.port = 0
        self.compression = compression
        self.control = control
        self.journal = journal
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._last_session = 0

    async def listen(self, port: int) -> None:
        """Bind 127.0.0.1; port 0 takes any free one. A port just left is taken again at once."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), "127.0.0.1", port, reuse_address=True, backlog=256
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Say goodbye (1001) on every stream, close every connection, give the port back."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.go_away()
        deadline = time.monotonic() + 1.0
        while self._connections and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        for connection in list(self._connections):
            connection.abort()
        while self._connections:
            await asyncio.sleep(0.001)

    def next_session(self) -> int:
        self._last_session += 1
        return self._last_session

    def joined(self, connection: "Connection") -> None:
        self._connections.add(connection)

    def left(self, connection: "Connection") -> None:
        self._connections.discard(connection)

    def answer(self, request: Request) -> Reply:
        """A plain GET: control, refusal on command, or the venue's own answer."""
        if request.path.startswith("/_sim/"):
            return self.control(self, request)
        self.requests += 1
        return self._refusal("rest") or self.venue.rest(self._spoil(request))

    def admit(self, request: Request) -> Reply | None:
        """A WebSocket upgrade: None accepts it."""
        return self._refusal("stream") or self.venue.admit(self._spoil(request))

    def _refusal(self, where: str) -> Reply | None:
        fault = self.board.find("refuse")
        if fault is None or fault.option("on", "both") not in (where, "both"):
            return None
        self.board.used(fault)
        status = int(fault.option("status", "429"))
        retry_after = fault.option("retry_after", "")
        code = HTTPStatus(status).phrase.lower().replace(" ", "_")
        body = f'{{"error":{{"code":"{code}","message":"{code.replace("_", " ")}"}}}}'
        return Reply(status, body.encode(), {"Retry-After": retry_after} if retry_after else {})

    def _spoil(self, request: Request) -> Request:
        """Under `refuse_signature` the venue sees a signature that cannot be right, and judges it itself."""
        fault = self.board.find("refuse_signature")
        signed = [name for name in request.headers if name.endswith("signature")]
        if fault is None or not signed:
            return request
        self.board.used(fault)
        return request._replace(headers={**request.headers, **dict.fromkeys(signed, "AAAA")})


class Connection(asyncio.Protocol):
    """One TCP connection: any number of GETs, or one upgrade and then a stream."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._session: Session | None = None
        self._fragments: list[bytes] = []
        self._protocol = self._fresh_protocol()
        self._transport: asyncio.Transport

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._host.joined(self)

    def data_received(self, data: bytes) -> None:
        protocol = self._protocol
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, http11.Request):
                self._requested(event)
            elif isinstance(event, Frame):
                self._framed(event)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._host.left(self)
        if self._session is not None:
            session, self._session = self._session, None
            del self._host.sessions[session.id]
            self._protocol.receive_eof()
            session.ended(self._protocol.close_code or 1006)
            self._host.venue.closed(session)

    # the session's side

    def encode(self, opcode: int, payload: bytes) -> bytes:
        if self._protocol.extensions:
            return Frame(Opcode(opcode & 0x0F), payload).serialize(
                mask=False, extensions=self._protocol.extensions
            )
        size = len(payload)
        if size < 126:
            return bytes((opcode, size)) + payload
        if size < 65536:
            return bytes((opcode, 126, size >> 8, size & 0xFF)) + payload
        return bytes((opcode, 127)) + size.to_bytes(8, "big") + payload

    def write(self, data: bytes) -> None:
        if self._protocol.state is OPEN:
            self._transport.write(data)

    def close(self, code: int, reason: str) -> None:
        if self._protocol.state is OPEN:
            self._protocol.send_close(code, reason)
            self._flush()

    def abort(self) -> None:
        self._transport.abort()

    def backlog(self) -> int:
        return self._transport.get_write_buffer_size()

    def go_away(self) -> None:
        """End politely: a stream by code 1001, a waiting HTTP connection at once."""
        if self._session is not None and not self._session.muted():
            self._session.close(1001, "going away")
        else:
            self._transport.close()

    # inner workings

    def _fresh_protocol(self) -> ServerProtocol:
        extensions = [ServerPerMessageDeflateFactory()] if self._host.compression else None
        return ServerProtocol(max_size=1 << 20, extensions=extensions, logger=_LOGGER)

    def _requested(self, event: http11.Request) -> None:
        split = urlsplit(event.path)
        headers = {name.lower(): value for name, value in event.headers.raw_items()}
        request = Request(split.path, parse_qsl(split.query, keep_blank_values=True), headers)
        if headers.get("upgrade", "").lower() != "websocket":
            reply = (
                self._host.answer(request)
                if event.method == "GET"
                else Reply(405, b'{"error":{"code":"method_not_allowed","message":"method not allowed"}}')
            )
            self._reply(reply, headers.get("connection", "").lower() == "close")
            return
        refusal = self._host.admit(request)
        if refusal is not None:
            self._reply(refusal, last=True)
            return
        response = self._protocol.accept(event)
        self._protocol.send_response(response)
        self._flush()
        if self._protocol.state is OPEN:
            self._open(request)

    def _open(self, request: Request) -> None:
        host = self._host
        peer = "{}:{}".format(*self._transport.get_extra_info("peername")[:2])
        number = host.next_session()
        journal = None
        if host.journal is not None:
            journal = Journal(host.journal, host.venue.name, number, peer, request.path, time.time_ns())
        session = Session(number, peer, request.path, request.query, self, host.venue, host.board, journal)
        self._session = host.sessions[number] = session
        host.venue.opened(session)

    def _reply(self, reply: Reply, last: bool) -> None:
        head = {
            "Date": formatdate(usegmt=True),
            "Content-Type": "application/json",
            "Content-Length": str(len(reply.body)),
            "Connection": "close" if last else "keep-alive",
            **reply.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        start = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n"
        self._transport.write(f"{start}{lines}\r\n".encode() + reply.body)
        if last:
            self._transport.close()
        else:
            self._protocol = self._fresh_protocol()

    def _framed(self, frame: Frame) -> None:
        if self._session is None:
            return
        self._session.heard_pings += frame.opcode is Opcode.PING
        self._session.heard_pongs += frame.opcode is Opcode.PONG
        # Some clients send their commands as binary frames; what counts is the text in them.
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        self._fragments.append(bytes(frame.data))
        if frame.fin:
            text = b"".join(self._fragments).decode("utf-8", "replace")
            self._fragments.clear()
            self._host.venue.received(self._session, text)

    def _flush(self) -> None:
        """Write what the protocol itself wants to say: handshake, pongs, close frames."""
        silent = self._session is not None and self._session.muted()
        for data in self._protocol.data_to_send():
            if data and not silent:
                self._transport.write(data)
            elif not data:
                self._transport.close()
