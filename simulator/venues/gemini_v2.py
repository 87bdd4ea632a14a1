"""Gemini's archived market data v2 under /v2/marketdata; third-party clients still speak it.

Source: a capture of April 2021 and live probes of September 2026.
"""

import orjson

from simulator.book import BID, Change
from simulator.session import Session
from simulator.venues.cadence import Every
from simulator.venues.exchange import Stream
from simulator.venues.market import Deal, Market
from simulator.venues.notation import padded, trimmed

SYMBOL = "BTCUSD"
_HEARTBEAT_EVERY_S = 5
_TRADES_SHOWN = 50
_AUCTION_EVERY_NS = 60 * 1_000_000_000


class GeminiV2Stream(Stream):
    """A subscription to `l2` brings book, trades and auctions; there is no acknowledgement."""

    symbol = SYMBOL
    foreign_symbol = "ETHUSD"

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._sessions: dict[Session, None] = {}
        self._members: dict[Session, None] = {}
        self._beat = Every(_HEARTBEAT_EVERY_S)

    def opened(self, session: Session, now_ns: int) -> None:
        self._sessions[session] = None

    def closed(self, session: Session) -> None:
        self._sessions.pop(session, None)
        self._members.pop(session, None)

    def received(self, session: Session, text: str, now_ns: int) -> None:
        try:
            asked = orjson.loads(text)
            wanted = [(entry["name"], list(entry["symbols"])) for entry in asked["subscriptions"]]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            session.send('{"reason":"InvalidJson","result":"error"}')
            return
        for name, symbols in wanted:
            if SYMBOL not in symbols:
                session.send('{"reason":"NoValidTradingPairs","result":"error"}')
            elif asked.get("type") == "unsubscribe":
                self._members.pop(session, None)
            elif name == "l2":
                self._members[session] = None
                session.send(self._snapshot(now_ns))

    def book_changed(self, changes: list[Change], now_ns: int) -> None:
        if self._members:
            rows = _changes([(change.side, change.price, change.size) for change in changes])
            self.tell(self._members, f'{{"type":"l2_updates","symbol":"{SYMBOL}","changes":[{rows}]}}')

    def traded(self, deal: Deal, now_ns: int) -> None:
        if self._members:
            self.tell(self._members, _trade(deal))

    def heartbeat(self, now_ns: int) -> None:
        if self._beat.begun(now_ns):
            self.tell(self._sessions, f'{{"type":"heartbeat","timestamp":{now_ns // 1_000_000}}}')

    def is_acknowledgement(self, text: str) -> bool:
        return False

    def is_change(self, text: str) -> bool:
        return text.startswith('{"type":"l2_updates"') and '"trades":' not in text

    def crossed(self, change: str) -> list[str]:
        row = _changes([(BID, self.market.book.best_ask() + 250, 12_345_678)])
        return [change, f'{{"type":"l2_updates","symbol":"{SYMBOL}","changes":[{row}]}}']

    def _snapshot(self, now_ns: int) -> str:
        book = self.market.book
        levels = [(BID, price, size) for price, size in book.bids()]
        levels += [("ask", price, size) for price, size in book.asks()]
        trades = ",".join([_trade(deal) for deal in self.market.recent(_TRADES_SHOWN)])
        minute_ns = now_ns - now_ns % _AUCTION_EVERY_NS
        auctions = ",".join([self._auction(minute_ns - n * _AUCTION_EVERY_NS) for n in range(10)])
        return (
            f'{{"type":"l2_updates","symbol":"{SYMBOL}","changes":[{_changes(levels)}],'
            f'"trades":[{trades}],"auction_events":[{auctions}]}}'
        )

    def _auction(self, at_ns: int) -> str:
        bid, ask = padded(self.market.book.best_bid(), 2), padded(self.market.book.best_ask(), 2)
        return (
            f'{{"type":"auction_indicative","symbol":"{SYMBOL}","time_ms":{at_ns // 1_000_000},'
            f'"result":"failure","highest_bid_price":"{bid}","lowest_ask_price":"{ask}",'
            f'"collar_price":"{bid}","auction_price":"{ask}"}}'
        )


def _changes(levels: list[tuple[str, int, int]]) -> str:
    return ",".join(
        [
            f'["{"buy" if side == BID else "sell"}","{padded(price, 2)}","{trimmed(size, 8)}"]'
            for side, price, size in levels
        ]
    )


def _trade(deal: Deal) -> str:
    return (
        f'{{"type":"trade","symbol":"{SYMBOL}","event_id":{deal.trade_id},'
        f'"timestamp":{deal.at_ns // 1_000_000},"price":"{padded(deal.price, 2)}",'
        f'"quantity":"{trimmed(deal.size, 8)}","side":"{deal.taker}"}}'
    )
