"""Fixtures of the replay package's tests."""

import shutil
from pathlib import Path

import pytest

from tests.replay.real import record_a_run


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a real run in which the signal actor was killed once. Not to be changed."""
    data_dir = tmp_path_factory.mktemp("recorded") / "data"
    record_a_run(data_dir)
    return data_dir


@pytest.fixture
def copied(recorded: Path, tmp_path: Path) -> Path:
    """A copy of that folder's logs, to be tampered with."""
    shutil.copytree(recorded / "log", tmp_path / "log")
    return tmp_path
