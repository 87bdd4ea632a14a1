"""One exchange on its port: a market, the streams that show it, and its REST pages."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping

from simulator.book import Change
from simulator.server import Reply, Request
from simulator.session import Session
from simulator.venues.market import SIZE_DECIMALS, Deal, Market
from simulator.venues.notation import padded
from simulator.world import World

Pages = Callable[[Request, int], Reply]  # a request and the time in ns


class Stream(ABC):
    """One WebSocket protocol of an exchange. Frames that say the same to everybody are made once.

    symbol: the market as it is written here. foreign_symbol: one that nobody asked for.
    """

    symbol: str
    foreign_symbol: str

    def __init__(self, market: Market) -> None:
        self.market = market

    @abstractmethod
    def opened(self, session: Session, now_ns: int) -> None:
        """Greet a new client."""

    @abstractmethod
    def received(self, session: Session, text: str, now_ns: int) -> None:
        """Answer what a client says."""

    @abstractmethod
    def closed(self, session: Session) -> None:
        """Forget a client."""

    @abstractmethod
    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        """Show new levels to those who follow the book."""

    @abstractmethod
    def traded(self, deal: Deal, now_ns: int) -> None:
        """Show a trade to those who follow trades; its level's change follows by `book_changed`."""

    @abstractmethod
    def heartbeat(self, now_ns: int) -> None:
        """Do what the venue does by the clock, market or no market; called several times a second."""

    def publish(self, now_ns: int) -> None:  # noqa: B027 - most streams tell everything at once
        """Send what has become due by the stream's cadence; called with every step, and at heartbeats."""

    def flush(self, now_ns: int) -> None:  # noqa: B027 - most streams hold nothing back
        """Send at once what the stream holds back for its cadence.

        Called shortly before every whole market second, after which the book stands still until the
        second is over: what the public has seen by then is the true book cut to `Profile.shown_levels`.
        """

    @abstractmethod
    def is_acknowledgement(self, text: str) -> bool:
        """Say whether this frame acknowledges a subscription."""

    @abstractmethod
    def is_change(self, text: str) -> bool:
        """Say whether this frame changes a book that a client holds already."""

    @abstractmethod
    def crossed(self, change: str) -> list[str]:
        """Frames to send instead of this change, after which the client's book is crossed."""

    @staticmethod
    def tell(members: Iterable[Session], text: str) -> None:
        for session in members:
            session.send(text)

    def foreign(self, change: str) -> list[str]:
        """Frames to send instead of this change, with a market in them that nobody asked for."""
        return [change, change.replace(self.symbol, self.foreign_symbol)]

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        """Say what this fault makes of this frame; None where it does not apply to it."""
        if kind == "missing_ack":
            return [] if self.is_acknowledgement(text) else None
        if not self.is_change(text):
            return None
        if kind == "skip":
            return []
        if kind == "repeat":
            return [text, text]
        if kind == "cross":
            return self.crossed(text)
        return self.foreign(text) if kind == "unknown_symbol" else None


class Exchange:
    """The venue that the server knows. streams: URL path to the protocol spoken there."""

    def __init__(self, market: Market, streams: Mapping[str, Stream], pages: Pages) -> None:
        self.name = market.name
        self.market = market
        self._streams = streams
        self._pages = pages
        self._owed = 0  # messages that the world's rate still asks for

    def rest(self, request: Request) -> Reply:
        return self._pages(request, time.time_ns())

    def admit(self, request: Request) -> Reply | None:
        """Let a client in where the venue has a stream."""
        return None if self._path(request.path) in self._streams else Reply(404, b"Not Found")

    def opened(self, session: Session) -> None:
        self._of(session).opened(session, time.time_ns())

    def received(self, session: Session, text: str) -> None:
        self._of(session).received(session, text, time.time_ns())

    def closed(self, session: Session) -> None:
        self._of(session).closed(session)

    def step(self, now_ns: int, world: World) -> None:
        """Let happen in the market what makes as many messages as are due."""
        self._owed += world.due(self.name)
        while self._owed > 0:
            if self.market.is_trade_next():
                self._owed -= self.market.profile.trade_frames
                deal, change = self.market.trade(now_ns)
                for stream in self._streams.values():
                    stream.traded(deal, now_ns)
                    stream.book_changed([change], now_ns)
            else:
                self._owed -= self.market.profile.move_frames
                self.show(self.market.move(now_ns, world), now_ns)
        for stream in self._streams.values():
            stream.publish(now_ns)

    def show(self, changes: list[Change], now_ns: int) -> None:
        """Show what has changed in the book."""
        for stream in self._streams.values():
            stream.book_changed(changes, now_ns)

    def tell(self, deal: Deal, now_ns: int) -> None:
        """Show a trade."""
        for stream in self._streams.values():
            stream.traded(deal, now_ns)

    def heartbeat(self, now_ns: int) -> None:
        for stream in self._streams.values():
            stream.publish(now_ns)
            stream.heartbeat(now_ns)

    def flush(self, now_ns: int) -> None:
        for stream in self._streams.values():
            stream.flush(now_ns)

    def books(self) -> dict[str, object]:
        """The true book, best first, in padded decimals."""
        decimals = self.market.profile.price_decimals

        def shown(levels: list[tuple[int, int]]) -> list[list[str]]:
            return [[padded(price, decimals), padded(size, SIZE_DECIMALS)] for price, size in levels]

        return {"BTC-USD": {"bids": shown(self.market.book.bids()), "asks": shown(self.market.book.asks())}}

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        return self._of(session).fault(kind, session, text)

    def _of(self, session: Session) -> Stream:
        return self._streams[self._path(session.path)]

    @staticmethod
    def _path(path: str) -> str:
        return path.rstrip("/") or "/"
