"""Fixtures of the score's tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from messages import Message
from tests.replay.score.logs import write


@pytest.fixture
def append() -> Callable[..., None]:
    """Append more messages to a log that is there."""

    def more(data_dir: Path, log: str, *messages: Message) -> None:
        write(data_dir, log, list(messages))

    return more
