"""Fixtures of the page's tests."""

from pathlib import Path

import pytest

from replay.report.reading import Gathered, gather
from replay.sessions import sessions
from tests.replay.report.whole import record_all


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a session in which every plot has something to show. Not to be changed."""
    data_dir = tmp_path_factory.mktemp("whole")
    record_all(data_dir)
    return data_dir


@pytest.fixture(scope="session")
def gathered(whole: Path) -> Gathered:
    """What the page shows of it."""
    return gather(whole, sessions(whole), 100.0, lambda share: None)
