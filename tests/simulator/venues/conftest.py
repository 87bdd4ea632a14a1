from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from simulator.main import running_simulator
from simulator.settings import Settings
from tests.simulator.venues.client import Exchange

Start = Callable[..., Exchange]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a simulator that serves one venue; stopped when the test ends."""
    with ExitStack() as stack:

        def begin(venue: str, rate: float = 1_000.0, faults: list[str] | None = None) -> Exchange:
            settings = Settings(ports={venue: 0}, rate=rate, faults=faults or [])
            running = stack.enter_context(running_simulator(settings))
            return Exchange(running.urls[venue], running.stream_urls[venue])

        yield begin
