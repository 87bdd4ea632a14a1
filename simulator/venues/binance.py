"""Binance and Binance.US: raw streams under /ws/<stream>, combined ones under /stream, REST below /api/v3/.

Source: binance/binance-spot-api-docs (2026-07) and binance-us-api-docs (2024-06), captures of 2021, 2024
and 2026. The stream brings no snapshot: whoever wants the book takes it from the REST side, whose
lastUpdateId may lie in the middle of what the next depthUpdate tells.
"""

import time
from collections import defaultdict
from typing import NamedTuple

from simulator.book import Change
from simulator.server import Reply, Request
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues import binance_commands as commands
from simulator.venues import binance_frames as frames
from simulator.venues.batch import Batch, Levels
from simulator.venues.binance_rest import BinancePages
from simulator.venues.cadence import Every
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market, Profile
from simulator.world import World


class Rules(NamedTuple):
    """What the two houses do differently. pong_within_s: how long a ping may stay unanswered."""

    symbol: str
    ping_every_s: int
    pong_within_s: int
    weight_limit: int
    first_update_id: int


PROFILE = Profile(
    tick_usd=0.01,
    price_decimals=2,
    level_btc=0.15,
    levels=1_200,
    gap_ticks=60.0,
    changes=8,
    trade_share=0.2,
    move_frames=2,
    trade_frames=3,
    day_volume_btc=15_000.0,
    first_trade_id=6_486_000_000,
)
RULES = Rules("BTCUSDT", 20, 60, 6_000, 97_109_000_000)
US_PROFILE = PROFILE._replace(
    level_btc=0.05,
    levels=500,
    gap_ticks=180.0,
    changes=2,
    trade_share=0.08,
    day_volume_btc=60.0,
    first_trade_id=28_000_000,
)
US_RULES = Rules("BTCUSD", 180, 600, 1_200, 3_793_000_000)

_FAST, _SLOW = "depth@100ms", "depth"
_MESSAGES_PER_S = 5
_STREAM_LIMIT = 1_024
_CONNECTIONS, _CONNECTIONS_PER_S = 300, 1.0  # 300 in five minutes
_LIFETIME_NS = 24 * 3_600 * 1_000_000_000
_POLICY = 1008


class _House(Exchange):
    def __init__(self, name: str, profile: Profile, rules: Rules, world: World) -> None:
        market = Market(name, world, profile)
        pages = BinancePages(market, rules.symbol, rules.first_update_id, rules.weight_limit)
        super().__init__(market, {"/stream": BinanceStream(market, pages, rules)}, pages)
        self._attempts = TokenBucket(rate_per_s=_CONNECTIONS_PER_S, burst=_CONNECTIONS)

    def admit(self, request: Request) -> Reply | None:
        if not self._attempts.take(time.time_ns()):
            return Reply(429, b"Too many connections")
        return super().admit(request)

    @staticmethod
    def _path(path: str) -> str:
        return "/stream" if path.rstrip("/") == "/ws" or path.startswith("/ws/") else path.rstrip("/")


class BinanceVenue(_House):
    def __init__(self, settings: Settings, world: World) -> None:
        super().__init__("binance", PROFILE, RULES, world)


class BinanceUsVenue(_House):
    def __init__(self, settings: Settings, world: World) -> None:
        super().__init__("binance_us", US_PROFILE, US_RULES, world)


class _Client:
    """One connection: its streams in the order asked for, how they are written, and its duties."""

    def __init__(self, combined: bool, opened_ns: int) -> None:
        self.combined = combined
        self.opened_ns = opened_ns
        self.streams: list[str] = []
        self.bucket = TokenBucket(rate_per_s=_MESSAGES_PER_S, burst=_MESSAGES_PER_S)
        self.controls = 0  # pings and pongs of the client's that were charged
        self.pongs = 0
        self.waits_since_ns = 0  # since when a ping of ours is not answered; 0: none is


class BinanceStream(Stream):
    """A stream that does not exist is acknowledged like any other and stays silent."""

    def __init__(self, market: Market, pages: BinancePages, rules: Rules) -> None:
        super().__init__(market)
        self.symbol = rules.symbol
        self.foreign_symbol = rules.symbol.replace("BTC", "ETH")
        self._pages = pages
        self._pong_within_ns = rules.pong_within_s * 1_000_000_000
        self._clients: dict[Session, _Client] = {}
        self._members: defaultdict[str, dict[Session, _Client]] = defaultdict(dict)
        self._batches = {name: Batch(pages.update_id) for name in (_FAST, _SLOW)}
        self._touch = self._best()
        self._shown = 0  # update that the fast partial books have shown
        self._ping = Every(rules.ping_every_s)
        self._second = Every(1)

    def opened(self, session: Session, now_ns: int) -> None:
        combined = session.path.startswith("/stream")
        self._clients[session] = client = _Client(combined, now_ns)
        if combined:
            names = dict(session.query).get("streams", "").split("/")
        else:
            names = session.path.removeprefix("/ws").split("/")
        self._join(session, client, [name for name in names if name])

    def closed(self, session: Session) -> None:
        for name in self._clients.pop(session).streams:
            self._members[name].pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        client = self._clients[session]
        if not client.bucket.take(now_ns):
            session.close(_POLICY, "Too many requests")
            return
        command = commands.read(text)
        if isinstance(command, commands.Refusal):
            session.send(command.text())
        else:
            self._answer(session, client, command)

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        self._pages.update_id += len(changes)
        for batch in self._batches.values():
            batch.add(changes)
        touch = self._best()
        if touch != self._touch:
            self._touch = touch
            if self._is_followed("bookTicker"):
                self._say("bookTicker", frames.book_ticker(self.symbol, self._pages.update_id, touch))

    def traded(self, deal: Deal, now_ns: int) -> None:
        if self._is_followed("trade"):
            self._say("trade", frames.trade(self.symbol, deal))
        if self._is_followed("aggTrade"):
            self._say("aggTrade", frames.agg_trade(self.symbol, deal))

    def heartbeat(self, now_ns: int) -> None:
        self._send_depth(_FAST, now_ns)
        if self._pages.update_id != self._shown:
            self._shown = self._pages.update_id
            self._send_partial("@100ms")
        if self._second.begun(now_ns):
            self._send_depth(_SLOW, now_ns)
            self._send_partial("")
            if self._is_followed("ticker"):
                self._say("ticker", frames.day_ticker(self.symbol, self.market, now_ns))
            if self._is_followed("miniTicker"):
                self._say("miniTicker", frames.mini_ticker(self.symbol, self.market, now_ns))
        pings = self._ping.begun(now_ns)
        for session, client in list(self._clients.items()):
            self._attend(session, client, pings, now_ns)

    def flush(self, now_ns: int) -> None:
        for name in self._batches:
            self._send_depth(name, now_ns)

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        if kind == "reconnect_request":
            event = frames.shutdown(time.time_ns())
            combined = self._clients[session].combined
            return [text, frames.wrapped("!serverShutdown", event) if combined else event]
        return super().fault(kind, session, text)

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"result":null,')

    def is_change(self, text: str) -> bool:
        return '"e":"depthUpdate"' in text[:80]

    def crossed(self, change: str) -> list[str]:
        """The frame with one more bid, above the best ask."""
        head, _, tail = change.partition('"b":[')
        comma = "" if tail.startswith("]") else ","
        return [f'{head}"b":[{frames.rows([(self.market.book.best_ask() + 250, 12_345_678)])}{comma}{tail}']

    def foreign(self, change: str) -> list[str]:
        other = change.replace(self.symbol, self.foreign_symbol)
        return [change, other.replace(self.symbol.lower(), self.foreign_symbol.lower())]

    def _answer(self, session: Session, client: _Client, command: commands.Command) -> None:
        value: object = None
        if command.method == "LIST_SUBSCRIPTIONS":
            value = client.streams
        elif command.method == "UNSUBSCRIBE":
            self._leave(session, client, command.params)
        elif command.method == "GET_PROPERTY":
            value = client.combined
        elif command.method == "SET_PROPERTY":
            client.combined = command.params[1]
        elif len({*client.streams, *command.params}) > _STREAM_LIMIT:
            session.close(_POLICY, "Too many streams")
            return
        else:
            self._join(session, client, command.params)
        session.send(commands.result(value, command.number))

    def _join(self, session: Session, client: _Client, names: list[str]) -> None:
        for name in names:
            if name not in client.streams:
                client.streams.append(name)
                self._members[name][session] = client

    def _leave(self, session: Session, client: _Client, names: list[str]) -> None:
        for name in names:
            if name in client.streams:
                client.streams.remove(name)
                self._members[name].pop(session, None)

    def _is_followed(self, stream: str) -> bool:
        return bool(self._members.get(f"{self.symbol.lower()}@{stream}"))

    def _say(self, stream: str, event: str) -> None:
        """Tell whoever follows this stream of ours, each in the form of their connection."""
        name = f"{self.symbol.lower()}@{stream}"
        wrapped = frames.wrapped(name, event)
        for session, client in self._members[name].items():
            session.send(wrapped if client.combined else event)

    def _send_depth(self, stream: str, now_ns: int) -> None:
        last = self._pages.update_id
        batch = self._batches[stream]
        if last == batch.last:
            return
        before, bids, asks = batch.take(last)
        if self._is_followed(stream):
            self._say(stream, frames.depth_update(self.symbol, before + 1, last, bids, asks, now_ns))

    def _send_partial(self, cadence: str) -> None:
        last = self._pages.update_id
        for levels in (5, 10, 20):
            stream = f"depth{levels}{cadence}"
            if self._is_followed(stream):
                book = self.market.book
                self._say(stream, frames.partial_depth(last, book.bids(levels), book.asks(levels)))

    def _attend(self, session: Session, client: _Client, pings: bool, now_ns: int) -> None:
        """Charge the client's own pings and pongs, wait for its pong, end its day."""
        if session.heard_pongs != client.pongs:
            client.pongs, client.waits_since_ns = session.heard_pongs, 0
        controls = session.heard_pings + session.heard_pongs
        heard, client.controls = controls - client.controls, controls
        if heard and not client.bucket.take(now_ns, min(heard, _MESSAGES_PER_S + 1)):
            session.close(_POLICY, "Too many requests")
        elif now_ns - client.opened_ns >= _LIFETIME_NS:
            session.close(1000, "24 hours are over")
        elif client.waits_since_ns and now_ns - client.waits_since_ns >= self._pong_within_ns:
            session.close(_POLICY, "Pong timeout")
        elif pings:
            client.waits_since_ns = client.waits_since_ns or now_ns
            session.ping(str(now_ns // 1_000_000).encode())

    def _best(self) -> Levels:
        return self.market.book.bids(1) + self.market.book.asks(1)
