"""Means of the venues' mids: by their 24-hour volumes, or each alike. Quick to judge, and not the index."""

from collections.abc import Sequence
from typing import Final

from actors.brti.composition import Composition, nobody
from actors.brti.sources import ONE_E8, Source
from messages import LeftOut, Share

VOLUME_WEIGHTED: Final = "volume-weighted"
EQUAL_WEIGHTED: Final = "equal-weighted"


def compose(
    venues: Sequence[Source], fallback: Sequence[Source], now_ns: int, stale_ns: int, *, by_volume: bool
) -> Composition:
    """Compute sum(price_i x weight_i) / sum(weight_i) over the venues that qualify.

    price_i: mid of best bid and best ask; weight_i: 24 h volume or the configured default, or 1. Where no
    venue qualifies, the first of the fallback that does stands in, and is named. The sums are exact integers
    and the one division is correctly rounded: the value never leaves the range of the prices, and depends
    on nothing but them and their weights.
    """
    left_out: list[LeftOut] = []
    qualify: list[Source] = []
    for venue in venues:
        trouble = venue.trouble(now_ns, stale_ns)
        if trouble:
            left_out.append(LeftOut(venue.name, trouble, venue.age_ms(now_ns)))
        else:
            qualify.append(venue)
    if not qualify:
        qualify = [venue for venue in fallback if not venue.trouble(now_ns, stale_ns)][:1]
    if not qualify:
        return Composition(0.0, [], left_out, nobody(left_out))
    volumes = [venue.volume_e8 if by_volume else ONE_E8 for venue in qualify]
    total = sum(volumes)
    weighted = sum(sum(venue.touch) * volume for venue, volume in zip(qualify, volumes, strict=True))
    shares = [
        Share(
            venue=venue.name,
            price_usd=sum(venue.touch) / (2 * ONE_E8),
            volume_btc=volume / ONE_E8,
            default_volume=by_volume and venue.default_volume,
            age_ms=venue.age_ms(now_ns),
            seq=venue.seq,
            weight=volume / total,
        )
        for venue, volume in zip(qualify, volumes, strict=True)
    ]
    return Composition(weighted / (total * 2 * ONE_E8), shares, left_out)
