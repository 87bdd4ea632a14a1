"""Fixtures of the command's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home of its own; what a failed test left running there is stopped."""
    home = Home(tmp_path)
    yield home
    if home.data.exists():
        home.run("stop", "--data", str(home.data))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home in which two price actors and the index run on the simulator."""
    home = Home(tmp_path_factory.mktemp("running"))
    arguments = ("--sim", "--detach", "--only", "coinbase,kraken,brti,logger", "--data", str(home.data))
    outcome = home.run("start", *arguments)
    assert outcome.code == 0, outcome.err
    yield home
    home.run("stop", "--data", str(home.data))
