"""One key pair for all tests here, and one simulator for those that only look."""

from collections.abc import Iterator

import pytest

from simulator.kalshi.keys import DemoKey, make_demo_key
from simulator.settings import KalshiSettings
from tests.simulator.kalshi.client import World, kalshi_world


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> DemoKey:
    return make_demo_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def calm(key: DemoKey) -> Iterator[World]:
    """Almost real speed, few messages, shared by a module: leave it as it was found."""
    with kalshi_world(key, KalshiSettings(read_bucket_tokens=1e6), rate=150.0) as world:
        yield world
