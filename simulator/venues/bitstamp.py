"""Bitstamp: WebSocket v2 under / and the REST pages below /api/v2/.

Source: www.bitstamp.net/websocket/v2/, captures of 2021, 2022 and August 2026, live probes of September
2026. There is no ticker channel, no sequence and no checksum.
"""

import re
from collections import defaultdict
from functools import lru_cache

import orjson

from simulator.book import Change
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues.batch import Batch
from simulator.venues.bitstamp_rest import BitstampPages
from simulator.venues.cadence import Every
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.market import Deal, Market, Profile
from simulator.venues.notation import padded, trimmed
from simulator.world import World

_TOP = 100  # levels a side in order_book
PROFILE = Profile(
    tick_usd=0.01,
    price_decimals=2,
    level_btc=0.25,
    levels=1_000,
    gap_ticks=110.0,
    changes=8,
    trade_share=0.06,
    move_frames=1,
    trade_frames=2,
    day_volume_btc=1_200.0,
    first_trade_id=590_000_000,
    shown_levels=_TOP,
)
_BOOK_EVERY_NS = 80_000_000  # order_book was seen every 80 to 150 ms
_DIFF_EVERY = 3  # of so many changes of the book diff_order_book tells at once; it is sampled more slowly
_DIFF_LATEST_NS = 400_000_000
_PING_EVERY_S = 54
_FRAME_LIMIT = 512  # bytes of a client's frame
_CHANNEL_LIMIT = 1_024

_ORDER_BOOK = "order_book_btcusd"
_DIFFS = "diff_order_book_btcusd"
_TRADES = "live_trades_btcusd"
_CHANNEL = re.compile(r"(order_book|diff_order_book|detail_order_book|live_trades|live_orders)_[a-z0-9-]+")


class BitstampVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market = Market("bitstamp", world, PROFILE)
        super().__init__(market, {"/": BitstampStream(market)}, BitstampPages(market))


class BitstampStream(Stream):
    """Nothing is sent at subscribe time; the first frame of a channel is the next change.

    detail_order_book and live_orders are acknowledged and stay silent.
    """

    symbol = "_btcusd"
    foreign_symbol = "_ethusd"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._sessions: dict[Session, set[str]] = {}
        self._members: defaultdict[str, dict[Session, None]] = defaultdict(dict)
        self._events = 0
        self._batch = Batch()  # what the next diff frame says
        self._is_shown = True  # the book as it stands
        self._book_ns = 0
        self._diff_ns = 0
        self._ping = Every(_PING_EVERY_S)
        self._said_null = False

    def opened(self, session: Session, now_ns: int) -> None:
        self._sessions[session] = set()

    def closed(self, session: Session) -> None:
        for channel in self._sessions.pop(session):
            self._members[channel].pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        if len(text.encode()) >= _FRAME_LIMIT:
            session.close(1009, "read limited at 513 bytes")
            return
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            session.send(_error("Incorrect JSON format."))
            return
        event = asked.get("event") if isinstance(asked, dict) else None
        data = asked.get("data") if isinstance(asked, dict) else None
        channel = data.get("channel") if isinstance(data, dict) else None
        if event == "bts:heartbeat":
            session.send('{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}')
        elif event not in ("bts:subscribe", "bts:unsubscribe") or not isinstance(channel, str):
            session.send(_error("Bad subscription string."))
        elif channel.startswith("private-"):
            session.send(_error("Connection is unauthorized.", "4009"))
        elif not _CHANNEL.fullmatch(channel):
            session.send(_error("Invalid channel provided."))
        elif event == "bts:subscribe":
            self._subscribe(session, channel)
        else:
            self._sessions[session].discard(channel)
            self._members[channel].pop(session, None)
            session.send(f'{{"event":"bts:unsubscription_succeeded","channel":"{channel}","data":{{}}}}')

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        self._batch.add(changes)
        self._events += 1
        self._is_shown = False
        if self._events % _DIFF_EVERY == 0:
            self._send_diff(now_ns)

    def traded(self, deal: Deal, now_ns: int) -> None:
        if members := self._members[_TRADES]:
            self.tell(members, _trade(deal))

    def publish(self, now_ns: int) -> None:
        if now_ns - self._book_ns >= _BOOK_EVERY_NS:
            self._show_book(now_ns)
        if now_ns - self._diff_ns > _DIFF_LATEST_NS:
            self._send_diff(now_ns)

    def heartbeat(self, now_ns: int) -> None:
        if self._ping.begun(now_ns):
            for session in self._sessions:
                session.ping(b"")

    def flush(self, now_ns: int) -> None:
        self._show_book(now_ns)
        self._send_diff(now_ns)

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        if kind == "reconnect_request":
            # Documented with data null and, in older copies, with an empty string: both, in turn.
            self._said_null = not self._said_null
            data = "null" if self._said_null else '""'
            return [text, f'{{"event":"bts:request_reconnect","channel":"","data":{data}}}']
        return super().fault(kind, session, text)

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"event":"bts:subscription_succeeded"')

    def is_change(self, text: str) -> bool:
        return text.endswith('"event":"data"}')

    def crossed(self, change: str) -> list[str]:
        """The frame with one more bid, above the best ask."""
        head, _, tail = change.partition('"bids":[')
        comma = "" if tail.startswith("]") else ","
        return [f'{head}"bids":[{_row(self.market.book.best_ask() + 250, 12_345_678)}{comma}{tail}']

    def _subscribe(self, session: Session, channel: str) -> None:
        if len(self._sessions[session]) >= _CHANNEL_LIMIT:
            session.close(1000)
            return
        # A pair that does not exist is acknowledged too; nothing ever comes for it.
        self._sessions[session].add(channel)
        self._members[channel][session] = None
        session.send(f'{{"event":"bts:subscription_succeeded","channel":"{channel}","data":{{}}}}')

    def _show_book(self, now_ns: int) -> None:
        if self._is_shown:
            return
        self._is_shown = True
        self._book_ns = now_ns
        if members := self._members[_ORDER_BOOK]:
            book = self.market.book
            self.tell(members, _book(_ORDER_BOOK, book.bids(_TOP), book.asks(_TOP), now_ns))

    def _send_diff(self, now_ns: int) -> None:
        if not self._batch:
            return
        _, bids, asks = self._batch.take()
        self._diff_ns = now_ns
        if members := self._members[_DIFFS]:
            self.tell(members, _book(_DIFFS, bids, asks, now_ns))


def _book(channel: str, bids: list[tuple[int, int]], asks: list[tuple[int, int]], now_ns: int) -> str:
    bid_text, ask_text = (",".join([_row(*level) for level in levels]) for levels in (bids, asks))
    return (
        f'{{"data":{{"timestamp":"{now_ns // 10**9}","microtimestamp":"{now_ns // 1_000}",'
        f'"bids":[{bid_text}],"asks":[{ask_text}]}},"channel":"{channel}","event":"data"}}'
    )


@lru_cache(maxsize=4 * _TOP)  # of the two hundred levels of a frame few are new
def _row(price: int, size: int) -> str:
    return f'["{padded(price, 2)}","{padded(size, 8)}"]'


def _trade(deal: Deal) -> str:
    order = 2_017_614_000_000_000
    price, amount = padded(deal.price, 2), padded(deal.size, 8)
    maker, taker = order + deal.maker_no % 10**9, order + 10**9 + deal.taker_no % 10**9
    buyer, seller = (taker, maker) if deal.taker == "buy" else (maker, taker)
    return (
        f'{{"data":{{"id":{deal.trade_id},"timestamp":"{deal.at_ns // 10**9}",'
        f'"amount":{trimmed(deal.size, 8)},"amount_str":"{amount}",'
        f'"price":{trimmed(deal.price, 2)},"price_str":"{price}","type":{int(deal.taker == "sell")},'
        f'"microtimestamp":"{deal.at_ns // 1_000}","buy_order_id":{buyer},"sell_order_id":{seller}}},'
        f'"channel":"{_TRADES}","event":"trade"}}'
    )


def _error(message: str, code: str | None = None) -> str:
    shown = "null" if code is None else f'"{code}"'
    return f'{{"event":"bts:error","channel":"","data":{{"code":{shown},"message":"{message}"}}}}'
