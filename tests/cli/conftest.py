"""Fixtures of the command's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home in which two price actors and the index run on the simulator."""
    home = Home(tmp_path_factory.mktemp("running"))
    arguments = ("--sim", "--detach", "--only", "coinbase,kraken,brti,logger", "--data", str(home.data))
    outcome = home.run("start", *arguments)
    assert outcome.code == 0, outcome.err
    yield home
    home.run("stop", "--data", str(home.data))
