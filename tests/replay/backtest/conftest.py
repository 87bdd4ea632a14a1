"""A made-up session in which the paper account traded, read as `score` reads it."""

from pathlib import Path

import pytest

from replay.score.reading import Recorded, read
from replay.sessions import Session, sessions
from tests.replay.score import logs

WINDOWS = 12


@pytest.fixture(scope="session")
def slow_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which Kalshi's quotes were late. Not to be changed."""
    data_dir = tmp_path_factory.mktemp("slow") / "data"
    logs.record(data_dir, WINDOWS, slow=True)
    return data_dir


@pytest.fixture(scope="session")
def session_there(slow_market: Path) -> Session:
    (found,) = sessions(slow_market)
    return found


@pytest.fixture(scope="session")
def score_there(slow_market: Path, session_there: Session) -> Recorded:
    return read(slow_market, [session_there], 100.0, lambda share: None)
