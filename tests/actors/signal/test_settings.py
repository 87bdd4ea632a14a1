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
        ({"model": "cauchy"}, "model"),
        ({"tail_degrees": 2.0}, "tail_degrees"),
        ({"sigma_step_s": 0}, "sigma_step_s"),
        ({"half_lives_s": []}, "half_lives_s"),
        ({"half_lives_s": [600.0, 0.5]}, "half_lives_s"),
        ({"half_lives_s": [600.0]}, "weights_short must be one number"),
        ({"weights_long": [0.5, 0.5, 0.5, -0.5, 0.0]}, "weights_long must be one number"),
        ({"weights_short": [0.5, 0.2, 0.05, 0.0, 0.23]}, "weights_short sum to 0.98"),
        ({"speed": 0.1}, "speed"),
        ({"decision": {"required": ["hope"]}}, "requires hope, which is no kind of signal"),
        ({"thresholds": {"delay": 0.0}}, "rests on delay, whose threshold is 0"),
        ({"threshold_usd": 0.0}, "rests on edge, whose threshold is 0"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_impossible_setting_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=named):
        msgspec.convert(changes, Settings)


def test_the_defaults_are_possible() -> None:
    assert msgspec.convert({}, Settings) == Settings()
