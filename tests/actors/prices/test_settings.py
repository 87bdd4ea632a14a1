from typing import Any

import msgspec
import pytest

from actors.prices.settings import PricesSettings


def test_a_venue_is_all_that_must_be_said() -> None:
    settings = msgspec.convert({"venue": "coinbase"}, PricesSettings)
    assert (settings.symbol, settings.checkpoint_s) == ("BTC-USD", 10.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"venue": "../etc"},
        {"venue": "kraken", "symbol": "BTCUSD"},
        {"venue": "kraken", "url": "ftp://x"},
        {"venue": "kraken", "rest_url": "ws://x"},
        {"venue": "kraken", "checkpoint_s": 0},
        {"venue": "kraken", "checkpoint_s": 11},
        {"venue": "kraken", "depth": -1},
        {"venue": "kraken", "band_pct": 100},
        {"venue": "kraken", "colour": "red"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, PricesSettings)
