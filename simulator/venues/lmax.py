"""LMAX Digital's public data API: the WebSocket under /v1/web-socket and the REST pages.

Source: the LMAX Public Data API's reference, version 0.1 (messages, statuses, error codes, limits). The
book is sent whole and at most once a second; there is no sequence and no checksum.
"""

from collections.abc import Iterable

import orjson

from simulator.book import Change
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues.cadence import Every
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.limits import TokenBucket
from simulator.venues.lmax_frames import INSTRUMENT, error, order_book, row, subscriptions, ticker
from simulator.venues.lmax_rest import LmaxPages
from simulator.venues.market import Deal, Market, Profile
from simulator.world import World

PROFILE = Profile(
    tick_usd=0.01,
    price_decimals=2,
    level_btc=0.35,
    levels=120,
    gap_ticks=250.0,
    changes=6,
    trade_share=0.1,
    move_frames=1,
    trade_frames=1,
    day_volume_btc=900.0,
    first_trade_id=3_400_000_000,
)
CHANNELS = ("ORDER_BOOK", "TICKER")
_LATEST_NS = 1_100_000_000  # a book goes out this long after the last one, if nobody calls for it before
_PING_EVERY_S = 3
_PINGS_UNANSWERED = 3  # of theirs, before it hangs up
_CLIENT_PING_NS = 30_000_000_000  # and this far apart the client's own must be
_MAINTENANCE = '{"type":"STATUS","description":"The service is currently unavailable","status":"MAINTENANCE"}'


class LmaxVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market = Market("lmax", world, PROFILE)
        super().__init__(market, {"/v1/web-socket": LmaxStream(market)}, LmaxPages(market))


class LmaxStream(Stream):
    """Two channels. The book waits for the next second; a ticker is sent at each trade."""

    symbol = INSTRUMENT
    foreign_symbol = "eth-usd"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._clients: dict[Session, _Client] = {}
        self._changed = False
        self._sent_ns = 0
        self._ping = Every(_PING_EVERY_S)

    def opened(self, session: Session, now_ns: int) -> None:
        self._clients[session] = _Client()

    def closed(self, session: Session) -> None:
        self._clients.pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        client = self._clients[session]
        if not client.bucket.take(now_ns):
            session.send(error("TOO_MANY_REQUESTS", "Too many requests."))
            return
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            session.send(error("PARSING_ERROR", "Message could not be parsed."))
            return
        try:
            kind = asked["type"]
            wanted = [(str(entry["name"]), list(entry["instruments"])) for entry in asked["channels"]]
        except (KeyError, TypeError):
            session.send(error("BAD_REQUEST", "Bad request."))
            return
        if kind not in ("SUBSCRIBE", "UNSUBSCRIBE"):
            session.send(error("BAD_REQUEST", "Bad request."))
        elif any(name not in CHANNELS for name, _ in wanted):
            session.send(error("CHANNEL_UNAVAILABLE", "Channel unavailable."))
        elif any(instruments != [INSTRUMENT] for _, instruments in wanted):
            session.send(error("INSTRUMENT_NOT_FOUND", "Instrument not found."))
        else:
            self._subscribe(client, kind == "SUBSCRIBE", {name for name, _ in wanted})
            session.send(subscriptions(client.channels))

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        self._changed = True

    def traded(self, deal: Deal, now_ns: int) -> None:
        if members := self._members("TICKER"):
            self.tell(members, ticker(self.market, deal, now_ns))

    def flush(self, now_ns: int) -> None:
        if self._changed:
            self._changed = False
            self._sent_ns = now_ns
            if members := self._members("ORDER_BOOK"):
                self.tell(members, order_book(self.market.book, now_ns))

    def heartbeat(self, now_ns: int) -> None:
        if now_ns - self._sent_ns >= _LATEST_NS:
            self.flush(now_ns)
        pings = self._ping.begun(now_ns)
        for session, client in list(self._clients.items()):
            if client.pings_too_often(session.heard_pings, now_ns):
                session.close(1008, "too many pings")
            elif pings and client.unanswered(session.heard_pongs) >= _PINGS_UNANSWERED:
                session.close(1000)
            elif pings:
                session.ping(b"")

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        if kind == "reconnect_request":
            return [text, _MAINTENANCE]
        return super().fault(kind, session, text)

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"type":"SUBSCRIPTIONS"')

    def is_change(self, text: str) -> bool:
        return text.startswith('{"type":"ORDER_BOOK"')

    def crossed(self, change: str) -> list[str]:
        """The frame with one more bid, above the best ask."""
        head, _, tail = change.partition('"bids":[')
        comma = "" if tail.startswith("]") else ","
        return [f'{head}"bids":[{row(self.market.book.best_ask() + 250, 12_345_678)}{comma}{tail}']

    def _subscribe(self, client: "_Client", joins: bool, names: Iterable[str]) -> None:
        for name in CHANNELS:
            if name in names and name in client.channels:
                client.channels.remove(name)
            if name in names and joins:
                client.channels.append(name)
        # Whoever comes new is sent the next book, changed or not.
        self._changed = True

    def _members(self, channel: str) -> list[Session]:
        return [session for session, client in self._clients.items() if channel in client.channels]


class _Client:
    """What one connection has asked for, and how it keeps to the rules."""

    def __init__(self) -> None:
        self.channels: list[str] = []
        self.bucket = TokenBucket(rate_per_s=1.0, burst=1.0)
        self._heard_pings = 0
        self._pinged_ns = -_CLIENT_PING_NS
        self._heard_pongs = -1
        self._unanswered = 0

    def pings_too_often(self, heard: int, now_ns: int) -> bool:
        """Take how many pings the client has sent so far."""
        new, self._heard_pings = heard - self._heard_pings, heard
        if not new:
            return False
        since_ns, self._pinged_ns = now_ns - self._pinged_ns, now_ns
        return new > 1 or since_ns < _CLIENT_PING_NS

    def unanswered(self, heard: int) -> int:
        """Take how many pongs came so far, before each ping; how many pings in a row have had none."""
        self._unanswered = 0 if heard != self._heard_pongs else self._unanswered + 1
        self._heard_pongs = heard
        return self._unanswered
