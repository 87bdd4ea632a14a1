"""Gemini: the new WebSocket under /, the archived v2 under /v2/marketdata, and the REST pages.

Source: docs.gemini.com WebSocket API 0.10.7 (streams, methods, rate limits) and live probes of
September 2026. Update ids are contiguous when U equals the previous u; stamps are nanoseconds.
"""

import re
from collections import defaultdict

import orjson

from simulator.book import Change
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues.batch import Batch
from simulator.venues.cadence import Every
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.gemini_rest import GeminiPages
from simulator.venues.gemini_v2 import GeminiV2Stream
from simulator.venues.limits import TokenBucket
from simulator.venues.market import Deal, Market, Profile
from simulator.venues.notation import padded
from simulator.world import World

PROFILE = Profile(
    tick_usd=0.01,
    price_decimals=2,
    level_btc=0.08,
    levels=900,
    gap_ticks=140.0,
    changes=3,
    trade_share=0.05,
    move_frames=1,
    trade_frames=2,
    day_volume_btc=700.0,
    first_trade_id=2_840_141_000_000_000,
)
SYMBOL = "btcusd"
_PING_EVERY_S = 20
_FIRST_UPDATE_ID = 1_764_527_605_191_349
_FAST, _SLOW = "depth@100ms", "depth"
_STREAM = re.compile(rf"{SYMBOL}@(depth(5|10|20)?(@100ms)?|trade|bookTicker)")
_MESSAGE_LIMIT = 7_000  # weight in ten seconds

_INVALID_STREAM, _UNSUPPORTED, _TOO_MANY = -1013, -1020, -1003


class GeminiVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market = Market("gemini", world, PROFILE)
        streams = {"/": GeminiStream(market), "/v2/marketdata": GeminiV2Stream(market)}
        super().__init__(market, streams, GeminiPages(market))


class GeminiStream(Stream):
    symbol = SYMBOL
    foreign_symbol = "ethusd"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._sessions: dict[Session, _Connection] = {}
        self._members: defaultdict[str, dict[Session, None]] = defaultdict(dict)
        self._update_id = _FIRST_UPDATE_ID
        self._batches = {name: Batch(_FIRST_UPDATE_ID) for name in (_FAST, _SLOW)}
        self._top = self._touch()
        self._ping = Every(_PING_EVERY_S)
        self._second = Every(1)

    def opened(self, session: Session, now_ns: int) -> None:
        self._sessions[session] = _Connection()

    def closed(self, session: Session) -> None:
        for name in self._sessions.pop(session).streams:
            self._members[name].pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            asked = None
        if not isinstance(asked, dict):
            session.send(_refusal(None, _UNSUPPORTED, "Unsupported operation"))
            return
        number, method, params = asked.get("id"), asked.get("method"), asked.get("params") or []
        connection = self._sessions[session]
        if not connection.bucket.take(now_ns):
            session.send(_refusal(number, _TOO_MANY, "Too many requests"))
        elif method in ("subscribe", "unsubscribe") and isinstance(params, list):
            self._change(session, str(method), [str(name) for name in params], number, now_ns)
        elif method == "ping":
            session.send(_success(number))
        elif method == "list_subscriptions":
            session.send(_success(number, f',"result":{orjson.dumps(connection.streams).decode()}'))
        elif method == "conninfo":
            session.send(_success(number, connection.limits()))
        else:
            session.send(_refusal(number, _UNSUPPORTED, "Unsupported operation"))

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        self._update_id += 7 * len(changes) + 1
        for batch in self._batches.values():
            batch.add(changes)
        top = self._touch()
        if top != self._top:
            self._top = top
            if members := self._members[f"{SYMBOL}@bookTicker"]:
                self.tell(members, self._book_ticker(now_ns))

    def traded(self, deal: Deal, now_ns: int) -> None:
        if members := self._members[f"{SYMBOL}@trade"]:
            self.tell(members, _trade(deal))

    def heartbeat(self, now_ns: int) -> None:
        self._send_depth(_FAST, now_ns)
        self._send_partial("@100ms")
        if self._second.begun(now_ns):
            self._send_depth(_SLOW, now_ns)
            self._send_partial("")
        if self._ping.begun(now_ns):
            for session in self._sessions:
                session.ping(b"")

    def flush(self, now_ns: int) -> None:
        for name in self._batches:
            self._send_depth(name, now_ns)

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"id":') and text.endswith('"status":200}')

    def is_change(self, text: str) -> bool:
        return text.startswith('{"e":"depthUpdate"')

    def crossed(self, change: str) -> list[str]:
        """The frame with one more bid, above the best ask."""
        head, _, tail = change.partition('"b":[')
        comma = "" if tail.startswith("]") else ","
        return [f'{head}"b":[{_rows([(self.market.book.best_ask() + 250, 12_345_678)])}{comma}{tail}']

    def _change(self, session: Session, method: str, names: list[str], number: object, now_ns: int) -> None:
        """One name that does not exist rejects all of them."""
        for name in names:
            if not _STREAM.fullmatch(name):
                session.send(_refusal(number, _INVALID_STREAM, f"Invalid stream name: {name}"))
                return
        held = self._sessions[session].streams
        for name in names:
            if method == "unsubscribe":
                self._members[name].pop(session, None)
                if name in held:
                    held.remove(name)
            elif name not in held:
                held.append(name)
                cadence = name.partition("@")[2]
                if cadence in self._batches:
                    self._send_depth(cadence, now_ns)  # to the others: what follows a snapshot joins on to it
                    self._send_snapshot(session, now_ns)
                self._members[name][session] = None
        session.send(_success(number))

    def _send_snapshot(self, session: Session, now_ns: int) -> None:
        """The first depthUpdate, before the acknowledgement and without any mark: U equals u."""
        wanted = dict(session.query).get("snapshot", "0")
        if wanted == "-1":
            limit = None
        elif wanted.isdecimal() and int(wanted) > 0:
            limit = int(wanted)
        else:
            return
        book, at = self.market.book, self._update_id
        session.send(_depth(at, at, book.bids(limit), book.asks(limit), now_ns))

    def _send_depth(self, stream: str, now_ns: int) -> None:
        """Tell what has changed since the last time, if anything has."""
        batch, last = self._batches[stream], self._update_id
        if last == batch.last:
            return
        before, bids, asks = batch.take(last)
        if members := self._members[f"{SYMBOL}@{stream}"]:
            self.tell(members, _depth(before, last, bids, asks, now_ns))

    def _send_partial(self, cadence: str) -> None:
        for limit in (5, 10, 20):
            if members := self._members[f"{SYMBOL}@depth{limit}{cadence}"]:
                self.tell(members, self._partial(limit))

    def _book_ticker(self, now_ns: int) -> str:
        (bid, bid_size), (ask, ask_size) = self.market.book.bids(1)[0], self.market.book.asks(1)[0]
        return (
            f'{{"u":{self._update_id},"E":{now_ns},"s":"{SYMBOL}","b":"{_price(bid)}","B":"{_size(bid_size)}",'
            f'"a":"{_price(ask)}","A":"{_size(ask_size)}"}}'
        )

    def _partial(self, limit: int) -> str:
        book = self.market.book
        return (
            f'{{"lastUpdateId":{self._update_id},"symbol":"{SYMBOL}",'
            f'"bids":[{_rows(book.bids(limit))}],"asks":[{_rows(book.asks(limit))}]}}'
        )

    def _touch(self) -> list[tuple[int, int]]:
        return self.market.book.bids(1) + self.market.book.asks(1)


class _Connection:
    """Streams of one connection in the order asked for, and its budget."""

    def __init__(self) -> None:
        self.streams: list[str] = []
        self.bucket = TokenBucket(rate_per_s=_MESSAGE_LIMIT / 10, burst=float(_MESSAGE_LIMIT))

    def limits(self) -> str:
        rows = (
            ("REQUEST_WEIGHT", "SECOND", 10, _MESSAGE_LIMIT, 33),
            ("ORDERS", "SECOND", 10, 3_500, 0),
            ("ORDERS", "DAY", 1, 10_000_000, 0),
            ("CONNECTION_ATTEMPTS", "MINUTE", 5, 300, 2),
        )
        shown = ",".join(
            [
                f'{{"rateLimitType":"{kind}","interval":"{interval}","intervalNum":{number},'
                f'"limit":{limit},"count":{count}}}'
                for kind, interval, number, limit, count in rows
            ]
        )
        return f',"rateLimits":[{shown}]'


def _price(ticks: int) -> str:
    return padded(ticks, 2) + "000"  # prices have five decimals on this stream


def _size(lots: int) -> str:
    return padded(lots, 8) + "00"  # and sizes ten


def _rows(levels: list[tuple[int, int]]) -> str:
    return ",".join([f'["{_price(price)}","{_size(size)}"]' for price, size in levels])


def _depth(
    first: int, last: int, bids: list[tuple[int, int]], asks: list[tuple[int, int]], now_ns: int
) -> str:
    return (
        f'{{"e":"depthUpdate","E":{now_ns},"s":"{SYMBOL}","U":{first},"u":{last},'
        f'"b":[{_rows(bids)}],"a":[{_rows(asks)}]}}'
    )


def _trade(deal: Deal) -> str:
    buyer_is_maker = "true" if deal.taker == "sell" else "false"
    return (
        f'{{"E":{deal.at_ns},"s":"{SYMBOL}","t":{deal.trade_id},"p":"{_price(deal.price)}",'
        f'"q":"{_size(deal.size)}","m":{buyer_is_maker}}}'
    )


def _success(number: object, more: str = "") -> str:
    return f'{{"id":{orjson.dumps(number).decode()},"status":200{more}}}'


def _refusal(number: object, code: int, message: str) -> str:
    text = orjson.dumps(message).decode()
    return f'{{"id":{orjson.dumps(number).decode()},"status":400,"error":{{"code":{code},"msg":{text}}}}}'
