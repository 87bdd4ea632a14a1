"""Bullish's paths beside the book: trades and ticks."""

from simulator.session import Session
from simulator.venues.bullish_commands import CommandStream
from simulator.venues.bullish_frames import SYMBOL, tick, trades
from simulator.venues.cadence import Every
from simulator.venues.market import Deal, Market

_TRADES = "anonymousTrades"
_TICK = "tick"
_TICK_EVERY_S = 2


class TradesStream(CommandStream):
    """The latest hundred trades, newest first, then each as it happens."""

    topics = (_TRADES,)

    def first(self, topic: str, now_ns: int) -> str:
        return trades("snapshot", self.market.recent(100), now_ns)

    def confirmed(self, done: str, topic: str) -> str:
        return f"Successfully {done} ({_TRADES} {SYMBOL})"

    def traded(self, deal: Deal, now_ns: int) -> None:
        if self.members[_TRADES]:
            self.show(_TRADES, trades("update", [deal], now_ns), now_ns)


class TickStream(CommandStream):
    """A tick every two seconds in which something has happened."""

    topics = (_TICK,)
    response_code = 200

    def __init__(self, market: Market) -> None:
        super().__init__(market)
        self._due = Every(_TICK_EVERY_S)
        self._shown_ns = 0

    def first(self, topic: str, now_ns: int) -> str:
        return tick("snapshot", self.market, now_ns)

    def confirmed(self, done: str, topic: str) -> str:
        return f"Successfully {done}"

    def unknown_symbol(self, symbol: str) -> tuple[str, str]:
        return "29014", "INVALID_MARKET_ERROR"

    def heartbeat(self, now_ns: int) -> None:
        super().heartbeat(now_ns)
        if self._due.begun(now_ns) and self.market.changed_ns != self._shown_ns:
            self._shown_ns = self.market.changed_ns
            if self.members[_TICK]:
                self.show(_TICK, tick("update", self.market, now_ns), now_ns)


class SymbolTickStream(TickStream):
    """The path of one market's ticks: whoever connects has subscribed."""

    def opened(self, session: Session, now_ns: int) -> None:
        super().opened(session, now_ns)
        self.join(session, _TICK, now_ns)
