import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.errors import ConfigurationError
from actors.prices.main import start
from tests.actors.shells import assignment


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"venue": "bitfinex"}, "no adapter"),
        ({"venue": "kraken", "depth": 7}, "depth"),
        ({"vneue": "kraken"}, "coinbase"),
    ],
)
def test_settings_that_cannot_be_are_the_users_to_mend(
    settings: dict[str, Any], said: str, tmp_path: Path
) -> None:
    given = msgspec.structs.replace(assignment(tmp_path, "coinbase"), settings=settings)
    with pytest.raises(ConfigurationError, match=said):
        start(given, threading.Event())
