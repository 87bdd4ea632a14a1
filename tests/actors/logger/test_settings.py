import msgspec
import pytest

from actors.logger.settings import Settings


@pytest.mark.parametrize(
    "changes", [{"rotate_mb": 0.0}, {"keep": 0}, {"poll_ms": 5}, {"poll_ms": 5000}, {"colour": "red"}]
)
def test_an_impossible_setting_is_refused_by_name(changes: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError, match=next(iter(changes))):
        msgspec.convert(changes, Settings)


def test_the_defaults_are_possible() -> None:
    assert msgspec.convert({}, Settings) == Settings()
