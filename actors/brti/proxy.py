"""The volume-weighted proxy of the index: its formula, and which venues are in it."""

from typing import Final, NamedTuple

from actors.standing import Standing
from messages import LeftOut, Share

METHOD: Final = "volume-weighted"
ONE_E8: Final = 100_000_000


class Venue:
    """What is known of one venue: its quote, its volume, and whether the quote stands."""

    __slots__ = (
        "ask_e8",
        "bid_e8",
        "default_volume",
        "name",
        "quote_ns",
        "quote_seq",
        "standing",
        "volume_e8",
    )

    def __init__(self, name: str, default_volume_btc: float) -> None:
        self.name = name
        self.standing = Standing()
        self.bid_e8 = 0
        self.ask_e8 = 0
        self.quote_ns = 0
        self.quote_seq = 0
        self.volume_e8 = round(default_volume_btc * ONE_E8)
        self.default_volume = True

    def trouble(self, now_ns: int, stale_ns: int) -> str:
        """Say why this venue must stay out, as LeftOut.why does; empty if it is in."""
        trouble = self.standing.trouble(now_ns, stale_ns)
        if trouble:
            return trouble
        if self.bid_e8 <= 0 or self.ask_e8 <= 0:
            return "one-sided"
        return "crossed" if self.bid_e8 >= self.ask_e8 else ""


class Composition(NamedTuple):
    """A value with all that it is made of. value_usd is 0.0 where no venue qualifies."""

    value_usd: float
    shares: list[Share]
    left_out: list[LeftOut]

    def same_as(self, other: "Composition") -> bool:
        """Whether value, venues and reasons are the same; ages and record numbers may differ."""
        return (
            self.value_usd == other.value_usd
            and [share.venue for share in self.shares] == [share.venue for share in other.shares]
            and [(out.venue, out.why) for out in self.left_out]
            == [(out.venue, out.why) for out in other.left_out]
        )

    def withheld(self) -> str:
        """Say why there is no value; empty if there is one."""
        if self.shares:
            return ""
        return "no venue qualifies: " + ", ".join(f"{out.venue} {out.why}" for out in self.left_out)


def compose(venues: list[Venue], now_ns: int, stale_ns: int) -> Composition:
    """Compute sum(price_i x volume_i) / sum(volume_i) over the venues that qualify.

    price_i: mid of best bid and best ask; volume_i: 24 h volume, or the configured default. The sums are
    exact integers and the one division is correctly rounded: the value never leaves the range of the
    prices, and depends on nothing but them and their weights.
    """
    shares: list[Share] = []
    left_out: list[LeftOut] = []
    weighted = weights = 0
    for venue in venues:
        age_ms = (now_ns - venue.quote_ns) // 1_000_000 if venue.quote_ns else -1
        trouble = venue.trouble(now_ns, stale_ns)
        if trouble:
            left_out.append(LeftOut(venue.name, trouble, age_ms))
            continue
        twice_mid_e8 = venue.bid_e8 + venue.ask_e8
        weighted += twice_mid_e8 * venue.volume_e8
        weights += venue.volume_e8
        shares.append(
            Share(
                venue=venue.name,
                price_usd=twice_mid_e8 / (2 * ONE_E8),
                volume_btc=venue.volume_e8 / ONE_E8,
                default_volume=venue.default_volume,
                age_ms=age_ms,
                seq=venue.quote_seq,
            )
        )
    value_usd = weighted / (weights * 2 * ONE_E8) if weights else 0.0
    return Composition(value_usd, shares, left_out)
