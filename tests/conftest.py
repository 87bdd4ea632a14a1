"""What every test may use."""

import time
from collections.abc import Callable

import pytest


def wait_until(predicate: Callable[[], object], timeout_s: float = 10.0, every_s: float = 0.01) -> None:
    """Poll until the predicate holds; fail loudly when it does not within the limit."""
    deadline_s = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > deadline_s:
            pytest.fail(f"not within {timeout_s} s: {predicate}")
        time.sleep(every_s)


@pytest.fixture
def eventually() -> Callable[..., None]:
    return wait_until
