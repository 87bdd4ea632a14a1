"""What may be set for the Polymarket actor."""

from typing import Annotated

import msgspec


class PolymarketSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bitcoin's quarter hour on Polymarket. Off unless asked for.

    enabled: run it; `--only` runs it too. url, rest_url: of the market stream and of the REST pages that list
    the markets. checkpoint_s: how often what stands is said again. speed: of the market's clock.
    """

    enabled: bool = False
    url: Annotated[str, msgspec.Meta(pattern="^wss?://.*$")] = (
        "wss://ws-subscriptions-clob.polymarket.com/ws/market"
    )
    rest_url: Annotated[str, msgspec.Meta(pattern="^https?://.*$")] = "https://gamma-api.polymarket.com"
    checkpoint_s: Annotated[float, msgspec.Meta(ge=1, le=10)] = 10.0
    speed: Annotated[float, msgspec.Meta(ge=1, le=900)] = 1.0
