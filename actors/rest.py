"""REST for feeds: one background thread, one session, replies taken when the loop turns."""

import os
import queue
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from actors.adapter import Get
from actors.errors import because
from actors.link import retry_after_s
from messages.doorbell import Doorbell, ring

LIMIT_S = (3.0, 5.0)
"""Connect and read limits of one request."""


class RestReply(NamedTuple):
    """status 0: the network failed, and body says how."""

    get: Get
    status: int
    body: bytes
    retry_after_s: float
    recv_ns: int


class RestDesk:
    """Makes GET requests one after another, in the order asked; never raises for a failed one.

    wake is rung for each reply. Asking never blocks. Redirects are followed, cookies are not kept.
    """

    def __init__(self, base_url: str, wake: Doorbell, user_agent: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._where = urlsplit(base_url).netloc
        # Its own copy: a request may outlive the actor that asked, and with it the bell.
        self._ring_fd = os.dup(wake.ring_fd)
        self._user_agent = user_agent
        self._asked: queue.SimpleQueue[Get | None] = queue.SimpleQueue()
        self._answered: queue.SimpleQueue[RestReply] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="rest", daemon=True)
        self._thread.start()

    def ask(self, get: Get) -> None:
        """Queue one request."""
        self._asked.put(get)

    def replies(self) -> list[RestReply]:
        """Take all replies that are there."""
        out = []
        while not self._answered.empty():
            out.append(self._answered.get())
        return out

    def close(self) -> None:
        """Let go. A request under way is not waited for; `join` does that."""
        self._asked.put(None)

    def join(self) -> None:
        """Wait until the thread has ended, after `close`."""
        self._thread.join()

    def _run(self) -> None:
        try:
            with requests.Session() as session:
                session.headers["User-Agent"] = self._user_agent
                while (get := self._asked.get()) is not None:
                    self._answered.put(self._fetch(session, get))
                    ring(self._ring_fd)
        finally:
            os.close(self._ring_fd)

    def _fetch(self, session: requests.Session, get: Get) -> RestReply:
        try:
            with session.get(self._base_url + get.path, timeout=LIMIT_S) as response:
                session.cookies.clear()
                after_s = retry_after_s(response.headers.get("Retry-After"))
                return RestReply(get, response.status_code, response.content, after_s, time.time_ns())
        except (requests.RequestException, OSError, ValueError) as error:
            return RestReply(get, 0, f"{because(error)} ({self._where})".encode(), 0.0, time.time_ns())
