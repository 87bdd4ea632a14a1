"""Each trade once, whichever way it comes: by stream, by polling, or by reading up after a gap."""

from collections import deque
from typing import Any

from actors.adapter import Output
from actors.kalshi.prints import read_trade
from actors.kalshi.requests import Requests
from actors.kalshi.wire import optional_text, rows, text
from messages import MarketTraded

MOST_REMEMBERED = 20_000
PAGE = 1000
SECOND_NS = 1_000_000_000
OVERLAP_S = 2


class TradeTape:
    """Remembers the newest trade ids over all markets, and where each market's tape stands."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._seen: set[str] = set()
        self._order: deque[str] = deque()
        self._newest_ns: dict[str, int] = {}
        self.gaps = 0

    def start(self, ticker: str, from_ns: int) -> None:
        """Trades of this market count from from_ns on; older ones are not ours to tell."""
        self._newest_ns.setdefault(ticker, from_ns)

    def stop(self, ticker: str) -> None:
        self._newest_ns.pop(ticker, None)

    def take(self, trade: MarketTraded) -> list[Output]:
        """Pass a trade on unless it was passed on before."""
        if trade.trade_id:
            if trade.trade_id in self._seen:
                return []
            self._seen.add(trade.trade_id)
            self._order.append(trade.trade_id)
            if len(self._order) > MOST_REMEMBERED:
                self._seen.discard(self._order.popleft())
        if trade.venue_ns > self._newest_ns.get(trade.ticker, 0):
            self._newest_ns[trade.ticker] = trade.venue_ns
        return [trade]

    def ask(self, ticker: str, urgent: bool = False) -> None:
        """Read the market's trades since the newest known one, with a little overlap."""
        since_s = max(0, self._newest_ns.get(ticker, 0) // SECOND_NS - OVERLAP_S)
        path = f"/markets/trades?ticker={ticker}&min_ts={since_s}&limit={PAGE}"
        self._requests.ask(path, f"trades:{ticker}", urgent)

    def take_page(self, ticker: str, body: dict[str, Any], recv_ns: int, ref: int) -> list[Output]:
        """Take one page, newest first on the wire; give what is new, oldest first. *Raises* ValueError."""
        start_ns = self._newest_ns.get(ticker)
        if start_ns is None:
            return []
        out: list[Output] = []
        page = rows(body, "trades")
        for row in reversed(page):
            if not isinstance(row, dict):
                message = f"{row!r} stands where a trade belongs"
                raise ValueError(message)
            text(row, "trade_id")
            trade = read_trade(row, recv_ns, ref)
            if trade.venue_ns > start_ns - OVERLAP_S * SECOND_NS:
                out += self.take(trade)
        if optional_text(body, "cursor") and len(out) == len(page) >= PAGE:
            self.gaps += 1
        return out
