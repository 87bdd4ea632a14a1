"""Published test vectors, read where they lie; tests that need them are skipped elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parents[4] / "shared" / "reference" / "brti_vectors.json"


def vectors(section: str) -> Any:
    if not PATH.exists():
        pytest.skip("the reference vectors are not here")
    return json.loads(PATH.read_text())[section]
