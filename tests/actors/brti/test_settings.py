import msgspec
import pytest

from actors.brti.settings import Settings


def test_the_defaults_are_the_four_exchanges() -> None:
    assert Settings().venues == ["coinbase", "kraken", "bitstamp", "gemini"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"venues": []}, "venues"),
        ({"venues": ["kraken", "kraken"]}, "twice"),
        ({"venues": ["mtgox"]}, "mtgox"),
        ({"default_volumes_btc": {"coinbase": 1.0}}, "kraken"),
        ({"venues": ["kraken"], "default_volumes_btc": {"kraken": 0.0}}, "default_volumes_btc"),
        ({"venues": ["kraken"], "default_volumes_btc": {"kraken": float("inf")}}, "default_volumes_btc"),
        ({"stale_s": 0.0}, "stale_s"),
        ({"grid_ms": 300}, "grid_ms"),
        ({"speed": 0.5}, "speed"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=named):
        msgspec.convert(changes, Settings)
