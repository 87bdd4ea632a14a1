import msgspec
import pytest

from actors.brti.settings import Settings


def test_the_defaults_are_the_eight_constituents_by_the_published_method() -> None:
    assert Settings().method == "cme-cf"
    assert Settings().venues == [
        "coinbase", "kraken", "bitstamp", "gemini", "cryptocom", "bullish", "itbit", "lmax",
    ]  # fmt: skip


def test_no_more_venues_than_the_consolidated_book_has_places() -> None:
    names = [f"v{number}" for number in range(17)]
    with pytest.raises(msgspec.ValidationError, match="at most 16"):
        msgspec.convert({"venues": names, "default_volumes_btc": dict.fromkeys(names, 1.0)}, Settings)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"venues": []}, "venues"),
        ({"venues": ["kraken", "kraken"]}, "twice"),
        ({"venues": ["mtgox"]}, "mtgox"),
        ({"default_volumes_btc": {"coinbase": 1.0}}, "kraken"),
        ({"venues": ["kraken"], "default_volumes_btc": {"kraken": 0.0}}, "default_volumes_btc"),
        ({"venues": ["kraken"], "default_volumes_btc": {"kraken": float("inf")}}, "default_volumes_btc"),
        ({"venues": ["kraken", "binance"]}, "binance twice"),
        ({"fallback": ["mtgox"]}, "mtgox"),
        ({"symbols": {"mtgox": "BTC-USD"}}, "mtgox"),
        ({"method": "cme"}, "method"),
        ({"switches": {"cap_sample": "all"}}, "cap_sample"),
        ({"nowcast_window_s": 1.0}, "nowcast_window_s"),
        ({"stale_s": 0.0}, "stale_s"),
        ({"grid_ms": 300}, "grid_ms"),
        ({"speed": 0.5}, "speed"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=named):
        msgspec.convert(changes, Settings)
