"""Which markets there are, which one runs, which comes next, and what became of the last one."""

from typing import Any

from actors.adapter import Output
from actors.drift import DriftCounter
from actors.kalshi.chase import Chaser
from actors.kalshi.definitions import Market, Odd
from actors.kalshi.fee_schedule import FeeSchedule
from actors.kalshi.listings import Listings
from actors.kalshi.requests import Requests
from actors.kalshi.settings import KalshiSettings
from actors.kalshi.settled import check
from actors.kalshi.watch import CHOOSE_S, Watch
from actors.kalshi.wire import MARKET_FIELDS, load_object, rows, text
from messages import MarketRoleChanged

SECOND_NS = 1_000_000_000
STRIKE_AFTER_OPEN_S = 1.0
RESULT_AFTER_CLOSE_S = 3.0
CHECK_AFTER_RESULT_S = 60.0
"""A dispute or an amendment is announced by nobody; and no cache is this old."""
HOLD_AFTER_CLOSE_S = 300.0
"""How long a closed market's book is kept at most while its result is not there."""
FORGET_AFTER_S = 86_400.0


class Roster:
    """Markets of the configured series, and extra ones. Pure: the time is an argument.

    All times come from a market's own open_time and close_time, never from its ticker: tickers speak
    Eastern time, where one hour of the year comes twice. Waits shrink with `speed`.
    """

    def __init__(self, settings: KalshiSettings, drift: DriftCounter, requests: Requests) -> None:
        self._series = settings.subscribe.series
        self._extra = settings.subscribe.markets
        self._ahead_ns = int(settings.subscribe_ahead_s / settings.speed * SECOND_NS)
        self._drift = drift
        self._chaser = Chaser(requests, settings.speed)
        self._fees = FeeSchedule()
        self._listings = Listings(self._series, requests, self._chaser.wait_ns)
        self._watch = Watch(settings.subscribe.strikes, self._extra)
        self._fees_ns: int | None = None
        self._roles: dict[str, tuple[str, str]] = dict.fromkeys(self._series, ("", ""))
        self.markets: dict[str, Market] = {}

    def tick(self, now_ns: int) -> list[Output]:
        """Ask for what is due, and say whose turn it is."""
        out: list[Output] = []
        if self._fees_ns is not None and now_ns >= self._fees_ns:
            out += self._fees_changed(now_ns, 0)
        self._watch.choose(self.markets, now_ns, self._chaser.wait_ns(CHOOSE_S))
        for series in self._series:
            role = self._watch.role(series, self.markets, now_ns)
            if role != self._roles[series]:
                self._roles[series] = role
                out.append(MarketRoleChanged(series, now_ns, *role))
            events = [self.markets[ticker].event_ticker for ticker in role if ticker]
            self._listings.tick(series, role, events, now_ns)
        for ticker in self._extra:
            if ticker not in self.markets:
                self._chaser.ask(ticker, "definition", now_ns, now_ns)
        for market in list(self.markets.values()):
            self._follow(market, now_ns)
        return out

    def wanted(self, now_ns: int) -> list[str]:
        """Markets whose books are to be kept: running, soon to open, or closed and not settled."""
        out: list[str] = []
        running = self.running(now_ns)
        soon = {
            self.markets[upcoming].group
            for _, upcoming in self._roles.values()
            if upcoming and self.markets[upcoming].open_ns - now_ns <= self._ahead_ns
        }
        for market in self.markets.values():
            if not self._watch.watches(market) or market.settled() or not market.close_ns:
                continue
            hold_ns = market.close_ns + self._chaser.wait_ns(HOLD_AFTER_CLOSE_S)
            if market.ticker in self._extra:
                keep = now_ns < hold_ns
            else:
                coming = market.group in soon and market.open_ns > now_ns
                keep = market.ticker in running or coming or market.close_ns <= now_ns < hold_ns
            if keep:
                out.append(market.ticker)
        return out

    def running(self, now_ns: int) -> frozenset[str]:
        """Markets that must have a book now: those with a part, and what else is watched of their events."""
        tickers: set[str] = set()
        for running, _ in self._roles.values():
            if running:
                beside = self._watch.beside(self.markets[running])
                tickers.update(t for t in beside if _is_open(self.markets[t], now_ns))
        tickers.update(t for t in self._extra if t in self.markets and _is_open(self.markets[t], now_ns))
        return frozenset(tickers)

    def search_again(self) -> None:
        """Read all listings at the next turn: something about the markets was missed."""
        self._listings.again()

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
        """Tell whether a market or event is of a series, or of the extra ones, that we watch."""
        if ticker.partition("-")[0] in self._series or ticker in self._extra:
            return True
        return any(t in self.markets and self.markets[t].event_ticker == ticker for t in self._extra)

    def take_index(self, value_e6: int) -> None:
        """Take the official index of bitcoin: it says which strikes are near."""
        self._watch.index_e6 = value_e6

    def take_lifecycle(self, body: dict[str, Any], now_ns: int, ref: int) -> list[Output]:
        """Take the `msg` of a market_lifecycle_v2. *Raises* ValueError."""
        ticker = text(body, "market_ticker")
        if not self.follows(ticker):
            return []
        market = self._market(ticker)
        before = market.defined(0, 0)
        odd = market.take_lifecycle(body, now_ns)
        return self._changed(market, before, odd, now_ns, ref)

    def take_event_fee(self, body: dict[str, Any], now_ns: int, ref: int) -> list[Output]:
        """Take the `msg` of an event_fee_update; null takes the override off. *Raises* ValueError."""
        if not self.follows(text(body, "event_ticker")):
            return []
        self._fees.take_update(body, now_ns)
        return self._fees_changed(now_ns, ref)

    def take_reply(self, tag: str, status: int, data: bytes, now_ns: int, ref: int) -> list[Output]:
        """Take the answer to a question of ours. *Raises* ValueError."""
        kind, _, rest = tag.partition(":")
        if status == 404:
            return []
        body = load_object(data)
        if kind == "market":
            return self._take_market(body.get("market"), now_ns, ref, asked=True)
        if kind == "markets":
            out: list[Output] = []
            for row in rows(body, "markets"):
                out += self._take_market(row, now_ns, ref)
            self._listings.take_page(rest, body)
            return out
        if kind == "series":
            self._fees.take_series(rest, body, now_ns)
        elif kind == "fees":
            self._fees.take_series_changes(rest, body, now_ns)
        else:
            self._fees.take_event_changes(rest, body, now_ns)
        return self._fees_changed(now_ns, ref)

    def _market(self, ticker: str) -> Market:
        if ticker not in self.markets:
            self.markets[ticker] = Market(ticker)
            self._watch.look_again()
        return self.markets[ticker]

    def _take_market(self, row: Any, now_ns: int, ref: int, asked: bool = False) -> list[Output]:
        if not isinstance(row, dict):
            message = f"{row!r} stands where a market belongs"
            raise ValueError(message)
        ticker = text(row, "ticker")
        if not self.follows(ticker):
            return []
        market = self._market(ticker)
        before = market.defined(0, 0)
        odd = market.take_rest(row)
        odd += [("field", f"market.{name}") for name in row.keys() - MARKET_FIELDS]
        out = self._changed(market, before, odd, now_ns, ref)
        if asked and self._check_ns(market) <= now_ns and market.is_newest(row):
            market.checked = True
            out.append(check(market, row, now_ns, ref))
        return out

    def _fees_changed(self, now_ns: int, ref: int) -> list[Output]:
        self._fees_ns = self._fees.next_ns(now_ns)
        out: list[Output] = []
        for market in self.markets.values():
            out += self._changed(market, market.defined(0, 0), [], now_ns, ref)
        return out

    def _changed(self, market: Market, before: Any, odd: Odd, now_ns: int, ref: int) -> list[Output]:
        if not market.settled() or not market.fee_type:
            # What it cost to trade a settled market is history; a later fee is not its fee.
            fee = self._fees.fee(market.series, market.event_ticker, now_ns)
            market.fee_type, market.fee_multiplier, market.fee_source = fee
        if market.complete() and not market.complete_ns:
            market.complete_ns = now_ns
        out: list[Output] = []
        for what, name in odd:
            out += self._drift.seen(what, name, now_ns)
        for changed in self._chain(market):
            out.append(changed.defined(now_ns, ref))
        after = market.defined(0, 0)
        if after != before:
            self._watch.look_again()
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

    def _check_ns(self, market: Market) -> int:
        """When a settled market is to be read once more."""
        if market.checked or not market.complete_ns:
            return 2**63
        return market.complete_ns + self._chaser.wait_ns(CHECK_AFTER_RESULT_S)

    def _follow(self, market: Market, now_ns: int) -> None:
        """Ask, ever more slowly, for the strike after the opening and for the result after the close."""
        after, watched = self._chaser.wait_ns, self._watch.watches(market)
        if market.close_ns and now_ns >= market.close_ns:
            done = market.complete() or not watched
            if now_ns > market.close_ns + after(FORGET_AFTER_S) or (
                done and now_ns > market.close_ns + after(HOLD_AFTER_CLOSE_S * 12)
            ):
                self._forget(market)
            elif watched and not market.complete():
                first_ns = market.close_ns + after(RESULT_AFTER_CLOSE_S)
                self._chaser.ask(market.ticker, "result", first_ns, now_ns)
            elif watched and not market.checked:
                self._chaser.ask(market.ticker, "check", self._check_ns(market), now_ns)
        elif not market.close_ns:
            self._chaser.ask(market.ticker, "definition", now_ns, now_ns)
        elif market.open_ns <= now_ns and market.strike_source in ("", "previous") and watched:
            first_ns = market.open_ns + after(STRIKE_AFTER_OPEN_S)
            self._chaser.ask(market.ticker, "strike", first_ns, now_ns)

    def _forget(self, market: Market) -> None:
        del self.markets[market.ticker]
        self._chaser.forget(market.ticker)
        self._watch.look_again()
        left = [other for other in self.markets.values() if other.event_ticker == market.event_ticker]
        self._watch.forget(market, last=not any(other.group == market.group for other in left))
        if not left:
            self._fees.forget(market.event_ticker)


def _is_open(market: Market, now_ns: int) -> bool:
    return market.open_ns <= now_ns < market.close_ns and not market.settled()
