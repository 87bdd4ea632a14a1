"""The prices that a market's tick structure allows, and how prices and counts are written.

A price is known by its rung: its place on the ladder of YES prices. A NO price is the mirrored rung.
"""

from bisect import bisect_left

E4 = 10_000  # one dollar in units of 0.0001


def price_text(e4: int) -> str:
    """`0.4300`."""
    return f"{e4 // E4}.{e4 % E4:04d}"


def count_text(hundredths: int) -> str:
    """`12.50`, with sign where negative."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


class Ladder:
    """One tick structure. ranges: (start, end, step) in units of 0.0001, ends belonging to the next."""

    def __init__(self, name: str, ranges: list[tuple[int, int, int]]) -> None:
        self.name = name
        self.ranges = [
            {"start": price_text(start), "end": price_text(end), "step": price_text(step)}
            for start, end, step in ranges
        ]
        self.rungs = [e4 for start, end, step in ranges for e4 in range(start, end, step) if e4 > 0]
        self.top = len(self.rungs) - 1
        self.yes_text = [price_text(e4) for e4 in self.rungs]
        self.no_text = [price_text(E4 - e4) for e4 in self.rungs]

    def rung(self, e4: int) -> int | None:
        """The rung of exactly this price; None for a price that the ticks do not allow."""
        place = bisect_left(self.rungs, e4)
        return place if place <= self.top and self.rungs[place] == e4 else None

    def position(self, dollars: float) -> float:
        """Where this price lies on the ladder, in rungs; -1 and top + 1 are off it, at 0 and at 1."""
        e4 = dollars * E4
        above = bisect_left(self.rungs, e4)
        low = self.rungs[above - 1] if above else 0
        high = self.rungs[above] if above <= self.top else E4
        return above - 1 + (e4 - low) / (high - low)


TAPERED = Ladder("tapered_deci_cent", [(0, 1000, 10), (1000, 9000, 100), (9000, E4, 10)])
LINEAR = Ladder("linear_cent", [(0, E4, 100)])
LADDERS = (TAPERED, LINEAR, Ladder("deci_cent", [(0, E4, 10)]))
