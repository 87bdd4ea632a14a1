"""Settled markets of a series by public REST: what their closing minutes came to, newest first."""

import select
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final, NamedTuple

from actors.adapter import Get
from actors.errors import FrameError, NetworkError, RefusedError
from actors.kalshi.definitions import BITCOIN_STRIKES_E6, DONE, Market
from actors.kalshi.requests import Requests
from actors.kalshi.wire import load_object, optional_text, rows, text
from actors.rest import RestDesk
from messages.doorbell import Doorbell
from messages.version import VERSION

SERIES: Final = "KXBTC15M"
USUAL_PAGE: Final = 200
LARGEST_PAGE: Final = 1000
LISTINGS: Final = ("/markets?status=settled&", "/historical/markets?")
"""Where settled markets are listed: those of the last two months, and all older ones."""
MOST_FAILURES: Final = 3
MOST_REFUSALS: Final = 6
LOOK_S: Final = 0.05


class Settled(NamedTuple):
    """One settled market. strike_e6, expiration_e6: USD x 10^6, -1 where it has none that can be true."""

    ticker: str
    open_ns: int
    close_ns: int
    strike_e6: int
    expiration_e6: int
    result: str


class Link(NamedTuple):
    """Two markets in a row: what the one settled at must be the strike of the other."""

    before: str
    after: str
    expiration_e6: int
    strike_e6: int

    @property
    def holds(self) -> bool:
        return self.expiration_e6 == self.strike_e6


class History:
    """Reads the listings page by page until enough markets are known or there are no more. Pure.

    unreadable: market objects that could not be understood and were passed over.
    """

    def __init__(self, series: str, wanted: int) -> None:
        self._series = series
        self._wanted = wanted
        self._found: dict[str, Settled] = {}
        self._listing = 0
        self._cursor = ""
        self.unreadable = 0

    @property
    def path(self) -> str:
        """The page to ask for next; empty when all is there."""
        if len(self._found) >= self._wanted or self._listing == len(LISTINGS):
            return ""
        limit = min(LARGEST_PAGE, max(USUAL_PAGE, self._wanted))
        cursor = f"&cursor={self._cursor}" if self._cursor else ""
        return f"{LISTINGS[self._listing]}series_ticker={self._series}&limit={limit}{cursor}"

    def take(self, status: int, body: bytes) -> None:
        """Take the page that was asked for; 404: there is no such listing. *Raises* ValueError."""
        fields: dict[str, Any] = load_object(body) if status != 404 else {}
        before = len(self._found)
        for row in rows(fields, "markets"):
            self._take_market(row)
        cursor = optional_text(fields, "cursor")
        # A cursor that leads nowhere new would lead there for ever.
        self._cursor = cursor if len(self._found) > before else ""
        self._listing += not self._cursor

    def markets(self) -> list[Settled]:
        """The newest markets, at most as many as were wanted, newest first."""
        newest = sorted(self._found.values(), key=lambda market: market.close_ns, reverse=True)
        return newest[: self._wanted]

    def _take_market(self, row: Any) -> None:
        try:
            settled = read_settled(row)
        except ValueError:
            self.unreadable += 1
            return
        if settled is not None and settled.ticker.partition("-")[0] == self._series:
            self._found[settled.ticker] = settled


def read_settled(row: Any) -> Settled | None:
    """Read a market object of REST; None for one that is not settled. *Raises* ValueError."""
    if not isinstance(row, dict):
        message = f"{row!r} stands where a market belongs"
        raise ValueError(message)
    market = Market(text(row, "ticker"))
    market.take_rest(row)
    if not market.close_ns or not market.open_ns:
        message = "a settled market has no times"
        raise ValueError(message)
    if market.status and market.status not in DONE:
        return None
    possible = "BTC" not in market.series or market.expiration_e6 in BITCOIN_STRIKES_E6
    return Settled(
        market.ticker,
        market.open_ns,
        market.close_ns,
        market.strike_e6,
        market.expiration_e6 if possible else -1,
        market.result,
    )


def links(markets: list[Settled]) -> list[Link]:
    """Every pair of markets that follow each other, of which both values are known; in the order given."""
    ended = {market.close_ns: market for market in markets if market.expiration_e6 >= 0}
    return [
        Link(ended[after.open_ns].ticker, after.ticker, ended[after.open_ns].expiration_e6, after.strike_e6)
        for after in markets
        if after.strike_e6 >= 0 and after.open_ns in ended
    ]


def fetch(
    rest_url: str, series: str, wanted: int, requests_per_s: float, on_page: Callable[[int], None]
) -> History:
    """Read the newest settled markets of a series. Blocks; on_page is told how many are known.

    *Raises* NetworkError, RefusedError, FrameError: what cannot be had is said, never left out.
    """
    history = History(series, wanted)
    requests = Requests(requests_per_s)
    refusals = 0
    with (
        closing(Doorbell.create()) as bell,
        closing(RestDesk(rest_url, bell, f"kalshi-actors/{VERSION}")) as desk,
    ):
        while path := history.path:
            requests.ask(path, path)
            for get in requests.due(time.monotonic_ns()):
                desk.ask(get)
            select.select([bell.read_fd], [], [], LOOK_S)
            bell.clear()
            for reply in desk.replies():
                now_ns = time.monotonic_ns()
                if requests.answered(reply.get, reply.status, reply.body, reply.retry_after_s, now_ns):
                    _take(history, reply.get, reply.status, reply.body)
                    on_page(len(history.markets()))
                    continue
                refusals += reply.status == 429
                is_final = 400 <= reply.status < 500 and reply.status != 429
                if is_final or requests.failures >= MOST_FAILURES or refusals >= MOST_REFUSALS:
                    raise (NetworkError if reply.status == 0 else RefusedError)(
                        " ".join(requests.trouble.split())
                    )
    return history


def _take(history: History, get: Get, status: int, body: bytes) -> None:
    try:
        history.take(status, body)
    except ValueError as error:
        raise FrameError("kalshi", body, f"{get.path}: {error}") from None
