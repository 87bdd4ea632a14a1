"""One WebSocket connection: websockets' sans-I/O core on a plain non-blocking socket.

No thread, no queue, no reconnect: whoever owns it polls `fileno`, calls `receive`, and starts afresh in
a new process when it ends. Half a TLS record can therefore never hang it.
"""

import select
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Final

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import WebSocketURI, parse_uri

from actors.adapter import Handshake
from actors.errors import (
    AddressRefusedError,
    ConfigurationError,
    NetworkError,
    RefusedError,
    VenueError,
    because,
)
from actors.frames import WHOLE_BYTES, FrameCutter

READ_BYTES: Final = 64 * 1024
SEND_LIMIT_S: Final = 5.0
SWITCHING: Final = b"HTTP/1.1 101"
MOST_ANSWER_BYTES: Final = 64 * 1024


class Link:
    """A connected stream. Raises NetworkError when the path fails or the venue closes.

    `receive` returns text and binary messages whole and in order; pings are answered as they are read.
    name: of the actor whose stream it is.
    """

    def __init__(self, handshake: Handshake, connect_limit_s: float, name: str) -> None:
        self._name = name
        self._url = handshake.url
        uri = parse_uri(handshake.url)
        deadline_s = time.monotonic() + connect_limit_s
        self._socket = _connect(uri, connect_limit_s)
        self._protocol = ClientProtocol(uri, max_size=WHOLE_BYTES)
        self._cutter = FrameCutter()
        self._parts: list[bytes] = []
        self.read_ns = 0
        """Wall clock when the last bytes had been read."""
        self._early: list[bytes] = []
        self._pings: dict[bytes, int] = {}
        self.round_trips: list[int] = []
        """Nanoseconds that our own pings took, oldest first; the owner empties it."""
        self.pinged = False
        """The other side has sent a ping; the owner takes it back."""
        try:
            self._shake_hands(handshake, deadline_s)
        except BaseException:
            self._socket.close()
            raise
        host, port = self._socket.getsockname()[:2]
        self.local = f"{host}:{port}"

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, data: bytes) -> None:
        """Send one text frame; blocks at most 5 s."""
        self._protocol.send_text(data)
        self._flush()

    def ping(self, now_ns: int) -> None:
        """Send a ping; its round trip will be in `round_trips`. now_ns: any clock that only rises."""
        payload = now_ns.to_bytes(8, "big")
        self._pings[payload] = now_ns
        self._protocol.send_ping(payload)
        self._flush()

    def receive(self) -> list[bytes]:
        """Take what one read brings; [] if nothing whole. Never blocks; call again while `pending`."""
        if self._early:
            early, self._early = self._early, []
            return early
        if self._protocol.state is not OPEN:
            raise NetworkError(self._ending())
        data = self._read()
        if data is None:
            return []
        if not data:
            self._protocol.receive_eof()
            return self._take()
        return self._sort(data)

    @property
    def pending(self) -> bool:
        """Say whether there is more to receive that no poll of the socket will show.

        Frames that came together with the handshake's answer, or bytes that TLS has decrypted already.
        """
        return bool(self._early) or (isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0)

    def close(self) -> None:
        """Say goodbye if possible and let go; never blocks for an answer."""
        try:
            if self._protocol.state is OPEN:
                self._protocol.send_close(1000)
                self._flush()
        except NetworkError:
            pass  # the other side is gone already
        self._socket.close()

    def _read(self) -> bytes | None:
        """One read of the socket, stamped; None: nothing is there, b"": the other side has ended."""
        try:
            data = self._socket.recv(READ_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except (OSError, ssl.SSLError) as error:
            raise self._broken(error) from error
        self.read_ns = time.time_ns()
        return data

    def _sort(self, data: bytes) -> list[bytes]:
        out: list[bytes] = []
        for plain, frame in self._cutter.cut(data):
            if plain and not self._parts:
                out.append(frame)
            elif plain:  # a whole message between the parts of another: the core will say what it is
                self._protocol.receive_data(Frame(Opcode.TEXT, frame).serialize(mask=False))
            else:
                self._protocol.receive_data(frame)
                out += self._take(out)
        return out

    def _take(self, before: Sequence[bytes] = ()) -> list[bytes]:
        out: list[bytes] = []
        for event in self._protocol.events_received():
            if not isinstance(event, Frame):
                continue  # the answer to our handshake
            opcode = event.opcode
            if opcode is Opcode.TEXT or opcode is Opcode.BINARY or opcode is Opcode.CONT:
                data = bytes(event.data)
                if event.fin and not self._parts:
                    out.append(data)
                    continue
                self._parts.append(data)
                if event.fin:
                    out.append(b"".join(self._parts))
                    self._parts = []
            elif opcode is Opcode.PING:
                self.pinged = True
            elif opcode is Opcode.PONG:
                sent_ns = self._pings.pop(bytes(event.data), None)
                if sent_ns is not None:
                    self.round_trips.append(time.monotonic_ns() - sent_ns)
        self._flush()
        if self._protocol.state is not OPEN and not out and not before:
            raise NetworkError(self._ending())
        return out

    def _ending(self) -> str:
        received = self._protocol.close_rcvd
        if received is not None:
            return f"{self._url} closed the stream with code {received.code} {received.reason}".rstrip()
        if self._protocol.parser_exc is not None:
            return f"{self._url} broke the WebSocket protocol: {self._protocol.parser_exc}"
        return f"{self._url} ended the connection without a word"

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._send_all(memoryview(data))

    def _send_all(self, data: memoryview) -> None:
        deadline_s = time.monotonic() + SEND_LIMIT_S
        while data:
            try:
                data = data[self._socket.send(data) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or not select.select([], [self._socket], [], left_s)[1]:
                    message = f"{self._url} takes no more data"
                    raise NetworkError(message) from None
            except (OSError, ssl.SSLError) as error:
                raise self._broken(error) from error

    def _broken(self, error: OSError) -> NetworkError:
        return NetworkError(f"the connection to {self._url} broke: {because(error)}")

    def _shake_hands(self, handshake: Handshake, deadline_s: float) -> None:
        request = self._protocol.connect()
        for name, value in handshake.headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()
        answer = b""
        while self._protocol.handshake_exc is None and self._protocol.state is not OPEN:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or not select.select([self._socket], [], [], left_s)[0]:
                message = f"{self._url} did not answer the handshake in time"
                raise NetworkError(message)
            data = self._read()
            if data is not None:
                answer = self._take_answer(answer + data, not data)
        if self._protocol.handshake_exc is not None:
            raise _refusal(self._name, handshake, self._protocol.handshake_exc)
        self._protocol.events_received()  # the answer itself
        self._early = self._sort(answer)

    def _take_answer(self, answer: bytes, ended: bool) -> bytes:
        """Show the core the answer to our handshake; return what is still to be shown, or frames after it."""
        if ended:
            self._protocol.receive_data(answer)
            self._protocol.receive_eof()
            return b""
        if not answer.startswith(SWITCHING[: len(answer)]):
            self._protocol.receive_data(answer)
            return b""
        head, end, frames = answer.partition(b"\r\n\r\n")
        if not end and len(answer) < MOST_ANSWER_BYTES:
            return answer
        self._protocol.receive_data(head + end)
        return frames


def _connect(uri: WebSocketURI, limit_s: float) -> socket.socket:
    where = f"{uri.host}:{uri.port}"
    try:
        raw = socket.create_connection((uri.host, uri.port), timeout=limit_s)
    except OSError as error:
        message = f"{where} cannot be reached: {because(error)}"
        raise NetworkError(message) from error
    try:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if uri.secure:
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=uri.host)
        raw.setblocking(False)
    except (OSError, ssl.SSLError) as error:
        raw.close()
        message = f"TLS with {where} failed: {because(error)}"
        raise NetworkError(message) from error
    return raw


def _refusal(name: str, handshake: Handshake, error: Exception) -> Exception:
    url = handshake.url
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        raw = bytes(error.response.body or b"")
        if status in AddressRefusedError.statuses:
            also = " or the key" if handshake.headers else ""
            return AddressRefusedError(name, url, status, raw, also)
        body = raw[:200].decode("utf-8", "replace")
        if status == 401:
            return ConfigurationError(f"{url} refused the key (HTTP {status}): {body}")
        after_s = retry_after_s(error.response.headers.get("Retry-After"))
        return RefusedError(f"{url} refused the connection (HTTP {status}): {body}", after_s)
    if isinstance(error, InvalidHandshake):
        return VenueError(f"{url} did not speak WebSocket: {error}")
    return NetworkError(f"{url} ended the connection during the handshake: {because(error)}")


def retry_after_s(value: str | None) -> float:
    """Seconds that a Retry-After header asks for; 0 without one or for a date."""
    return float(value) if value is not None and value.isdigit() else 0.0
