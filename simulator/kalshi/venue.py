"""The simulated Kalshi behind its port: streams, REST and faults, put together."""

import time
from collections.abc import Callable

from simulator.kalshi import frames
from simulator.kalshi.audience import Audience
from simulator.kalshi.commands import Commands
from simulator.kalshi.exchange import Exchange
from simulator.kalshi.faults import misshape
from simulator.kalshi.keys import KeyRing
from simulator.kalshi.ladder import count_text
from simulator.kalshi.market import FINALIZED
from simulator.kalshi.rest import Rest
from simulator.kalshi.subscriptions import Subscription
from simulator.server import Reply, Request
from simulator.session import Session
from simulator.settings import KalshiSettings, Settings
from simulator.world import World

STREAM = "/trade-api/ws/v2"
PING_NS = 10_000_000_000


class KalshiVenue:
    """Kalshi as docs.kalshi.com has it; docs/simulator.md says what was read into it."""

    name = "kalshi"

    def __init__(
        self,
        settings: Settings,
        world: World,
        make_exchange: Callable[[KalshiSettings, World, Audience], Exchange] = Exchange,
    ) -> None:
        self._settings = settings.kalshi
        self._keys = KeyRing(settings.keys)
        self._audience = Audience(settings.kalshi)
        self.exchange = make_exchange(settings.kalshi, world, self._audience)
        self.exchange.begin(time.time_ns())
        world.followers.append(self.exchange.follow)
        self._commands = Commands(settings.kalshi, self)
        self._rest = Rest(self.exchange, settings.kalshi, self._keys)
        self._pinged_ns = 0

    def rest(self, request: Request) -> Reply:
        return self._rest.answer(request, time.time_ns())

    def admit(self, request: Request) -> Reply | None:
        if request.path != STREAM:
            return Reply(404, b'{"error":{"code":"not_found","message":"not found"}}')
        signed = "kalshi-access-key" in request.headers or self._settings.require_key
        now_ms = time.time_ns() // 1_000_000
        if signed and self._keys.refuses("GET", request.path, request.headers, now_ms) is not None:
            return self._rest.unauthorised()
        return None

    def opened(self, session: Session) -> None:
        self._audience.joined(session)

    def received(self, session: Session, text: str) -> None:
        self._commands.run(self._audience.desk(session), text, time.time_ns())

    def closed(self, session: Session) -> None:
        self._audience.left(session)

    def step(self, now_ns: int, world: World) -> None:
        self.exchange.step(now_ns)

    def heartbeat(self, now_ns: int) -> None:
        self._audience.end_slow_readers()
        if now_ns - self._pinged_ns >= PING_NS:
            self._pinged_ns = now_ns
            for session in self._audience.sessions():
                session.ping(b"heartbeat")

    def flush(self, now_ns: int) -> None:
        """Do nothing: no book is held back here."""

    def books(self) -> dict[str, object]:
        """Per market that is not settled: YES bids and YES asks, best first."""
        books: dict[str, object] = {}
        for market in self.exchange.markets():
            if market.status == FINALIZED:
                continue
            text, book = market.ladder.yes_text, market.book
            bids = [[text[n], count_text(size)] for n, size in enumerate(book.yes) if size]
            asks = [[text[n], count_text(size)] for n, size in enumerate(book.no) if size]
            books[market.ticker] = {"bids": bids[::-1], "asks": asks}
        return books

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        return misshape(kind, self._audience.desk(session), text)

    def send_snapshot(self, subscription: Subscription, ticker: str, command_id: int = 0) -> None:
        """One market's book, on command."""
        market = self.exchange.find(ticker)
        if market is None:
            body = frames.empty_snapshot(ticker)
        else:
            body = frames.snapshot(market, subscription.use_yes_price)
        subscription.send("orderbook_snapshot", body, command_id)

    def send_ticker(self, subscription: Subscription, ticker: str) -> None:
        """One market's present state, on command."""
        market = self.exchange.find(ticker)
        if market is not None:
            subscription.send("ticker", frames.ticker(market, time.time_ns()))
