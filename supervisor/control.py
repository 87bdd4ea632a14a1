"""The control socket: one JSON object per line, each way. No client can block or swell the supervisor."""

import json
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any, Final

Reply = dict[str, Any]

LONGEST_REQUEST_BYTES: Final = 65_536
MOST_UNSENT_BYTES: Final = 1024 * 1024
MOST_CLIENTS: Final = 64
REQUEST_LIMIT_S: Final = 10.0
"""Who has asked nothing for this long, and watches nothing, is dropped."""
WATCH_EVERY_S: Final = 0.1


class RefusedError(Exception):
    """A request that is not carried out; the text is the sentence for the user."""


class Client:
    """One connection: what it has sent so far, and what it has not taken yet."""

    def __init__(self, sock: socket.socket, now_s: float) -> None:
        self.sock = sock
        self.asked_s = now_s
        self.watches = False
        self.unread = bytearray()
        self.unsent = bytearray()


class Control:
    """Serves the control socket.

    carry_out: does what a request says and returns what the reply adds to {"ok": true}; raises
    RefusedError. status: makes the status object. Watchers get it once when they ask, then at every
    `changed`, at most ten times a second; one that is too slow gets fewer of them.
    """

    def __init__(
        self,
        listener: socket.socket,
        selector: selectors.BaseSelector,
        carry_out: Callable[[str, list[str]], Reply],
        status: Callable[[], Reply],
    ) -> None:
        self._listener = listener
        self._selector = selector
        self._carry_out = carry_out
        self._status = status
        self._clients: set[Client] = set()
        self._changed = False
        self._shown_s = 0.0
        selector.register(listener, selectors.EVENT_READ, self._accept)

    def changed(self) -> None:
        """Note that the status is not what watchers were told."""
        self._changed = True

    def deadline_s(self) -> float | None:
        """When `tick` is next needed, monotonic seconds."""
        times_s = [client.asked_s + REQUEST_LIMIT_S for client in self._clients if not client.watches]
        if self._changed and any(client.watches for client in self._clients):
            times_s.append(self._shown_s + WATCH_EVERY_S)
        return min(times_s, default=None)

    def tick(self) -> None:
        """Tell watchers what has changed; drop who asks nothing."""
        now_s = time.monotonic()
        for client in list(self._clients):
            if not client.watches and now_s >= client.asked_s + REQUEST_LIMIT_S:
                self._drop(client)
        if self._changed and now_s >= self._shown_s + WATCH_EVERY_S:
            self._changed = False
            self._shown_s = now_s
            self._show([client for client in self._clients if client.watches and not client.unsent])

    def close(self) -> None:
        """Tell watchers the last state and close everything."""
        self._show([client for client in self._clients if client.watches and not client.unsent])
        for client in list(self._clients):
            self._drop(client)
        self._selector.unregister(self._listener)
        self._listener.close()

    def _show(self, watchers: list[Client]) -> None:
        if watchers:
            line = _line({"ok": True, "status": self._status()})
            for client in watchers:
                self._send(client, line)

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:  # gone again, or we are out of descriptors: the next one may have more luck
            return
        if len(self._clients) >= MOST_CLIENTS:
            sock.close()
            return
        sock.setblocking(False)
        client = Client(sock, time.monotonic())
        self._clients.add(client)
        self._selector.register(sock, selectors.EVENT_READ, lambda: self._serve(client))

    def _serve(self, client: Client) -> None:
        # Called when it can be read or, with something unsent, written.
        if client.unsent:
            self._flush(client)
        if client not in self._clients:
            return
        try:
            data = client.sock.recv(LONGEST_REQUEST_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        client.unread += data
        *lines, client.unread = client.unread.split(b"\n")
        for line in lines:
            # A client that asks on without taking its answers is cut off, or they would pile up here.
            if client not in self._clients or len(client.unsent) > MOST_UNSENT_BYTES:
                break
            client.asked_s = time.monotonic()
            self._send(client, _line(self._answer(client, bytes(line))))
        if len(client.unread) > LONGEST_REQUEST_BYTES or len(client.unsent) > MOST_UNSENT_BYTES:
            self._drop(client)

    def _answer(self, client: Client, line: bytes) -> Reply:
        try:
            command, names = _parse(line)
            match command:
                case "status":
                    return {"ok": True, "status": self._status()}
                case "watch":
                    client.watches = True
                    return {"ok": True, "status": self._status()}
            return {"ok": True, **self._carry_out(command, names)}
        except RefusedError as refusal:
            return {"ok": False, "error": str(refusal)}

    def _send(self, client: Client, line: bytes) -> None:
        client.unsent += line
        self._flush(client)

    def _flush(self, client: Client) -> None:
        try:
            sent = client.sock.send(client.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(client)
            return
        del client.unsent[:sent]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.unsent else 0)
        key = self._selector.get_key(client.sock)
        if key.events != wanted:
            self._selector.modify(client.sock, wanted, key.data)

    def _drop(self, client: Client) -> None:
        if client in self._clients:
            self._clients.discard(client)
            self._selector.unregister(client.sock)
            client.sock.close()


def _line(reply: Reply) -> bytes:
    return json.dumps(reply).encode() + b"\n"


def _parse(line: bytes) -> tuple[str, list[str]]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        message = "a request is one JSON object on one line"
        raise RefusedError(message) from None
    if not isinstance(request, dict) or not isinstance(request.get("cmd"), str):
        message = 'a request is a JSON object with "cmd": "status", "watch", "stop" or "restart"'
        raise RefusedError(message)
    names = request.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = '"names" is a list of actor names'
        raise RefusedError(message)
    return request["cmd"], names
