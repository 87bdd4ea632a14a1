"""Crypto.com Exchange: the market stream under /exchange/v1/market and the public REST pages.

Source: exchange-developer.crypto.com/exchange/v1/docs, recorded frames of June 2026 and live probes of
September 2026.
"""

import re
from collections import defaultdict

import orjson

from simulator.book import Change
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues.cadence import Every
from simulator.venues.cryptocom_book import BookFeed, Manner
from simulator.venues.cryptocom_frames import (
    PRICE_DECIMALS,
    PUSH_ID,
    SYMBOL,
    accepted,
    heartbeat,
    refused,
    rows,
    ticker_frame,
    trade_frame,
)
from simulator.venues.cryptocom_rest import CryptocomPages
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market, Profile
from simulator.world import World

DEPTHS = {"10": 10, "50": 50}
PROFILE = Profile(
    tick_usd=0.01,
    price_decimals=PRICE_DECIMALS,
    level_btc=0.1,
    levels=800,
    gap_ticks=120.0,
    changes=4,
    trade_share=0.06,
    move_frames=1,
    trade_frames=3,
    day_volume_btc=2_600.0,
    first_trade_id=1_782_032_437_671_850_129,
    shown_levels=max(DEPTHS.values()),
)
_FIRST_UPDATE_ID = 338_686_661_310_464
_PING_EVERY_S = 5
_HEARTBEAT_EVERY_S = 30
_NEWCOMER_NS = 5_000_000_000  # who is here for less is sent no heartbeat
_ANSWER_NS = 5_000_000_000
_UNANSWERED = 3  # heartbeats at which a client is given up
_TICKER_EVERY_NS = 100_000_000
_REQUESTS_PER_S = 100
_SUBSCRIPTIONS = 400

_INVALID, _TOO_MANY_CHANNELS, _TOO_MANY_REQUESTS = 40003, 40107, 42901
_CHANNEL = re.compile(r"(book|trade|ticker)\.([^.]+)(?:\.(.*))?")
_PERIODS = {  # by kind of subscription, what may be asked for and what is given
    "SNAPSHOT": {"": 500, "500": 500, "100": 500},
    "SNAPSHOT_AND_UPDATE": {"": 10, "10": 10, "100": 100},
}
_PUSH = f'{{"id":{PUSH_ID},'
_EMPTY = '"update":{"asks":[],"bids":[]}'
_WHOLE = '"channel":"book","depth":'
_CS = re.compile(r'"cs":(-?\d+)')


class CryptocomVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market = Market("cryptocom", world, PROFILE)
        super().__init__(market, {"/exchange/v1/market": CryptocomStream(market)}, CryptocomPages(market))


class CryptocomStream(Stream):
    symbol = SYMBOL
    foreign_symbol = "ETH_USD"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._clients: dict[Session, _Client] = {}
        self._members: defaultdict[str, dict[Session, None]] = defaultdict(dict)  # of ticker and trades
        self._feeds: dict[Manner, BookFeed] = {}
        self._u = _FIRST_UPDATE_ID
        self._ping = Every(_PING_EVERY_S)
        self._beat = Every(_HEARTBEAT_EVERY_S)
        self._ticker_ns = 0
        self._ticker_shown = self._ticker_state()

    def opened(self, session: Session, now_ns: int) -> None:
        self._clients[session] = _Client(now_ns)

    def closed(self, session: Session) -> None:
        for channel, manner in self._clients.pop(session).channels.items():
            self._leave(session, channel, manner)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            return
        if not isinstance(asked, dict):
            return
        client = self._clients[session]
        number, method = asked.get("id", 0), asked.get("method")
        if not client.bucket.take(now_ns):
            session.send(refused(number, method, _TOO_MANY_REQUESTS, "Too many requests"))
        elif method == "public/respond-heartbeat":
            client.answered(number)
        elif method in ("subscribe", "unsubscribe"):
            params = asked.get("params")
            self._change(session, method, params if isinstance(params, dict) else {}, number, now_ns)
        else:
            session.send(refused(number, method, _INVALID, "No such method"))

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        self._u += 64 * (1 + 7 * len(changes))
        for feed in self._feeds.values():
            feed.note(changes)

    def traded(self, deal: Deal, now_ns: int) -> None:
        if members := self._members[f"trade.{SYMBOL}"]:
            self.tell(members, trade_frame(deal))

    def publish(self, now_ns: int) -> None:
        for feed in self._feeds.values():
            feed.publish(self._u, now_ns)
        if not 0 <= now_ns - self._ticker_ns < _TICKER_EVERY_NS:
            self._show_ticker(now_ns)

    def flush(self, now_ns: int) -> None:
        for feed in self._feeds.values():
            feed.flush(self._u, now_ns)
        self._show_ticker(now_ns)

    def heartbeat(self, now_ns: int) -> None:
        pings, beats = self._ping.begun(now_ns), self._beat.begun(now_ns)
        for session, client in self._clients.items():
            if client.is_lost(now_ns):
                session.close(1000)
            elif beats and now_ns - client.since_ns >= _NEWCOMER_NS:
                session.send(heartbeat(client.asked(now_ns)))
            if pings:
                session.ping(b"")

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        if kind == "corrupt_checksum":
            spoiled = _CS.sub(lambda found: f'"cs":{int(found[1]) ^ 1}', text)
            return None if spoiled == text else [spoiled]
        if _WHOLE in text and not self._clients[session].is_shown_whole_books():
            return None  # the snapshot that later changes need
        return super().fault(kind, session, text)

    def is_acknowledgement(self, text: str) -> bool:
        return '"method":"subscribe","code":0,' in text and not text.startswith(_PUSH)

    def is_change(self, text: str) -> bool:
        return _WHOLE in text or ('"channel":"book.update"' in text and _EMPTY not in text)

    def crossed(self, change: str) -> list[str]:
        """The frame with one more bid, above the best ask."""
        head, _, tail = change.partition('"bids":[')
        comma = "" if tail.startswith("]") else ","
        return [f'{head}"bids":[{rows([(self.market.book.best_ask() + 250, 12_345_678)])}{comma}{tail}']

    def _change(
        self, session: Session, method: str, params: dict[str, object], number: object, now_ns: int
    ) -> None:
        channels = params.get("channels")
        if not isinstance(channels, list) or not channels:
            session.send(refused(number, method, _INVALID, "Unrecognized channel"))
            return
        held = self._clients[session].channels
        names = [name if isinstance(name, str) else "" for name in channels]
        if method == "subscribe" and len(held.keys() | set(names)) > _SUBSCRIPTIONS:
            session.send(refused(number, method, _TOO_MANY_CHANNELS, "Maximum subscriptions exceeded"))
            return
        for name in names:
            if method == "unsubscribe":
                if name in held:
                    self._leave(session, name, held.pop(name))
                session.send(accepted(number, method, name))
            else:
                self._subscribe(session, name, params, number, now_ns)

    def _subscribe(
        self, session: Session, name: str, params: dict[str, object], number: object, now_ns: int
    ) -> None:
        manner = _manner(name, params)
        if isinstance(manner, str):
            session.send(refused(number, "subscribe", _INVALID, manner, name))
            return
        held = self._clients[session].channels
        if name in held:
            self._leave(session, name, held[name])
        held[name] = manner
        if manner is not None:
            session.send(accepted(number, "subscribe", name))
            if manner not in self._feeds:
                self._feeds[manner] = BookFeed(self.market, manner)
            self._feeds[manner].join(session, self._u, now_ns)
            return
        self._members[name][session] = None
        if name.startswith("ticker"):
            session.send(ticker_frame(self.market, now_ns, number))
        else:
            session.send(trade_frame(self.market.last(), number))

    def _leave(self, session: Session, channel: str, manner: Manner | None) -> None:
        if manner is None:
            self._members[channel].pop(session, None)
            return
        feed = self._feeds[manner]
        del feed.members[session]
        if not feed.members:
            del self._feeds[manner]

    def _show_ticker(self, now_ns: int) -> None:
        state = self._ticker_state()
        if state == self._ticker_shown:
            return
        self._ticker_shown, self._ticker_ns = state, now_ns
        if members := self._members[f"ticker.{SYMBOL}"]:
            self.tell(members, ticker_frame(self.market, now_ns))

    def _ticker_state(self) -> tuple[object, ...]:
        book = self.market.book
        return (*book.bids(1), *book.asks(1), self.market.last().trade_id)


class _Client:
    """What one connection holds: its channels, its budget, and the heartbeats it owes an answer to."""

    def __init__(self, now_ns: int) -> None:
        self.since_ns = now_ns
        self.channels: dict[str, Manner | None] = {}
        self.bucket = TokenBucket(rate_per_s=float(_REQUESTS_PER_S), burst=float(_REQUESTS_PER_S))
        self._asked: list[int] = []  # heartbeats without an answer, as their ids
        self._asked_ns = 0

    def asked(self, now_ns: int) -> int:
        """Note a heartbeat; its id."""
        self._asked_ns = now_ns
        self._asked.append(now_ns // 10**6)
        return self._asked[-1]

    def answered(self, number: object) -> None:
        if number in self._asked:
            self._asked.clear()

    def is_lost(self, now_ns: int) -> bool:
        """Whether the third heartbeat in a row has gone without an answer for five seconds."""
        return len(self._asked) >= _UNANSWERED and now_ns - self._asked_ns > _ANSWER_NS

    def is_shown_whole_books(self) -> bool:
        return any(manner is not None and manner.whole for manner in self.channels.values())


def _manner(name: str, params: dict[str, object]) -> Manner | str | None:
    """How this channel shows the book; None for one that shows none; or why it is refused."""
    found = _CHANNEL.fullmatch(name)
    if found is None or (found[1] != "book" and found[3] is not None):
        return "Unrecognized channel"
    if found[2] != SYMBOL:
        return "Unknown symbol"
    if found[1] != "book":
        return None
    if not (found[3] or "").isdecimal():
        return "Invalid depth"
    kind = _option(params, "book_subscription_type", "bookSubscriptionType") or "SNAPSHOT"
    if kind not in _PERIODS:
        return "Invalid book_subscription_type"
    period_ms = _PERIODS[kind].get(_option(params, "book_update_frequency", "bookUpdateFrequency"))
    if found[3] not in DEPTHS or period_ms is None:
        return "Unsupported depth/interval combination"
    return Manner(DEPTHS[found[3]], period_ms, kind == "SNAPSHOT")


def _option(params: dict[str, object], *spellings: str) -> str:
    """An option under one of its spellings, as text; empty where there is none."""
    return next((str(params[name]) for name in spellings if params.get(name) is not None), "")
