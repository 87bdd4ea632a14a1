"""The published worked example, read where it lies; tests that need it are skipped elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parents[4] / "shared" / "reference" / "brti_vectors.json"
E8 = 100_000_000


def example() -> Any:
    if not PATH.exists():
        pytest.skip("the reference vectors are not here")
    return json.loads(PATH.read_text())["rti_example"]


def e8(value: float) -> int:
    return round(value * E8)


def levels(rows: list[list[float]]) -> list[tuple[int, int]]:
    """Rows of USD and BTC as (price, size), both scaled by 10^8."""
    return [(e8(price), e8(size)) for price, size in rows]
