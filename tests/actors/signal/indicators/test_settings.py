import msgspec
import pytest

from actors.signal.indicators.settings import IndicatorSettings


def test_the_defaults_are_within_their_bounds() -> None:
    assert msgspec.convert({}, IndicatorSettings) == IndicatorSettings()


@pytest.mark.parametrize(
    "changes",
    [
        {"delay_s": 0.0}, {"contracts": float("nan")}, {"imbalance_levels": 0}, {"profile_share": 1.5},
        {"gap_least": 700}, {"gap_window": 10}, {"profile_least": 0},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(changes: dict[str, float]) -> None:
    with pytest.raises(msgspec.ValidationError, match=next(iter(changes))):
        msgspec.convert(changes, IndicatorSettings)


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="delay"):
        msgspec.convert({"delay": 1.0}, IndicatorSettings)
