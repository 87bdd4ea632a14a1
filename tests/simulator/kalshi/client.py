"""A plain client for the simulated Kalshi: `websockets` and `requests`, nothing of ours."""

import base64
import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from websockets.sync.client import ClientConnection, connect

from simulator.kalshi.keys import DemoKey
from simulator.main import Running, running_simulator
from simulator.settings import KalshiSettings, Settings
from tests.simulator.kalshi.steady import steady_speed

STREAM = "/trade-api/ws/v2"
REST = "/trade-api/v2"


def sign(key: DemoKey, path: str = STREAM, skew_ms: int = 0) -> dict[str, str]:
    """The three headers of a signed GET."""
    private = serialization.load_pem_private_key(key.private_file.read_bytes(), None)
    stamp = str(int(time.time() * 1000) + skew_ms)
    text = f"{stamp}GET{path}".encode()
    if isinstance(private, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        signature = private.sign(text, pss, hashes.SHA256())
    else:
        assert isinstance(private, ed25519.Ed25519PrivateKey)
        signature = private.sign(text)
    return {
        "KALSHI-ACCESS-KEY": key.key_id,
        "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode(),
        "KALSHI-ACCESS-TIMESTAMP": stamp,
    }


class Stream:
    """One open stream; keeps every frame it has read."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []
        self._last_id = 0

    def command(self, cmd: str, **params: Any) -> int:
        """Send a command with the next id."""
        self._last_id += 1
        self.raw({"id": self._last_id, "cmd": cmd, **({"params": params} if params else {})})
        return self._last_id

    def raw(self, fields: Any) -> None:
        self.socket.send(fields if isinstance(fields, str) else json.dumps(fields))

    def take(self, timeout_s: float = 10.0) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout_s))
        self.frames.append(frame)
        return frame

    def until(self, wanted: Callable[[dict[str, Any]], Any], timeout_s: float = 10.0) -> dict[str, Any]:
        """The next frame for which wanted holds."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            frame = self.take(max(deadline_s - time.monotonic(), 0.001))
            if wanted(frame):
                return frame

    def reply(self, command_id: int, kind: str = "") -> dict[str, Any]:
        return self.until(lambda f: f.get("id") == command_id and (not kind or f["type"] == kind))

    def kind(self, kind: str) -> dict[str, Any]:
        return self.until(lambda f: f["type"] == kind)


def _left_s(market: dict[str, Any]) -> float:
    return datetime.fromisoformat(market["close_time"]).timestamp() - time.time()


class World:
    """A running simulator with only Kalshi, and a client's tools."""

    def __init__(self, running: Running, http: requests.Session, key: DemoKey) -> None:
        self.running = running
        self.key = key
        self._http = http

    @property
    def root(self) -> str:
        return self.running.urls["kalshi"]

    def get(self, path: str, **params: Any) -> requests.Response:
        return self._http.get(f"{self.root}{REST}{path}", params=params, timeout=10)

    def sim(self, command: str, **params: Any) -> Any:
        return self._http.get(f"{self.root}/_sim/{command}", params=params, timeout=10).json()

    def running_market(self, left_s: float = 0.0) -> dict[str, Any]:
        """The running quarter hour, with a strike and both sides of its book, for so long at least."""
        deadline_s = time.monotonic() + 20
        while time.monotonic() < deadline_s:
            found = self.get("/markets", series_ticker="KXBTC15M", status="open").json()["markets"]
            if found and "floor_strike" in found[0] and _left_s(found[0]) >= left_s:
                market: dict[str, Any] = found[0]
                return market
            time.sleep(0.2)  # within the limit of requests
        raise AssertionError("no running market with a strike within 20 s")

    @contextlib.contextmanager
    def slow_stream(self) -> Iterator[Stream]:
        """A stream that takes hardly anything from the network unless it is read."""
        port = self.running.ports["kalshi"]
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.connect(("127.0.0.1", port))
        url = self.running.stream_urls["kalshi"] + STREAM
        with connect(url, sock=small, additional_headers=sign(self.key), max_queue=1) as stream:
            yield Stream(stream)

    @contextlib.contextmanager
    def stream(self, headers: dict[str, str] | None = None) -> Iterator[Stream]:
        url = self.running.stream_urls["kalshi"] + STREAM
        signed = sign(self.key) if headers is None else headers
        # Without a limit on its queue: a client that waits for room does not see the end of a stream.
        with connect(url, additional_headers=signed, max_size=None, max_queue=None) as stream:
            yield Stream(stream)


@contextlib.contextmanager
def kalshi_world(key: DemoKey, kalshi: KalshiSettings | None = None, **settings: Any) -> Iterator[World]:
    """Run a simulator with Kalshi alone; settings as of simulator.settings.Settings.

    Unless a speed is given, the running quarter hour is minutes old and lasts minutes more.
    """
    keys = {key.key_id: str(key.public_file)}
    settings.setdefault("speed", steady_speed())
    full = Settings(ports={"kalshi": 0}, keys=keys, kalshi=kalshi or KalshiSettings(), **settings)
    with running_simulator(full) as running, requests.Session() as http:
        yield World(running, http, key)
