import pytest

from actors.errors import ConfigurationError
from actors.prices.registry import build, names
from actors.prices.settings import PricesSettings


def test_every_file_of_a_venue_is_registered() -> None:
    assert names() == [
        "binance",
        "binance_us",
        "bitstamp",
        "bullish",
        "coinbase",
        "cryptocom",
        "gemini",
        "gemini_v2",
        "itbit",
        "kraken",
        "lmax",
    ]


def test_a_protocol_chooses_another_file_of_the_same_venue() -> None:
    adapter = build(PricesSettings(venue="gemini", protocol="v2"))
    assert type(adapter).__module__.endswith("gemini_v2")
    assert adapter.venue == "gemini"


@pytest.mark.parametrize(("venue", "protocol"), [("mtgox", ""), ("kraken", "v1")])
def test_what_has_no_file_is_refused_with_what_there_is(venue: str, protocol: str) -> None:
    with pytest.raises(ConfigurationError, match="coinbase"):
        build(PricesSettings(venue=venue, protocol=protocol))


def test_another_address_can_be_set() -> None:
    adapter = build(PricesSettings(venue="coinbase", url="ws://127.0.0.1:9", rest_url="http://127.0.0.1:9"))
    handshake = adapter.handshake(0)
    assert handshake is not None
    assert (handshake.url, adapter.rest_url) == ("ws://127.0.0.1:9", "http://127.0.0.1:9")
