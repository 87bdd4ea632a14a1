"""Volume profile of one market: at which prices it has traded, and where the mid stands to that."""

import math

from messages import DOLLAR_E6

_BIN_E6 = 10_000
_BINS = DOLLAR_E6 // _BIN_E6 + 1


class VolumeProfile:
    """Contracts traded by YES price since the market was first seen, in bins of one cent.

    The value area grows from the bin with the most volume (of several, the one nearest the VWAP), each
    time by the next traded price above or below, whichever has more volume, by both if they are even, until
    it holds `share` of all.
    *Source*: common usage (Market Profile); nothing speaks for its worth in these markets.

    Both values read it as a price that others agreed on, from which the mid has strayed:
    value-area: area's low less mid if the mid lies below, its high less mid if above, else 0.
    vwap-distance: VWAP less mid. Both USD per contract; positive: YES is cheap by that measure. NaN while
    fewer than `least` trades are known. Block trades are not counted. Trades of a gap are missing: it is
    the profile of what was seen.
    """

    __slots__ = ("_area", "_count_e2", "_least", "_paid", "_share", "_trades", "_volume_e2")

    def __init__(self, share: float, least: int) -> None:
        self._share = share
        self._least = least
        self._volume_e2 = [0] * _BINS
        self._count_e2 = 0
        self._paid = 0
        self._trades = 0
        self._area: tuple[float, float] | None = None

    def take(self, price_e6: int, count_e2: int) -> None:
        """Take a trade."""
        self._volume_e2[(price_e6 + _BIN_E6 // 2) // _BIN_E6] += count_e2
        self._count_e2 += count_e2
        self._paid += price_e6 * count_e2
        self._trades += 1
        self._area = None

    def vwap_usd(self) -> float:
        """Mean price weighted by volume; NaN while too few trades are known."""
        if self._trades < self._least or self._count_e2 == 0:
            return math.nan
        return self._paid / self._count_e2 / DOLLAR_E6

    def area_usd(self) -> tuple[float, float]:
        """Lowest and highest price of the value area; NaN while too few trades are known."""
        if self._trades < self._least or self._count_e2 == 0:
            return math.nan, math.nan
        if self._area is None:
            self._area = self._grow()
        return self._area

    def values(self, mid_usd: float) -> tuple[float, float]:
        """value-area and vwap-distance of a mid."""
        low_usd, high_usd = self.area_usd()
        if mid_usd < low_usd:
            outside_usd = low_usd - mid_usd
        elif mid_usd > high_usd:
            outside_usd = high_usd - mid_usd
        else:
            outside_usd = 0.0 if low_usd <= mid_usd <= high_usd else math.nan
        return outside_usd, self.vwap_usd() - mid_usd

    def _grow(self) -> tuple[float, float]:
        places = [place for place, volume in enumerate(self._volume_e2) if volume]
        volumes = [self._volume_e2[place] for place in places]
        most = max(volumes)
        mean = self._paid / self._count_e2 / _BIN_E6
        busiest = (at for at, volume in enumerate(volumes) if volume == most)
        low = high = min(busiest, key=lambda at: abs(places[at] - mean))
        wanted = self._share * self._count_e2
        held = most
        while held < wanted:
            below = volumes[low - 1] if low > 0 else -1
            above = volumes[high + 1] if high < len(volumes) - 1 else -1
            if below >= above:
                low -= 1
                held += below
            if above >= below:
                high += 1
                held += above
        return places[low] * _BIN_E6 / DOLLAR_E6, places[high] * _BIN_E6 / DOLLAR_E6
