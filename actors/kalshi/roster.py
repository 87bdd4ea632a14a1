"""Which markets there are, which one runs, which comes next, and what became of the last one."""

from typing import Any

import msgspec

from actors.adapter import Output
from actors.drift import DriftCounter
from actors.kalshi.definitions import Market, Odd
from actors.kalshi.requests import Requests
from actors.kalshi.settings import KalshiSettings
from actors.kalshi.wire import MARKET_FIELDS, load_object, optional_text, rows, text
from messages import MarketRoleChanged

SECOND_NS = 1_000_000_000
SHORTEST_WAIT_NS = SECOND_NS // 4
SEEK_S = 5.0
"""Between two searches while no market runs; the listing is cached for 15 s anyway."""
LOOK_AHEAD_S = 20.0
"""Between two searches while only the next market is missing."""
REVIEW_S = 300.0
"""Between two searches while all is known: a market may have been added or called off."""
STRIKE_AFTER_OPEN_S = 1.0
RESULT_AFTER_CLOSE_S = 3.0
LONGEST_WAIT_S = 60.0
HOLD_AFTER_CLOSE_S = 300.0
"""How long a closed market's book is kept at most while its result is not there."""
FORGET_AFTER_S = 86_400.0
MOST_PAGES = 10


class Chase(msgspec.Struct):
    """Repeated questions about one market. phase: what is asked for: `definition`, `strike` or `result`."""

    phase: str
    due_ns: int
    tries: int = 0


class Roster:
    """Markets of the configured series, and extra ones. Pure: the time is an argument.

    All times come from a market's own open_time and close_time, never from its ticker: tickers speak
    Eastern time, where one hour of the year comes twice. Waits shrink with `speed`.
    """

    def __init__(self, settings: KalshiSettings, drift: DriftCounter, requests: Requests) -> None:
        self._series = settings.subscribe.series
        self._extra = settings.subscribe.markets
        self._ahead_ns = int(settings.subscribe_ahead_s / settings.speed * SECOND_NS)
        self._speed = settings.speed
        self._drift = drift
        self._requests = requests
        self._chases: dict[str, Chase] = {}
        self._search_due_ns: dict[str, int] = dict.fromkeys(self._series, 0)
        self._pages: dict[str, int] = {}
        self._fees: dict[str, tuple[str, str]] = {}
        self._event_fees: dict[str, tuple[str, str]] = {}
        self._roles: dict[str, tuple[str, str]] = dict.fromkeys(self._series, ("", ""))
        self.markets: dict[str, Market] = {}

    def tick(self, now_ns: int) -> list[Output]:
        """Ask for what is due, and say whose turn it is."""
        out: list[Output] = []
        for series in self._series:
            role = self._role(series, now_ns)
            if role != self._roles[series]:
                self._roles[series] = role
                out.append(MarketRoleChanged(series, now_ns, *role))
            if now_ns >= self._search_due_ns[series]:
                self._search(series, role, now_ns)
        for ticker in self._extra:
            if ticker not in self.markets:
                self._chase(ticker, "definition", now_ns)
        for market in list(self.markets.values()):
            self._follow(market, now_ns)
        return out

    def wanted(self, now_ns: int) -> list[str]:
        """Markets whose books are to be kept: running, soon to open, or closed and not settled."""
        out: list[str] = []
        for market in self.markets.values():
            if market.ticker not in self._extra and market.series not in self._series:
                continue
            if market.settled() or not market.close_ns:
                continue
            hold_ns = market.close_ns + self._wait_ns(HOLD_AFTER_CLOSE_S)
            if market.ticker in self._extra:
                keep = now_ns < hold_ns
            else:
                running, upcoming = self._roles[market.series]
                soon = market.ticker == upcoming and market.open_ns - now_ns <= self._ahead_ns
                keep = market.ticker == running or soon or market.close_ns <= now_ns < hold_ns
            if keep:
                out.append(market.ticker)
        return out

    def running(self, now_ns: int) -> frozenset[str]:
        """Markets that must have a book now."""
        tickers = {running for running, _ in self._roles.values() if running}
        tickers.update(t for t in self._extra if t in self.markets and _is_open(self.markets[t], now_ns))
        return frozenset(tickers)

    def search_again(self) -> None:
        """Read all listings at the next turn: something about the markets was missed."""
        self._search_due_ns = dict.fromkeys(self._series, 0)

    def series_without_market(self) -> list[str]:
        return [series for series, (running, _) in self._roles.items() if not running]

    def restate(self, now_ns: int) -> list[Output]:
        """Say again what a listener that starts now must know."""
        out: list[Output] = []
        near = {ticker for role in self._roles.values() for ticker in role if ticker}
        tickers = dict.fromkeys([*self.wanted(now_ns), *sorted(near)])
        out += [self.markets[ticker].defined(now_ns, 0) for ticker in tickers]
        out += [MarketRoleChanged(series, now_ns, *role) for series, role in self._roles.items()]
        return out

    def follows(self, ticker: str) -> bool:
        """Tell whether a market is of a series, or one of the extra ones, that we watch."""
        return ticker.partition("-")[0] in self._series or ticker in self._extra

    def take_lifecycle(self, body: dict[str, Any], now_ns: int, ref: int) -> list[Output]:
        """Take the `msg` of a market_lifecycle_v2. *Raises* ValueError."""
        ticker = text(body, "market_ticker")
        if not self.follows(ticker):
            return []
        market = self.markets.setdefault(ticker, Market(ticker))
        before = market.defined(0, 0)
        odd = market.take_lifecycle(body, now_ns)
        return self._changed(market, before, odd, now_ns, ref)

    def take_event_fee(self, body: dict[str, Any], now_ns: int, ref: int) -> list[Output]:
        """Take the `msg` of an event_fee_update; null takes the override off. *Raises* ValueError."""
        event = text(body, "event_ticker")
        if not self.follows(event):
            return []
        multiplier = body.get("fee_multiplier_override")
        self._event_fees[event] = (
            optional_text(body, "fee_type_override"),
            "" if multiplier is None else str(multiplier),
        )
        return self._fees_changed(now_ns, ref)

    def take_reply(self, tag: str, status: int, data: bytes, now_ns: int, ref: int) -> list[Output]:
        """Take the answer to a question of ours. *Raises* ValueError."""
        kind, _, rest = tag.partition(":")
        if status == 404:
            return []
        body = load_object(data)
        if kind == "market":
            market = body.get("market")
            return self._take_market(market, now_ns, ref)
        if kind == "series":
            return self._take_series(rest, body, now_ns, ref)
        out: list[Output] = []
        for row in rows(body, "markets"):
            out += self._take_market(row, now_ns, ref)
        cursor, page = optional_text(body, "cursor"), self._pages.get(rest, 0)
        self._pages[rest] = page + 1 if cursor and page < MOST_PAGES else 0
        if self._pages[rest]:
            self._ask_listing(rest, cursor)
        return out

    def _take_market(self, row: Any, now_ns: int, ref: int) -> list[Output]:
        if not isinstance(row, dict):
            message = f"{row!r} stands where a market belongs"
            raise ValueError(message)
        ticker = text(row, "ticker")
        if not self.follows(ticker):
            return []
        market = self.markets.setdefault(ticker, Market(ticker))
        before = market.defined(0, 0)
        odd = market.take_rest(row)
        odd += [("field", f"market.{name}") for name in row.keys() - MARKET_FIELDS]
        return self._changed(market, before, odd, now_ns, ref)

    def _take_series(self, series: str, body: dict[str, Any], now_ns: int, ref: int) -> list[Output]:
        row = body.get("series")
        if not isinstance(row, dict):
            message = f"{row!r} stands where a series belongs"
            raise ValueError(message)
        multiplier = row.get("fee_multiplier")
        self._fees[series] = (optional_text(row, "fee_type"), "" if multiplier is None else str(multiplier))
        return self._fees_changed(now_ns, ref)

    def _fees_changed(self, now_ns: int, ref: int) -> list[Output]:
        out: list[Output] = []
        for market in self.markets.values():
            out += self._changed(market, market.defined(0, 0), [], now_ns, ref)
        return out

    def _changed(self, market: Market, before: Any, odd: Odd, now_ns: int, ref: int) -> list[Output]:
        fee_type, multiplier = self._fees.get(market.series, ("", ""))
        event_type, event_multiplier = self._event_fees.get(market.event_ticker, ("", ""))
        market.fee_type, market.fee_multiplier = event_type or fee_type, event_multiplier or multiplier
        out: list[Output] = []
        for what, name in odd:
            out += self._drift.seen(what, name, now_ns)
        for changed in self._chain(market):
            out.append(changed.defined(now_ns, ref))
        if market.defined(0, 0) != before:
            out.append(market.defined(now_ns, ref))
        return out

    def _chain(self, market: Market) -> list[Market]:
        """The settlement of one window is the strike of the next, until that one's own arrives."""
        changed: list[Market] = []
        for other in self.markets.values():
            if other.series != market.series or not (market.close_ns and other.close_ns):
                continue
            if other.open_ns == market.close_ns and market.expiration_e6 >= 0:
                old = other.strike_e6
                other.take_previous(market.expiration_e6)
                changed += [other] * (other.strike_e6 != old)
            elif other.close_ns == market.open_ns and other.expiration_e6 >= 0:
                market.take_previous(other.expiration_e6)
        return changed

    def _role(self, series: str, now_ns: int) -> tuple[str, str]:
        mine = [m for m in self.markets.values() if m.series == series and m.close_ns and not m.settled()]
        running = min(
            ((m.close_ns, m.ticker) for m in mine if m.open_ns <= now_ns < m.close_ns), default=(0, "")
        )
        upcoming = min(((m.open_ns, m.ticker) for m in mine if m.open_ns > now_ns), default=(0, ""))
        return running[1], upcoming[1]

    def _search(self, series: str, role: tuple[str, str], now_ns: int) -> None:
        wait_s = REVIEW_S if all(role) else LOOK_AHEAD_S if role[0] else SEEK_S
        self._search_due_ns[series] = now_ns + self._wait_ns(wait_s)
        self._ask_listing(f"open:{series}", "")
        self._ask_listing(f"unopened:{series}", "")
        if series not in self._fees:
            self._requests.ask(f"/series/{series}", f"series:{series}")

    def _ask_listing(self, name: str, cursor: str) -> None:
        status, _, series = name.partition(":")
        path = f"/markets?series_ticker={series}&status={status}&limit=200"
        self._requests.ask(path + (f"&cursor={cursor}" if cursor else ""), f"markets:{name}")

    def _follow(self, market: Market, now_ns: int) -> None:
        """Ask, ever more slowly, for the strike after the opening and for the result after the close."""
        if market.close_ns and now_ns >= market.close_ns:
            if now_ns > market.close_ns + self._wait_ns(FORGET_AFTER_S) or (
                market.complete() and now_ns > market.close_ns + self._wait_ns(HOLD_AFTER_CLOSE_S * 12)
            ):
                del self.markets[market.ticker]
                self._chases.pop(market.ticker, None)
            elif not market.complete():
                self._chase(
                    market.ticker, "result", market.close_ns + self._wait_ns(RESULT_AFTER_CLOSE_S), now_ns
                )
        elif not market.close_ns:
            self._chase(market.ticker, "definition", now_ns)
        elif market.open_ns <= now_ns and market.strike_source in ("", "previous"):
            self._chase(market.ticker, "strike", market.open_ns + self._wait_ns(STRIKE_AFTER_OPEN_S), now_ns)

    def _chase(self, ticker: str, phase: str, first_ns: int, now_ns: int | None = None) -> None:
        now_ns = first_ns if now_ns is None else now_ns
        chase = self._chases.get(ticker)
        if chase is None or chase.phase != phase:
            chase = self._chases[ticker] = Chase(phase, first_ns)
        if now_ns < chase.due_ns or self._requests.is_pending(f"market:{ticker}"):
            return
        self._requests.ask(f"/markets/{ticker}", f"market:{ticker}")
        chase.due_ns = now_ns + self._wait_ns(min(LONGEST_WAIT_S, 1.5**chase.tries))
        chase.tries = min(chase.tries + 1, 40)

    def _wait_ns(self, seconds: float) -> int:
        return max(SHORTEST_WAIT_NS, int(seconds / self._speed * SECOND_NS))


def _is_open(market: Market, now_ns: int) -> bool:
    return market.open_ns <= now_ns < market.close_ns and not market.settled()
