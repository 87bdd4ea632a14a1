"""Coinbase: the Exchange feed under / with its REST pages; Advanced Trade shares port and market.

Source: docs.cdp.coinbase.com Exchange WebSocket (overview, channels, errors), captures of July 2026, and
live probes of September 2026 for what needs a key.
"""

from collections import defaultdict
from uuid import UUID

import orjson

from simulator.book import ASK, BID, Change
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues.batch import Batch
from simulator.venues.cadence import Every
from simulator.venues.coinbase_advanced import AdvancedStream
from simulator.venues.coinbase_rest import CoinbasePages
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.market import Deal, Market, Profile
from simulator.venues.notation import padded, rfc3339_us, trimmed
from simulator.world import World

PROFILE = Profile(
    tick_usd=0.01,
    price_decimals=2,
    level_btc=0.15,
    levels=1_500,
    gap_ticks=60.0,
    changes=4,
    trade_share=0.10,
    move_frames=1,
    trade_frames=3,
    day_volume_btc=8_000.0,
    first_trade_id=1_052_000_000,
)
PRODUCT = "BTC-USD"
_SUBSCRIBE_WITHIN_NS = 5_000_000_000
_TICKER_BATCH_S = 5
_BOOK_BATCH_NS = 50_000_000

_ECHO = {"level2_batch": "level2_50", "ticker_batch": "ticker_1000"}
_OPEN = frozenset(
    {"heartbeat", "ticker", "ticker_batch", "matches", "level2_batch", "status", "auctionfeed", "rfq_matches"}
)
_KEYED = frozenset({"level2", "level3", "full", "user"})
_NEEDS_KEY = (
    "level2, level3, and full channels now require authentication. "
    "https://docs.cloud.coinbase.com/exchange/docs/websocket-auth"
)


class CoinbaseVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market = Market("coinbase", world, PROFILE)
        pages = CoinbasePages(market)
        streams = {"/": ExchangeStream(market, pages), "/advanced": AdvancedStream(market)}
        super().__init__(market, streams, pages)


class ExchangeStream(Stream):
    """`sequence` on the wire is the product's, shared by trades, tickers, heartbeats and REST."""

    symbol = PRODUCT
    foreign_symbol = "ETH-USD"

    def __init__(self, market: Market, pages: CoinbasePages) -> None:
        super().__init__(market)
        self._pages = pages
        self._sessions: dict[Session, list[str]] = {}  # channels by the name that is echoed, in order
        self._silent: dict[Session, int] = {}  # those that have not subscribed yet, and until when they may
        self._members: defaultdict[str, dict[Session, None]] = defaultdict(dict)
        self._second = Every(1)
        self._ticker_batch = Every(_TICKER_BATCH_S)
        self._batch = Batch()  # what level2_50 has not told yet
        self._told_ns = 0

    def opened(self, session: Session, now_ns: int) -> None:
        self._sessions[session] = []
        self._silent[session] = now_ns + _SUBSCRIBE_WITHIN_NS

    def closed(self, session: Session) -> None:
        for channel in self._sessions.pop(session, []):
            self._members[channel].pop(session, None)
        self._silent.pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            session.send('{"type":"error","message":"Malformed JSON"}')
            return
        kind = asked.get("type") if isinstance(asked, dict) else None
        if kind == "subscribe":
            self._subscribe(session, asked, now_ns)
        elif kind == "unsubscribe":
            self._unsubscribe(session, asked)
        else:
            session.send(
                '{"type":"error","message":"Failed to subscribe",'
                '"reason":"Type has to be either subscribe or unsubscribe"}'
            )

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        self._batch.add(changes)
        if members := self._members["level2"]:
            self.tell(members, _l2update(changes, now_ns))

    def traded(self, deal: Deal, now_ns: int) -> None:
        sequence = self._pages.next_sequence()
        if members := self._members["matches"]:
            self.tell(members, _match("match", deal, sequence))
        if members := self._members["ticker"]:
            self.tell(members, self._ticker(now_ns))

    def publish(self, now_ns: int) -> None:
        if now_ns - self._told_ns >= _BOOK_BATCH_NS:
            self.flush(now_ns)

    def flush(self, now_ns: int) -> None:
        if not self._batch:
            return
        self._told_ns = now_ns
        _, bids, asks = self._batch.take()
        if members := self._members["level2_50"]:
            changes = [Change(BID, *level) for level in bids] + [Change(ASK, *level) for level in asks]
            self.tell(members, _l2update(changes, now_ns))

    def heartbeat(self, now_ns: int) -> None:
        for session, until_ns in list(self._silent.items()):
            if now_ns >= until_ns:
                del self._silent[session]
                session.close(1000, "no subscription within 5 seconds")
        if self._second.begun(now_ns) and (members := self._members["heartbeat"]):
            self.tell(members, self._beat(now_ns))
        if self._ticker_batch.begun(now_ns) and (members := self._members["ticker_1000"]):
            self.tell(members, self._ticker(now_ns))

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"type":"subscriptions"')

    def is_change(self, text: str) -> bool:
        return text.startswith('{"type":"l2update"')

    def crossed(self, change: str) -> list[str]:
        """A bid above the best ask, as if the ask's removal had been lost."""
        bid = Change(BID, self.market.book.best_ask() + 250, 12_345_678)
        return [change, _l2update([bid], self.market.changed_ns)]

    def _subscribe(self, session: Session, asked: dict[str, object], now_ns: int) -> None:
        wanted, problem = _channels(asked)
        if not problem and not wanted:
            problem = "No channels provided"
        signed = all(asked.get(field) for field in ("signature", "key", "passphrase", "timestamp"))
        for name, products in wanted:
            if name in _KEYED and not signed:
                problem = problem or _NEEDS_KEY
            elif name not in _OPEN | _KEYED:
                problem = problem or f"{name} is not a valid channel"
            for product in products:
                if product != PRODUCT:
                    problem = problem or f"{product} is not a valid product"
        if problem:
            reason = orjson.dumps(problem).decode()
            session.send(f'{{"type":"error","message":"Failed to subscribe","reason":{reason}}}')
            session.send(self._subscriptions(session))
            return
        self._silent.pop(session, None)
        fresh = []
        for name, _ in wanted:
            echoed = _ECHO.get(name, name)
            if session not in self._members[echoed]:
                self._members[echoed][session] = None
                self._sessions[session].append(echoed)
                fresh.append(echoed)
        session.send(self._subscriptions(session))
        for name in fresh:
            self._welcome(session, name, now_ns)

    def _unsubscribe(self, session: Session, asked: dict[str, object]) -> None:
        wanted, _ = _channels(asked)
        for name, _ in wanted:
            echoed = _ECHO.get(name, name)
            if self._members[echoed].pop(session, 0) is None:
                self._sessions[session].remove(echoed)
        session.send(self._subscriptions(session))

    def _subscriptions(self, session: Session) -> str:
        channels = ",".join(
            [
                f'{{"name":"{name}","product_ids":["{PRODUCT}"],"account_ids":null}}'
                for name in self._sessions[session]
            ]
        )
        return f'{{"type":"subscriptions","channels":[{channels}]}}'

    def _welcome(self, session: Session, name: str, now_ns: int) -> None:
        if name in ("level2_50", "level2"):
            session.send(self._snapshot(now_ns))
        elif name == "matches":
            session.send(_match("last_match", self.market.last(), self._pages.sequence))
        elif name in ("ticker", "ticker_1000"):
            session.send(self._ticker(now_ns))

    def _snapshot(self, now_ns: int) -> str:
        def rows(levels: list[tuple[int, int]]) -> str:
            return ",".join([f'["{padded(price, 2)}","{padded(size, 8)}"]' for price, size in levels])

        book = self.market.book
        return (
            f'{{"type":"snapshot","product_id":"{PRODUCT}","asks":[{rows(book.asks())}],'
            f'"bids":[{rows(book.bids())}],"time":"{rfc3339_us(now_ns)}"}}'
        )

    def _beat(self, now_ns: int) -> str:
        return (
            f'{{"type":"heartbeat","last_trade_id":{self.market.last().trade_id},"product_id":"{PRODUCT}",'
            f'"sequence":{self._pages.next_sequence()},"time":"{rfc3339_us(now_ns)}"}}'
        )

    def _ticker(self, now_ns: int) -> str:
        market = self.market
        deal = market.last()
        (bid, bid_size), (ask, ask_size) = market.book.bids(1)[0], market.book.asks(1)[0]
        volume = market.day_volume(now_ns)
        return (
            f'{{"type":"ticker","sequence":{self._pages.sequence},"product_id":"{PRODUCT}",'
            f'"price":"{trimmed(deal.price, 2)}","open_24h":"{trimmed(market.day_open, 2)}",'
            f'"volume_24h":"{padded(volume, 8)}","low_24h":"{trimmed(market.day_low, 2)}",'
            f'"high_24h":"{trimmed(market.day_high, 2)}","volume_30d":"{padded(volume * 30, 8)}",'
            f'"best_bid":"{padded(bid, 2)}","best_bid_size":"{padded(bid_size, 8)}",'
            f'"best_ask":"{padded(ask, 2)}","best_ask_size":"{padded(ask_size, 8)}","side":"{deal.taker}",'
            f'"time":"{rfc3339_us(deal.at_ns)}","trade_id":{deal.trade_id},'
            f'"last_size":"{trimmed(deal.size, 8)}"}}'
        )


def _channels(asked: dict[str, object]) -> tuple[list[tuple[str, list[str]]], str]:
    """Channels with their products: a channel is a name, or an object with products of its own."""
    shared = asked.get("product_ids", [])
    listed = asked.get("channels", [])
    if not isinstance(shared, list) or not isinstance(listed, list):
        return [], "Malformed JSON"
    channels = []
    for entry in listed:
        own = entry if isinstance(entry, dict) else {"name": entry}
        products = own.get("product_ids") or shared
        if not products and asked.get("type") == "subscribe" and own.get("name") != "status":
            return [], " is not a valid product"
        channels.append((str(own.get("name", "")), [str(product) for product in products]))
    return channels, ""


def _l2update(changes: list[Change], now_ns: int) -> str:
    rows = ",".join(
        [
            f'["{"buy" if side == BID else "sell"}","{padded(price, 2)}","{padded(size, 8)}"]'
            for side, price, size in changes
        ]
    )
    return f'{{"type":"l2update","product_id":"{PRODUCT}","changes":[{rows}],"time":"{rfc3339_us(now_ns)}"}}'


def _match(kind: str, deal: Deal, sequence: int) -> str:
    maker_side = "sell" if deal.taker == "buy" else "buy"
    return (
        f'{{"type":"{kind}","trade_id":{deal.trade_id},"maker_order_id":"{UUID(int=deal.maker_no)}",'
        f'"taker_order_id":"{UUID(int=deal.taker_no)}","side":"{maker_side}",'
        f'"size":"{trimmed(deal.size, 8)}","price":"{trimmed(deal.price, 2)}","product_id":"{PRODUCT}",'
        f'"sequence":{sequence},"time":"{rfc3339_us(deal.at_ns)}"}}'
    )
