"""Which markets of an event are watched: its only one, or of several strikes those nearest the index."""

from collections.abc import Hashable, Sequence
from typing import Protocol


class Strike(Protocol):
    """What is looked at of a market. strike_e6: -1 while unknown."""

    ticker: str
    strike_e6: int


class StrikeChoice:
    """Remembers what was chosen of each event. Nothing is dropped again while the event lasts.

    So an index that wavers between two strikes does not have their books subscribed and left in turns, and a
    book that was watched once is whole to its end.
    """

    def __init__(self, nearest: int) -> None:
        self._nearest = nearest
        self._chosen: dict[Hashable, list[str]] = {}

    def choose(self, event: Hashable, markets: Sequence[Strike], price_e6: int) -> list[str]:
        """Say which to watch, the first choice first.

        price_e6: of the index; where it lies outside of all strikes, or is 0 (unknown), the middle of the
        strikes stands for it: they are laid around the price.
        """
        if len(markets) == 1:
            return [markets[0].ticker]
        chosen = self._chosen.setdefault(event, [])
        struck = sorted((m.strike_e6, m.ticker) for m in markets if m.strike_e6 >= 0)
        if struck:
            inside = struck[0][0] <= price_e6 <= struck[-1][0]
            centre_e6 = price_e6 if inside else struck[len(struck) // 2][0]
            nearest = sorted(struck, key=lambda one: (abs(one[0] - centre_e6), one[1]))[: self._nearest]
            chosen += [ticker for _, ticker in nearest if ticker not in chosen]
        there = {market.ticker for market in markets}
        return [ticker for ticker in chosen if ticker in there]

    def forget(self, event: Hashable) -> None:
        self._chosen.pop(event, None)
