"""Coinbase Advanced Trade: the stream under /advanced.

Source: docs.cdp.coinbase.com Advanced Trade WebSocket (overview, channels), captures of June and August
2026. Every frame of a connection carries the next sequence_num, from 0, whatever its channel.
"""

from collections import defaultdict

import orjson

from simulator.book import BID, Change
from simulator.session import Session
from simulator.venues.cadence import Every
from simulator.venues.exchange import Stream
from simulator.venues.market import Deal, Market
from simulator.venues.notation import rfc3339_ns, rfc3339_us, trimmed

PRODUCT = "BTC-USD"
_SECOND_NS = 1_000_000_000
_SUBSCRIBE_WITHIN_NS = 5 * _SECOND_NS
_QUIET_LIMIT_NS = 75 * _SECOND_NS  # a connection that nothing was sent on is closed after 60 to 90 s
_BATCH_S = 5

# Asked for under the first name, sent under the second.
_OPEN = {
    "heartbeats": "heartbeats",
    "level2": "l2_data",
    "market_trades": "market_trades",
    "ticker": "ticker",
    "ticker_batch": "ticker_batch",
    "status": "status",
}
_KEYED = frozenset({"user", "futures_balance_summary"})


class AdvancedStream(Stream):
    symbol = PRODUCT
    foreign_symbol = "ETH-USD"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._sessions: dict[Session, _Connection] = {}
        self._members: defaultdict[str, dict[Session, None]] = defaultdict(dict)
        self._second = Every(1)
        self._batch = Every(_BATCH_S)
        self._beats = 66_000

    def opened(self, session: Session, now_ns: int) -> None:
        self._sessions[session] = _Connection(now_ns)

    def closed(self, session: Session) -> None:
        for channel in self._sessions.pop(session).channels:
            self._members[channel].pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        try:
            asked = orjson.loads(text)
        except orjson.JSONDecodeError:
            asked = None
        kind = asked.get("type") if isinstance(asked, dict) else None
        if not isinstance(asked, dict) or kind not in ("subscribe", "unsubscribe"):
            session.send('{"type":"error","message":"failed to parse message"}')
            return
        channel = str(asked.get("channel", ""))
        products = asked.get("product_ids") or [PRODUCT]
        if channel in _KEYED:
            session.send('{"type":"error","message":"authentication failure"}')
        elif channel not in _OPEN:
            session.send('{"type":"error","message":"channel is not supported"}')
        elif products != [PRODUCT]:
            session.send('{"type":"error","message":"product_ids are not valid"}')
        elif kind == "subscribe":
            self._subscribe(session, channel, now_ns)
        else:
            self._unsubscribe(session, channel, now_ns)

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        if members := self._members["level2"]:
            rows = [(change.side, change.price, change.size) for change in changes]
            self._tell(members, "l2_data", _levels("update", rows, now_ns), now_ns)

    def traded(self, deal: Deal, now_ns: int) -> None:
        if members := self._members["market_trades"]:
            self._tell(members, "market_trades", f'{{"type":"update","trades":[{_trade(deal)}]}}', now_ns)
        if members := self._members["ticker"]:
            self._tell(members, "ticker", self._ticker("update", now_ns), now_ns)

    def heartbeat(self, now_ns: int) -> None:
        for session, connection in self._sessions.items():
            limit_ns = _QUIET_LIMIT_NS if connection.channels else _SUBSCRIBE_WITHIN_NS
            if now_ns - connection.last_ns > limit_ns and not connection.closing:
                connection.closing = True
                session.close(1000, "no subscription" if not connection.channels else "idle")
        if self._second.begun(now_ns):
            self._beats += 1
            if members := self._members["heartbeats"]:
                self._tell(members, "heartbeats", self._beat(now_ns), now_ns)
        if self._batch.begun(now_ns) and (members := self._members["ticker_batch"]):
            self._tell(members, "ticker_batch", self._ticker("update", now_ns), now_ns)

    def is_acknowledgement(self, text: str) -> bool:
        return text.startswith('{"channel":"subscriptions"')

    def is_change(self, text: str) -> bool:
        return text.startswith('{"channel":"l2_data"') and '"type":"update"' in text

    def crossed(self, change: str) -> list[str]:
        """The frame with one more event: frames are numbered, so nothing can be slipped in between."""
        bid = (BID, self.market.book.best_ask() + 250, 12_345_678)
        return [f"{change[:-2]},{_levels('update', [bid], self.market.changed_ns)}]}}"]

    def foreign(self, change: str) -> list[str]:
        events = change.partition('"events":[')[2][:-2]
        return [f"{change[:-2]},{events.replace(self.symbol, self.foreign_symbol)}]}}"]

    def _subscribe(self, session: Session, channel: str, now_ns: int) -> None:
        connection = self._sessions[session]
        if channel not in connection.channels:
            connection.channels.append(channel)
            self._members[channel][session] = None
            self._welcome({session: None}, channel, now_ns)
        self._acknowledge(session, now_ns)

    def _unsubscribe(self, session: Session, channel: str, now_ns: int) -> None:
        connection = self._sessions[session]
        if channel in connection.channels:
            connection.channels.remove(channel)
            self._members[channel].pop(session, None)
        self._acknowledge(session, now_ns)

    def _welcome(self, members: dict[Session, None], channel: str, now_ns: int) -> None:
        """Data comes before the acknowledgement here, as captured."""
        if channel == "level2":
            book = self.market.book
            rows = [(BID, price, size) for price, size in book.bids()]
            rows += [("offer", price, size) for price, size in book.asks()]
            self._tell(members, "l2_data", _levels("snapshot", rows, now_ns), now_ns)
            self._tell(members, "l2_data", _levels("update", [], now_ns), now_ns)
        elif channel == "market_trades":
            trades = ",".join([_trade(deal) for deal in self.market.recent(50)])
            self._tell(members, "market_trades", f'{{"type":"snapshot","trades":[{trades}]}}', now_ns)
        elif channel in ("ticker", "ticker_batch"):
            self._tell(members, channel, self._ticker("snapshot", now_ns), now_ns)

    def _acknowledge(self, session: Session, now_ns: int) -> None:
        held = ",".join(
            [
                f'"{name}":["{"heartbeats" if name == "heartbeats" else PRODUCT}"]'
                for name in self._sessions[session].channels
            ]
        )
        self._tell({session: None}, "subscriptions", f'{{"subscriptions":{{{held}}}}}', now_ns)

    def _tell(self, members: dict[Session, None], channel: str, event: str, now_ns: int) -> None:
        head = f'{{"channel":"{channel}","timestamp":"{rfc3339_ns(now_ns)}","sequence_num":'
        tail = f',"events":[{event}]}}'
        for session in members:
            connection = self._sessions[session]
            session.send(f"{head}{connection.sequence}{tail}")
            connection.sequence += 1
            connection.last_ns = now_ns

    def _beat(self, now_ns: int) -> str:
        # Go's way to print a time that still knows its monotonic clock.
        at = rfc3339_ns(now_ns).replace("T", " ").removesuffix("Z")
        monotonic = f"m=+{self._beats}.{now_ns % _SECOND_NS:09d}"
        return f'{{"current_time":"{at} +0000 UTC {monotonic}","heartbeat_counter":{self._beats}}}'

    def _ticker(self, kind: str, now_ns: int) -> str:
        market = self.market
        last = market.last().price
        (bid, bid_size), (ask, ask_size) = market.book.bids(1)[0], market.book.asks(1)[0]
        changed_pct = (last - market.day_open) / market.day_open * 100
        return (
            f'{{"type":"{kind}","tickers":[{{"type":"ticker","product_id":"{PRODUCT}",'
            f'"price":"{trimmed(last, 2)}","volume_24_h":"{trimmed(market.day_volume(now_ns), 8)}",'
            f'"low_24_h":"{trimmed(market.day_low, 2)}","high_24_h":"{trimmed(market.day_high, 2)}",'
            f'"low_52_w":"{trimmed(market.day_low * 7 // 10, 2)}",'
            f'"high_52_w":"{trimmed(market.day_high * 3 // 2, 2)}",'
            f'"price_percent_chg_24_h":"{changed_pct:.14f}",'
            f'"best_bid":"{trimmed(bid, 2)}","best_ask":"{trimmed(ask, 2)}",'
            f'"best_bid_quantity":"{trimmed(bid_size, 8)}","best_ask_quantity":"{trimmed(ask_size, 8)}"}}]}}'
        )


class _Connection:
    """What belongs to one connection: its place in the sequence and what it subscribed, in order."""

    def __init__(self, now_ns: int) -> None:
        self.sequence = 0
        self.channels: list[str] = []
        self.last_ns = now_ns
        self.closing = False


def _levels(kind: str, rows: list[tuple[str, int, int]], now_ns: int) -> str:
    stamp = rfc3339_us(now_ns)
    updates = ",".join(
        [
            f'{{"side":"{"bid" if side == BID else "offer"}","event_time":"{stamp}",'
            f'"price_level":"{trimmed(price, 2)}","new_quantity":"{trimmed(size, 8)}"}}'
            for side, price, size in rows
        ]
    )
    return f'{{"type":"{kind}","product_id":"{PRODUCT}","updates":[{updates}]}}'


def _trade(deal: Deal) -> str:
    # The side is the maker's, as on the Exchange feed; ids are the same ones too.
    side = "SELL" if deal.taker == "buy" else "BUY"
    return (
        f'{{"product_id":"{PRODUCT}","trade_id":"{deal.trade_id}","price":"{trimmed(deal.price, 2)}",'
        f'"size":"{trimmed(deal.size, 8)}","time":"{rfc3339_us(deal.at_ns)}","side":"{side}"}}'
    )
