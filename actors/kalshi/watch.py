"""Who plays which part: the markets that are watched, the running one of a series, and the next."""

from collections.abc import Mapping
from typing import Final

from actors.kalshi.definitions import Market
from actors.kalshi.strikes import StrikeChoice

CHOOSE_S: Final = 5.0
"""Between two looks at which strikes of an event are nearest the index."""


class Watch:
    """Chooses among the markets of a roster. Pure: the time is an argument.

    strikes: how many of an event's strikes are watched at least. extra: tickers watched in any case.
    """

    def __init__(self, strikes: int, extra: list[str]) -> None:
        self._extra = extra
        self._strikes = StrikeChoice(strikes)
        self._watched: dict[tuple[str, int], list[str]] = {}
        self._due_ns = 0
        self.index_e6 = 0
        """The official index of bitcoin, 0 while nobody has told it."""

    def look_again(self) -> None:
        """Something about the markets is new."""
        self._due_ns = 0

    def choose(self, markets: Mapping[str, Market], now_ns: int, wait_ns: int) -> None:
        """Look which markets of each event are watched, if it is time. wait_ns: until the next look."""
        if now_ns < self._due_ns:
            return
        self._due_ns = now_ns + wait_ns
        events: dict[tuple[str, int], list[Market]] = {}
        for market in markets.values():
            events.setdefault(market.group, []).append(market)
        price_e6 = self.index_e6 or _newest_strike_e6(list(events.values()))
        self._watched = {
            event: self._strikes.choose(event, found, price_e6 if found[0].is_bitcoin() else 0)
            for event, found in events.items()
        }

    def watches(self, market: Market) -> bool:
        return market.ticker in self._extra or market.ticker in self._watched.get(market.group, [])

    def beside(self, market: Market) -> list[str]:
        """All that is watched of a market's event, itself included."""
        return self._watched.get(market.group, [])

    def role(self, series: str, markets: Mapping[str, Market], now_ns: int) -> tuple[str, str]:
        """Say which market of a series runs and which comes next; of several strikes, the first chosen."""
        running, upcoming = (2**63, 0, ""), (2**63, 2**63, 0, "")
        for watched in self._watched.values():
            for place, ticker in enumerate(watched):
                market = markets[ticker]
                if market.series != series or not market.close_ns or market.settled():
                    continue
                if market.open_ns <= now_ns < market.close_ns:
                    running = min(running, (market.close_ns, place, ticker))
                elif market.open_ns > now_ns:
                    upcoming = min(upcoming, (market.open_ns, market.close_ns, place, ticker))
        return running[-1], upcoming[-1]

    def forget(self, market: Market, last: bool) -> None:
        """A market is no longer in the roster. last: nor is any other of its event."""
        if last:
            self._watched.pop(market.group, None)
            self._strikes.forget(market.group)
        elif market.ticker in self._watched.get(market.group, []):
            self._watched[market.group].remove(market.ticker)


def _newest_strike_e6(events: list[list[Market]]) -> int:
    """The strike of the newest market that is alone in its event: the index was there when it opened."""
    alone = [found[0] for found in events if len(found) == 1 and found[0].is_bitcoin()]
    return max(((m.open_ns, m.strike_e6) for m in alone if m.strike_e6 >= 0), default=(0, 0))[1]
