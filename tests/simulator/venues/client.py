"""A plain client of a simulated exchange, and the shape of what it hears."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

SAMPLES = Path(__file__).parents[4] / "shared" / "reference" / "samples"
LIMIT_S = 10.0

Book = dict[str, dict[Decimal, Decimal]]  # "bids" and "asks", price to size

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Client:
    """One stream connection; every frame heard is kept as text, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[str] = []

    def say(self, message: object) -> None:
        self.socket.send(message if isinstance(message, str) else json.dumps(message))

    def hear(self) -> str:
        """The next frame. *Raises* TimeoutError, or ConnectionClosed when the venue hung up."""
        text = self.socket.recv(timeout=LIMIT_S)
        assert isinstance(text, str)
        self.heard.append(text)
        return text

    def hear_until(self, wanted: Callable[[Any], object]) -> Any:
        """Read on until a message fits; return it. Its text is the last one heard."""
        deadline_s = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline_s:
            message = json.loads(self.hear())
            if wanted(message):
                return message
        pytest.fail(f"nothing that fits within {LIMIT_S} s; last heard {self.heard[-1][:300]}")

    def hear_many(self, count: int) -> list[Any]:
        return [json.loads(self.hear()) for _ in range(count)]


class Exchange:
    """The venue under test: its streams, its REST pages and the simulator's own control."""

    def __init__(self, rest_url: str, stream_url: str) -> None:
        self.rest_url = rest_url
        self.stream_url = stream_url

    @contextmanager
    def stream(self, path: str = "/") -> Iterator[Client]:
        # Without a bound on its queue the client reads on while nobody listens, so that it can hang up.
        with connect(
            self.stream_url + path,
            max_size=None,
            max_queue=None,
            compression=None,
            ping_interval=None,
            proxy=None,
        ) as socket:
            yield Client(socket)

    def get(self, path: str, status: int = 200) -> Any:
        reply = requests.get(self.rest_url + path, timeout=LIMIT_S)
        assert reply.status_code == status, reply.text
        return reply.json()

    def pause(self) -> None:
        self.get("/_sim/pause")

    def inject(self, kind: str) -> None:
        self.get(f"/_sim/fault?kind={kind}")

    def true_book(self) -> Book:
        book = self.get("/_sim/books")["books"]["BTC-USD"]
        return {side: {Decimal(p): Decimal(s) for p, s in book[side]} for side in ("bids", "asks")}

    def wait_for_truth(self, client: Client, book: Book, take: Callable[[Any], None], depth: int = 0) -> None:
        """Stop the market, then read until the rebuilt book is the true one."""
        self.pause()
        truth = top(self.true_book(), depth)
        deadline_s = time.monotonic() + LIMIT_S
        while top(book, depth) != truth:
            assert time.monotonic() < deadline_s, "the rebuilt book never became the true one"
            take(json.loads(client.hear(), parse_float=Decimal))


class Recorder:
    """Stands in for a session where a test needs to choose the time itself."""

    def __init__(self) -> None:
        self.id = 1
        self.query: list[tuple[str, str]] = []
        self.sent: list[str] = []
        self.pings = 0
        self.heard_pings = 0
        self.heard_pongs = 0
        self.closes: list[tuple[int, str]] = []

    def send(self, text: str) -> None:
        self.sent.append(text)

    def ping(self, body: bytes) -> None:
        self.pings += 1

    def close(self, code: int, reason: str = "") -> None:
        self.closes.append((code, reason))


def empty_book() -> Book:
    return {"bids": {}, "asks": {}}


def top(book: Book, depth: int) -> Book:
    """The best `depth` levels of each side, best first; 0: all."""
    cut = depth or None
    return {
        "bids": dict(sorted(book["bids"].items(), reverse=True)[:cut]),
        "asks": dict(sorted(book["asks"].items())[:cut]),
    }


def put(book: Book, side: str, price: str | Decimal, size: str | Decimal) -> None:
    """Apply one level: size 0 removes, also what is not there."""
    if Decimal(size):
        book[side][Decimal(price)] = Decimal(size)
    else:
        book[side].pop(Decimal(price), None)


def is_crossed(book: Book) -> bool:
    return bool(book["bids"] and book["asks"]) and max(book["bids"]) >= min(book["asks"])


def shape(value: object) -> object:
    """What a message is made of: keys, kinds of values, the first element of lists, all of a price row."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        is_row = all(isinstance(entry, str) for entry in value) and any(map(_NUMBER.fullmatch, value))
        return [shape(entry) for entry in (value if is_row else value[:1])]
    if isinstance(value, str):
        kind = "time" if _TIME.fullmatch(value) else "text"
        return "number text" if _NUMBER.fullmatch(value) else kind
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    )


def samples(venue: str, file: str) -> list[Any]:
    """Messages of a sample file; the test is skipped where the samples are not at hand."""
    path = SAMPLES / venue / file
    if not path.exists():
        pytest.skip(f"no sample {venue}/{file}")
    return [json.loads(line) for line in path.read_text().splitlines() if line]
