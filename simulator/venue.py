"""The seam between the server and a simulated venue."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from simulator.session import Session
from simulator.world import World


class Request(NamedTuple):
    """One HTTP GET. path: without the query. query: in order, keys repeat. Header names in lower case."""

    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]


class Reply(NamedTuple):
    """What answers a request. Content-Type is JSON unless headers say otherwise."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Venue(Protocol):
    """One simulated venue. All of it runs in the server's loop and must not block."""

    name: str

    def rest(self, request: Request) -> Reply:
        """Answer a plain GET of any path."""

    def admit(self, request: Request) -> Reply | None:
        """Judge a WebSocket upgrade: None accepts, a Reply refuses."""

    def opened(self, session: Session) -> None:
        """A stream has begun."""

    def received(self, session: Session, text: str) -> None:
        """A client sent one text frame."""

    def closed(self, session: Session) -> None:
        """A stream is over; nothing can be sent any more."""

    def step(self, now_ns: int, world: World) -> None:
        """The world has moved by a step: move the own book, send what `world.due(name)` allows."""

    def heartbeat(self, now_ns: int) -> None:
        """Called every 100 ms, also while the market is paused."""

    def flush(self, now_ns: int) -> None:
        """The hush before a whole market second begins: send at once what a cadence holds back."""

    def books(self) -> dict[str, object]:
        """True books now: name to {"bids": [[price, size], …], "asks": …}, exact strings, best first."""

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        """What a fault of this kind makes of a frame: the frames to send in its place.

        None: it does not touch this frame and waits for another. Asked for every kind that strikes a
        frame (simulator/faults.py); garbage, unknown_type and unknown_field have a general answer.
        """
