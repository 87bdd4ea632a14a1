"""How far the index stands from the price path, and how soon it comes back: what a maker learns by watching.

The index is made of whole books, whose depth takes time to follow a path that moves: it trails behind, and
may stand off for long.
"""

import math

_MEMORY_S = 30.0  # of what is learnt, real time: books are moved by real messages
_APART = 32  # looks between the two that are compared
_LONGEST_S = 60.0


class IndexGap:
    """Takes the distance of index and path at regular looks; every figure is an average of late ones.

    look_s: real seconds between two looks.
    """

    def __init__(self, look_s: float) -> None:
        self.usd = 0.0
        self.usual_usd = 0.0
        self._look_s = look_s
        self._part = look_s / _MEMORY_S
        self._looks = 0
        self._square = 0.0
        self._product = 0.0
        self._past = [0.0] * _APART

    def look(self, usd: float) -> None:
        """Take the present distance."""
        self._looks += 1
        part = max(self._part, 1.0 / self._looks)
        self.usd = usd
        self.usual_usd += (usd - self.usual_usd) * part
        off, place = usd - self.usual_usd, self._looks % _APART
        if self._looks > _APART:
            part = max(self._part, 1.0 / (self._looks - _APART))
            self._square += (off * off - self._square) * part
            self._product += (off * self._past[place] - self._product) * part
        self._past[place] = off

    def lasts_s(self) -> float:
        """In how many real seconds an unusual distance falls to 1/e, as far as is learnt."""
        if self._square <= 0.0:
            return _APART * self._look_s
        kept = min(max(self._product / self._square, 1e-3), 1.0 - 1e-6)
        return min(-_APART * self._look_s / math.log(kept), _LONGEST_S)
