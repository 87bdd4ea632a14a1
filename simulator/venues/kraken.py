"""Kraken: WebSocket v2 under /v2 and the public REST pages.

Source: docs.kraken.com Spot WebSocket v2 (status, subscribe, book, trade, ticker, heartbeat, ping) and
captures of July and August 2026.
"""

from collections import defaultdict

import orjson

from simulator.book import Change
from simulator.session import Session
from simulator.settings import Settings
from simulator.venues.cadence import Every
from simulator.venues.depth_view import DepthView, Level
from simulator.venues.exchange import Exchange, Stream
from simulator.venues.kraken_book import checksum
from simulator.venues.kraken_frames import (
    PRICE_DECIMALS,
    SYMBOL,
    book_frame,
    status_frame,
    ticker_frame,
    trade_frame,
)
from simulator.venues.kraken_rest import KrakenPages
from simulator.venues.market import Deal, Market, Profile
from simulator.venues.notation import rfc3339_us
from simulator.world import World

DEPTHS = (10, 25, 100, 500, 1000)
PROFILE = Profile(
    tick_usd=0.1,
    price_decimals=PRICE_DECIMALS,
    level_btc=0.12,
    levels=1_200,
    gap_ticks=8.0,
    changes=2,
    trade_share=0.04,
    move_frames=1,
    trade_frames=3,
    day_volume_btc=2_500.0,
    first_trade_id=103_000_000,
    shown_levels=DEPTHS[-1],
)
_MESSAGES_PER_S = 100  # from one client; Kraken's own limit is dynamic and not published
_DUPLICATE_EVERY = 700  # frames that name a price twice were 3 of 2,960 in a capture

Channel = tuple[str, int | str]  # ("book", depth), ("trade", ""), ("ticker", event trigger)


class KrakenVenue(Exchange):
    def __init__(self, settings: Settings, world: World) -> None:
        market = Market("kraken", world, PROFILE)
        super().__init__(market, {"/v2": KrakenStream(market)}, KrakenPages(market))


class KrakenStream(Stream):
    symbol = SYMBOL
    foreign_symbol = "ETH/USD"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._sessions: dict[Session, set[Channel]] = {}
        self._members: defaultdict[Channel, dict[Session, None]] = defaultdict(dict)
        self._views: dict[int, DepthView] = {}
        self._spoken_to: set[Session] = set()  # since the last heartbeat
        self._asked: defaultdict[Session, int] = defaultdict(int)  # messages from it, this second
        self._beat = Every(1)
        self._frames = 0
        self._top = self._touch()

    def opened(self, session: Session, now_ns: int) -> None:
        self._sessions[session] = set()
        session.send(status_frame("online", 4_421_894_013_101_914_413 + session.id))

    def closed(self, session: Session) -> None:
        for channel in self._sessions.pop(session, set()):
            self._leave(session, channel)
        self._spoken_to.discard(session)
        self._asked.pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        answer = _Answer(session, now_ns)
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            answer.refuse("", "Malformed request")
            return
        if not isinstance(asked, dict) or not isinstance(asked.get("params", {}), dict):
            answer.refuse("", "Malformed request")
            return
        method = str(asked.get("method", ""))
        answer.req_id = asked.get("req_id")
        self._asked[session] += 1
        if self._asked[session] > _MESSAGES_PER_S:
            answer.refuse(method, "Exceeded msg rate")
        elif method == "ping":
            answer.pong()
        elif method in ("subscribe", "unsubscribe"):
            self._change(session, method, asked.get("params", {}), answer, now_ns)
        else:
            answer.refuse(method, "Unsupported event")

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        for depth, view in self._views.items():
            members = self._members["book", depth]
            bids, asks = view.update(changes)
            if members and (bids or asks):
                self._tell(members, self._update(view, bids, asks, now_ns))
        top = self._touch()
        if top != self._top:
            self._top = top
            if members := self._members["ticker", "bbo"]:
                self._tell(members, ticker_frame("update", self.market, now_ns))

    def traded(self, deal: Deal, now_ns: int) -> None:
        if members := self._members["trade", ""]:
            self._tell(members, trade_frame("update", [deal]))
        if members := self._members["ticker", "trades"]:
            self._tell(members, ticker_frame("update", self.market, now_ns))

    def heartbeat(self, now_ns: int) -> None:
        if not self._beat.begun(now_ns):
            return
        self._asked.clear()
        for session, channels in self._sessions.items():
            if channels and session not in self._spoken_to:
                session.send('{"channel":"heartbeat"}')
        self._spoken_to.clear()

    def fault(self, kind: str, session: Session, text: str) -> list[str] | None:
        if kind == "reconnect_request":
            # Kraken has no such message; before it lets go it says that it is not online any more.
            return [text, status_frame("maintenance", 1)]
        if kind == "corrupt_checksum" and self.is_change(text):
            head, _, tail = text.partition('"checksum":')
            number, _, rest = tail.partition(",")
            return [f'{head}"checksum":{int(number) ^ 1},{rest}']
        return super().fault(kind, session, text)

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"method":"subscribe","result"')

    def is_change(self, text: str) -> bool:
        return text.startswith('{"channel":"book","type":"update"')

    def crossed(self, change: str) -> list[str]:
        """The checksum is right for the crossed book, so that the crossing is what is found first."""
        asks = self.market.book.asks(10)
        level = (asks[0][0] + 20, 12_345_678)
        number = checksum([level, *self.market.book.bids(9)], asks)
        return [change, book_frame("update", [level], [], number, self.market.changed_ns)]

    def _change(
        self, session: Session, method: str, params: dict[str, object], answer: "_Answer", now_ns: int
    ) -> None:
        name = str(params.get("channel", ""))
        symbols = params.get("symbol", [])
        if not isinstance(symbols, list) or not symbols:
            answer.refuse(method, "Symbol(s) not found")
            return
        channel = _channel(name, params)
        for symbol in symbols:
            if isinstance(channel, str):
                answer.refuse(method, channel, symbol)
            elif symbol != SYMBOL:
                answer.refuse(method, f"Currency pair not supported {symbol}", symbol)
            elif method == "subscribe":
                self._subscribe(session, channel, params, answer, now_ns)
            else:
                self._unsubscribe(session, channel, answer)

    def _subscribe(
        self, session: Session, channel: Channel, params: dict[str, object], answer: "_Answer", now_ns: int
    ) -> None:
        name, how = channel
        if any(name == held for held, _ in self._sessions[session]):
            answer.refuse("subscribe", "Already subscribed", SYMBOL)
            return
        wants_snapshot = params.get("snapshot", name != "trade") is True
        shown = "true" if wants_snapshot else "false"
        detail = {"book": f'"depth":{how},', "ticker": f'"event_trigger":"{how}",'}.get(name, "")
        answer.accept("subscribe", f'"channel":"{name}",{detail}"snapshot":{shown},"symbol":"{SYMBOL}"')
        self._sessions[session].add(channel)
        self._members[channel][session] = None
        if name == "book" and isinstance(how, int) and how not in self._views:
            self._views[how] = DepthView(self.market.book, how)
        if wants_snapshot:
            session.send(self._snapshot(channel, now_ns))

    def _unsubscribe(self, session: Session, channel: Channel, answer: "_Answer") -> None:
        name, how = channel
        if channel not in self._sessions[session]:
            answer.refuse("unsubscribe", "Subscription Not Found", SYMBOL)
            return
        self._sessions[session].discard(channel)
        self._leave(session, channel)
        detail = f'"depth":{how},' if name == "book" else ""
        answer.accept("unsubscribe", f'"channel":"{name}",{detail}"symbol":"{SYMBOL}"')

    def _leave(self, session: Session, channel: Channel) -> None:
        self._members[channel].pop(session, None)
        name, how = channel
        if name == "book" and isinstance(how, int) and not self._members[channel]:
            del self._views[how]

    def _tell(self, members: dict[Session, None], text: str) -> None:
        for session in members:
            session.send(text)
        self._spoken_to.update(members)

    def _snapshot(self, channel: Channel, now_ns: int) -> str:
        name, how = channel
        if name == "trade":
            return trade_frame("snapshot", self.market.recent(50)[::-1])
        if name == "ticker":
            return ticker_frame("snapshot", self.market, now_ns)
        bids, asks = self._views[int(how)].snapshot()
        return book_frame("snapshot", bids, asks, checksum(bids, asks), now_ns)

    def _update(self, view: DepthView, bids: list[Level], asks: list[Level], now_ns: int) -> str:
        self._frames += 1
        if self._frames % _DUPLICATE_EVERY == 0 and bids and bids[-1][1]:
            price, size = bids[-1]
            bids = [*bids[:-1], (price, size + 1), (price, size)]
        book = self.market.book
        sum_now = checksum(book.bids(10), book.asks(10))
        return book_frame("update", bids, asks, sum_now, now_ns)

    def _touch(self) -> tuple[int, int]:
        return self.market.book.best_bid(), self.market.book.best_ask()


class _Answer:
    """Acknowledgements and refusals to one request; a symbol gets one each."""

    def __init__(self, session: Session, now_ns: int) -> None:
        self._session = session
        self._now_ns = now_ns
        self.req_id: object = None

    def accept(self, method: str, result: str) -> None:
        self._send(f'{{"method":"{method}","result":{{{result}}},"success":true,{self._times()}')

    def refuse(self, method: str, error: str, symbol: object = None) -> None:
        text = orjson.dumps(error).decode()
        about = f'"symbol":{orjson.dumps(symbol).decode()},' if symbol is not None else ""
        self._send(
            f'{{"error":{text},"method":{orjson.dumps(method).decode()},"success":false,{about}{self._times()}'
        )

    def pong(self) -> None:
        self._send(f'{{"method":"pong",{self._times()}')

    def _times(self) -> str:
        at, a_little_later = rfc3339_us(self._now_ns), rfc3339_us(self._now_ns + 45_000)
        return f'"time_in":"{at}","time_out":"{a_little_later}"'

    def _send(self, text: str) -> None:
        number = f',"req_id":{self.req_id}' if type(self.req_id) is int else ""
        self._session.send(f"{text}{number}}}")


def _channel(name: str, params: dict[str, object]) -> Channel | str:
    """The channel that the parameters mean, or why there is none."""
    if name == "book":
        depth = params.get("depth", 10)
        return ("book", depth) if depth in DEPTHS and isinstance(depth, int) else "Depth not supported"
    if name == "ticker":
        trigger = params.get("event_trigger", "trades")
        return ("ticker", str(trigger)) if trigger in ("trades", "bbo") else "Event trigger not supported"
    return ("trade", "") if name == "trade" else "Channel not supported"
