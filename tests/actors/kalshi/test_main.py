from typing import Any

import msgspec
import pytest

from actors.errors import ConfigurationError
from actors.kalshi.main import build
from actors.kalshi.poller import KalshiPoller
from actors.kalshi.settings import KalshiSettings


def test_the_defaults_hold_and_poll() -> None:
    assert isinstance(build({}), KalshiPoller)
    assert KalshiSettings().subscribe.series == ["KXBTC15M"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"urll": "x"}, "urll"),
        ({"url": "https://x"}, "url must begin with ws"),
        ({"rest_url": "https://x/"}, "rest_url must"),
        ({"key_file": "x.pem"}, "key_id is not"),
        ({"subscribe": {"series": [], "markets": []}}, "at least one"),
        ({"speed": 0}, "speed must lie above 0"),
        ({"requests_per_s": 50}, "requests_per_s"),
        ({"subscribe": {"strikes": 0}}, "strikes"),
        ({"key_id": "a", "key_file": "/nonexistent.pem"}, "cannot be read"),
        ({"quiet_s": "soon"}, "quiet_s"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        build(fields)
    assert "\n" not in str(caught.value)


def test_settings_go_through_json() -> None:
    settings = KalshiSettings(speed=60.0)
    assert msgspec.json.decode(msgspec.json.encode(settings), type=KalshiSettings) == settings
