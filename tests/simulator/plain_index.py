"""The published index method once more, as plainly as it can be written: to check the others against.

No arrays, no shortcuts, nothing kept from one value to the next; prices and sizes are Decimals. Slow.

*Source*: CME CF Real Time Index methodology for BTC, Eq. 1a to 5, as its readers give it.
"""

import math
import statistics
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

SPACING = Decimal(1)
LARGEST_SPREAD = Decimal("0.005")
DECAY = 0.3
BAND = Decimal("0.05")
LARGEST_DEVIATION = Decimal("0.05")

Level = tuple[Decimal, Decimal]
"""Price in USD and size in BTC."""
Rows = Sequence[Sequence[object]]
"""Levels as anybody has them: pairs of price and size, as text or numbers."""
Books = Mapping[str, Mapping[str, Rows]]
"""By venue: `bids` and `asks`."""


class Cap(NamedTuple):
    orders: int
    cut: int
    trimmed_mean: float
    winsorised_mean: float
    winsorised_deviation: float
    cap: float


class Point(NamedTuple):
    """One point of the curves. weight: 0 beyond the utilised depth."""

    v: Decimal
    ask: Decimal
    bid: Decimal
    mid: Decimal
    spread: Decimal
    raw_weight: float
    weight: float


class Index(NamedTuple):
    """One value. utilised: v_T in BTC. norm: NF."""

    value: float
    utilised: Decimal
    rate: float
    norm: float
    cap: Cap
    points: list[Point]

    @property
    def cents(self) -> int:
        return int((Decimal(repr(self.value)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def levels(rows: Rows) -> list[Level]:
    return [(Decimal(str(price)), Decimal(str(size))) for price, size in rows]


def compute(
    books: Books, cap_sample: str = "min50", uncross: bool = True, cap_btc: Decimal | None = None
) -> Index | None:
    """Compute the index of books that have passed the screens. cap_btc: instead of the method's own."""
    # Sorting keeps the order of equal prices: the later venue's first, as nobody says which comes first.
    later_first = list(books.values())[::-1]
    bids = sorted([row for book in later_first for row in levels(book["bids"])], key=lambda row: -row[0])
    asks = sorted([row for book in later_first for row in levels(book["asks"])], key=lambda row: row[0])
    if not bids or not asks:
        return None
    cap = size_cap(bids, asks, cap_sample)
    most = cap_btc if cap_btc is not None else Decimal(cap.cap)
    bids = [(price, min(size, most)) for price, size in bids]
    asks = [(price, min(size, most)) for price, size in asks]
    if uncross:
        bids, asks = uncrossed(bids, asks)
    return from_sides(bids, asks, cap)


def from_sides(bids: list[Level], asks: list[Level], cap: Cap) -> Index | None:
    """Curves, utilised depth and weights of two sides as they are; None where they do not reach 1 BTC."""
    curve: list[tuple[Decimal, Decimal, Decimal, Decimal, Decimal]] = []
    for ask, bid in zip(marginal(asks), marginal(bids), strict=False):
        mid = (ask + bid) / 2
        curve.append((SPACING * (len(curve) + 1), ask, bid, mid, ask / mid - 1))
    if not curve:
        return None
    utilised = SPACING
    for v, _, _, _, spread in curve:
        if spread > LARGEST_SPREAD:
            break
        utilised = v
    rate = 1 / (DECAY * float(utilised))
    raw = [rate * math.exp(-rate * float(v)) if v <= utilised else 0.0 for v, *_ in curve]
    norm = math.fsum(raw)
    points = [Point(*row, weight, weight / norm) for row, weight in zip(curve, raw, strict=True)]
    value = math.fsum(point.weight * float(point.mid) for point in points)
    return Index(value, utilised, rate, norm, cap, points)


def size_cap(bids: list[Level], asks: list[Level], cap_sample: str) -> Cap:
    """Trimmed mean of the sizes near the touch plus five winsorised deviations. Sides best first."""
    best_bid, best_ask = bids[0][0], asks[0][0]
    near_asks = [size for price, size in asks if price <= best_ask * (1 + BAND)]
    near_bids = [size for price, size in bids if price >= best_bid * (1 - BAND)]
    if cap_sample == "max50":
        near_asks, near_bids = near_asks[:50], near_bids[:50]
    else:
        near_asks = [size for _, size in asks[: max(50, len(near_asks))]]
        near_bids = [size for _, size in bids[: max(50, len(near_bids))]]
    sample = sorted(float(size) for size in near_asks + near_bids)
    n = len(sample)
    k = n // 100
    kept = sample[k : n - k]
    drawn_in = [sample[k]] * k + kept + [sample[n - k - 1]] * k
    trimmed, winsorised = statistics.fmean(kept), statistics.fmean(drawn_in)
    deviation = math.sqrt(math.fsum((size - winsorised) ** 2 for size in drawn_in) / (n - 1))
    return Cap(n, k, trimmed, winsorised, deviation, trimmed + 5 * deviation)


def uncrossed(bids: list[Level], asks: list[Level]) -> tuple[list[Level], list[Level]]:
    """Trade the best against each other until the best bid is below the best ask."""
    bids, asks = list(bids), list(asks)
    while bids and asks and bids[0][0] >= asks[0][0]:
        (bid, bid_size), (ask, ask_size) = bids.pop(0), asks.pop(0)
        traded = min(bid_size, ask_size)
        if bid_size > traded:
            bids.insert(0, (bid, bid_size - traded))
        if ask_size > traded:
            asks.insert(0, (ask, ask_size - traded))
    return bids, asks


def marginal(side: list[Level]) -> list[Decimal]:
    """The price of the last unit of 1 BTC, of 2 BTC, and so on as far as the side reaches."""
    prices: list[Decimal] = []
    total = Decimal(0)
    for price, size in side:
        total += size
        while SPACING * (len(prices) + 1) <= total:
            prices.append(price)
    return prices


def screen(
    books: Books, ages_s: Mapping[str, float], out_before: Collection[str] = (), oldest_s: float = 30.0
) -> tuple[list[str], dict[str, str]]:
    """Say which venues count and why the others do not. ages_s: of each book, in seconds.

    out_before: who was too far off before; such a venue comes back at half the deviation.
    """
    reasons, mids = {}, {}
    for venue, book in books.items():
        bids = [price for price, size in levels(book["bids"]) if price > 0 and size > 0]
        asks = [price for price, size in levels(book["asks"]) if price > 0 and size > 0]
        if ages_s[venue] >= oldest_s:
            reasons[venue] = "delayed"
        elif not bids or not asks:
            reasons[venue] = "one_sided"
        elif max(bids) >= min(asks):
            reasons[venue] = "crossed"
        else:
            mids[venue] = (max(bids) + min(asks)) / 2
    median = statistics.median(mids.values()) if mids else Decimal(1)
    for venue, mid in mids.items():
        deviation = abs(mid / median - 1)
        back = venue in out_before and deviation >= LARGEST_DEVIATION / 2
        if back or deviation > LARGEST_DEVIATION:
            reasons[venue] = "potentially_erroneous"
    return [venue for venue in mids if venue not in reasons], reasons
