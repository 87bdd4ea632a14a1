"""The touch that an exchange's REST ticker shows, against the rebuilt book's around that time."""

from collections import deque
from typing import Any, Final

import msgspec
import orjson

from actors.errors import ActorsError
from actors.prices import registry
from actors.prices.settings import PricesSettings
from actors.prices.venue import WRONG_SHAPE, VenueAdapter
from messages import FrameReceived

AHEAD_NS: Final = 2_000_000_000
"""By so much an answer may be ahead of the stream, and by so much more than the venue's own lag behind it."""
FEWEST: Final = 10
"""Tickers are rounded, cached and late: only so many that all disagree say that a book is another one."""


class Touches:
    """Of one feed. compared: answers that were held against the book. agreed: that it had shown."""

    def __init__(self) -> None:
        self.compared = 0
        self.agreed = 0
        self._adapter: VenueAdapter | None = None
        self._source = ""
        self._back_ns = 0
        self._quotes: deque[tuple[int, int, int]] = deque()
        self._asked: deque[tuple[int, int, int]] = deque()

    def began(self, settings: dict[str, Any]) -> None:
        """A run begins. settings: of the actor; who is no price actor has no ticker."""
        self.forget()
        self._adapter = None
        try:
            adapter = registry.build(msgspec.convert(settings, PricesSettings))
        except (msgspec.ValidationError, ActorsError):
            return
        self._adapter = adapter
        self._source = f"GET {adapter.ticker_path()} 200"
        self._back_ns = int(adapter.limits.rest_lag_s * 1e9) + AHEAD_NS

    def forget(self) -> None:
        """The book was taken back, or records are missing."""
        self._quotes.clear()
        self._asked.clear()

    def quote(self, at_ns: int, bid_e8: int, ask_e8: int) -> None:
        """The book's touch is another one."""
        quotes = self._quotes
        quotes.append((at_ns, bid_e8, ask_e8))
        oldest_ns = at_ns - self._back_ns - 2 * AHEAD_NS
        # The one before the oldest moment that may be asked about still stood at it.
        while len(quotes) > 1 and quotes[1][0] < oldest_ns and not self._asked:
            quotes.popleft()

    def asked(self, frame: FrameReceived) -> None:
        """Note what a ticker shows, if this is one and a book stands."""
        if self._adapter is None or frame.source != self._source or not self._quotes:
            return
        try:
            ticker = self._adapter.read_ticker(orjson.loads(frame.data))
        except WRONG_SHAPE:
            return  # the feed counts it as drift
        if ticker.is_current and ticker.bid_e8 and ticker.ask_e8:
            self._asked.append((frame.recv_ns, ticker.bid_e8, ticker.ask_e8))

    def passed(self, at_ns: int) -> None:
        """It is later now: compare what is old enough for the stream to have come as far."""
        while self._asked and self._asked[0][0] + AHEAD_NS <= at_ns:
            recv_ns, bid_e8, ask_e8 = self._asked.popleft()
            shown = self._shown(recv_ns - self._back_ns, recv_ns + AHEAD_NS)
            self.compared += 1
            self.agreed += any(bid == bid_e8 for bid, _ in shown) and any(ask == ask_e8 for _, ask in shown)

    @property
    def contradicts(self) -> bool:
        """Many were compared, and the book never was what they showed."""
        return self.compared >= FEWEST and not self.agreed

    def _shown(self, from_ns: int, to_ns: int) -> list[tuple[int, int]]:
        """Every touch that stood at some moment between two times."""
        shown: list[tuple[int, int]] = []
        for at_ns, bid, ask in self._quotes:
            if at_ns <= from_ns:
                shown = [(bid, ask)]
            elif at_ns <= to_ns:
                shown.append((bid, ask))
        return shown
