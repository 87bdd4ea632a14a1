"""What tests of the actor shells share: a scripted adapter, assignments, and reading logs back."""

import json
import socket
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from actors.adapter import AdapterCounts, Freshness, Get, Handshake, LatencySummary, Output, Send
from actors.errors import FrameError
from messages import Assignment, DriftSeen, Message
from messages.log import LogReader

M = TypeVar("M", bound=Message)


def assignment(data_dir: Path, name: str = "feed", **more: Any) -> Assignment:
    return Assignment(name, "2026-11-22T20-00-00Z", str(data_dir), {"a": 1}, **more)


def records(data_dir: Path, name: str = "feed") -> list[tuple[int, Message]]:
    """Everything that an actor's log holds."""
    with LogReader(data_dir / "log" / name) as reader:
        reader.seek_start()
        out: list[tuple[int, Message]] = []
        while True:
            out.extend((record.seq, record.message()) for record in reader.read())
            if reader.drained:
                return out


def said(data_dir: Path, kind: type[M], name: str = "feed") -> list[M]:
    return [message for _, message in records(data_dir, name) if isinstance(message, kind)]


def beats(beat_socket: socket.socket) -> list[dict[str, Any]]:
    """Whole beats that wait in the supervisor's end."""
    beat_socket.setblocking(False)
    data = b""
    try:
        while chunk := beat_socket.recv(65536):
            data += chunk
    except BlockingIOError:
        pass
    return [json.loads(line) for line in data.splitlines()]


class Echo(msgspec.Struct):
    """An adapter for tests: notes what it is shown; `bad` frames cannot be read; `get` asks by REST."""

    url: str | None = None
    rest_url: str = "http://127.0.0.1:1"
    venue: str = "echo"
    log: list[str] = []
    fresh: bool = True
    ping_s: float = 5.0

    def handshake(self, now_ns: int) -> Handshake | None:
        return None if self.url is None else Handshake(self.url, ping_s=self.ping_s)

    def opened(self, conn: int, now_ns: int) -> list[Output]:
        self.log.append(f"opened {conn}")
        return [Send(b"subscribe"), Get("/first?x=1", "first")]

    def frame(self, data: bytes, recv_ns: int, ref: int) -> list[Output]:
        if data == b"bad":
            raise FrameError("echo", data, "it says so")
        self.log.append(data.decode())
        return [DriftSeen("echo", recv_ns, "type", data.decode(), ref)]

    def reply(
        self, get: Get, status: int, body: bytes, retry_after_s: float, recv_ns: int, ref: int
    ) -> list[Output]:
        self.log.append(f"{get.tag} {status} {body.decode()} {retry_after_s:g}")
        return []

    def tick(self, now_ns: int) -> list[Output]:
        return []

    def round_trip(self, rtt_ns: int, now_ns: int) -> None:
        self.log.append("round trip")

    def pinged(self, now_ns: int) -> None:
        self.log.append("pinged")

    def freshness(self, now_ns: int) -> Freshness:
        return Freshness(self.fresh, 5, "" if self.fresh else "told so")

    def latency(self, now_ns: int) -> LatencySummary:
        return LatencySummary(1.0, 2.0, 0.5)

    def counts(self) -> AdapterCounts:
        return AdapterCounts()
