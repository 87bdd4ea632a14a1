import msgspec
import pytest

from actors.signal.settings import Settings


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"threshold_usd": -0.01}, "threshold_usd"),
        ({"min_contracts": 0.0}, "min_contracts"),
        ({"fee_rounding": "down"}, "fee_rounding"),
        ({"settle_on": "coin"}, "settle_on"),
        ({"sigma_default": 0.0}, "sigma_default"),
        ({"index_error_bps": float("nan")}, "index_error_bps"),
        ({"missing_limit": 61}, "missing_limit"),
        ({"speed": 0.1}, "speed"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=named):
        msgspec.convert(changes, Settings)


def test_the_defaults_are_possible() -> None:
    assert msgspec.convert({}, Settings) == Settings()
