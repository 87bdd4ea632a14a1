"""Everybody who listens to the stream: hands what happens to those who want it."""

from collections.abc import Iterator

from simulator.kalshi import frames
from simulator.kalshi.contract_book import Delta
from simulator.kalshi.index import INDEX_ID
from simulator.kalshi.market import Market, Traded
from simulator.kalshi.subscriptions import (
    BOOK,
    INDEX,
    INDEX_FAST,
    LIFECYCLE,
    TICKER,
    TRADE,
    Desk,
    Subscription,
)
from simulator.session import Session
from simulator.settings import KalshiSettings


class Audience:
    """The desks of all open sessions. A message is worded only where somebody wants it."""

    def __init__(self, settings: KalshiSettings) -> None:
        self._settings = settings
        self._desks: dict[int, Desk] = {}

    def joined(self, session: Session) -> Desk:
        desk = self._desks[session.id] = Desk(session, self._settings)
        return desk

    def left(self, session: Session) -> None:
        self._desks.pop(session.id, None)

    def desk(self, session: Session) -> Desk:
        return self._desks[session.id]

    def sessions(self) -> list[Session]:
        return [desk.session for desk in self._desks.values()]

    def book_changed(self, market: Market, change: Delta, now_ns: int) -> None:
        bodies: tuple[str, str] | None = None
        for subscription in self._wanting(BOOK, market.ticker):
            bodies = bodies or frames.delta(market, change, now_ns)
            subscription.send("orderbook_delta", bodies[subscription.use_yes_price])

    def snapshot(self, market: Market) -> None:
        """A snapshot that nobody asked for, as the venue sends near a close."""
        for subscription in self._wanting(BOOK, market.ticker):
            subscription.send("orderbook_snapshot", frames.snapshot(market, subscription.use_yes_price))

    def traded(self, market: Market, traded: Traded) -> None:
        body = ""
        for subscription in self._wanting(TRADE, market.ticker):
            body = body or frames.trade(market, traded)
            subscription.send("trade", body)

    def quoted(self, market: Market, now_ns: int) -> None:
        body = ""
        for subscription in self._wanting(TICKER, market.ticker):
            body = body or frames.ticker(market, now_ns)
            subscription.send("ticker", body)

    def lifecycle(self, body: str, kind: str = LIFECYCLE) -> None:
        """kind: `market_lifecycle_v2`, or one of the event messages on the same channel."""
        for desk in self._desks.values():
            subscription = desk.by_channel.get(LIFECYCLE)
            if subscription is not None:
                subscription.send(kind, body)

    def index(self, body: str, fast: bool = False) -> None:
        channel = INDEX_FAST if fast else INDEX
        for desk in self._desks.values():
            subscription = desk.by_channel.get(channel)
            if subscription is not None and INDEX_ID in subscription.indices:
                subscription.send(channel, body)

    def dismiss(self) -> None:
        """End every stream, as maintenance does."""
        for session in self.sessions():
            session.close(1001, "maintenance")

    def end_slow_readers(self) -> None:
        """Error 25 on every subscription of a client that has let too much pile up."""
        for desk in self._desks.values():
            if desk.session.backlog() > self._settings.slow_reader_bytes:
                for subscription in list(desk.by_channel.values()):
                    desk.overflowed(subscription)

    def _wanting(self, channel: str, ticker: str) -> Iterator[Subscription]:
        for desk in self._desks.values():
            subscription = desk.by_channel.get(channel)
            if subscription is not None and subscription.wants(ticker):
                yield subscription
