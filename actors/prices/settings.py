"""What may be set for a price actor."""

from typing import Annotated

import msgspec


class PricesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One exchange, one symbol.

    venue: name of a file in actors/prices/venues. symbol: base and quote, `BTC-USD`. url, rest_url: other
    addresses than the venue's own, e.g. the simulator's; empty for its own. protocol: an older form of
    the venue's protocol (`v2` of Gemini); empty for the current one. checkpoint_s: how often the whole
    book is said again. depth: levels a side to subscribe to where the venue lets one choose (Kraken);
    0 for the most it gives. band_pct: how far from the mid levels are kept where the venue sends its
    whole book (Coinbase, Gemini), in percent; 0 for all. The index wants 5 % on either side; a new book is
    asked for when the price has used up a third of the band. volume_poll_s: how often the 24-hour volume
    is asked for where the stream does not bring it.
    """

    venue: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]*$")]
    symbol: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]+-[A-Z0-9]+$")] = "BTC-USD"
    url: Annotated[str, msgspec.Meta(pattern="^(wss?://.*)?$")] = ""
    rest_url: Annotated[str, msgspec.Meta(pattern="^(https?://.*)?$")] = ""
    protocol: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]*$")] = ""
    checkpoint_s: Annotated[float, msgspec.Meta(ge=1, le=10)] = 10.0
    depth: Annotated[int, msgspec.Meta(ge=0)] = 0
    band_pct: Annotated[float, msgspec.Meta(ge=0, le=90)] = 7.5
    volume_poll_s: Annotated[float, msgspec.Meta(ge=1)] = 10.0
