"""Messages of the real Kalshi, as published by others, kept beside the project."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "reference" / "samples" / "kalshi"
needs_samples = pytest.mark.skipif(not FOLDER.is_dir(), reason="the published samples are not here")


def stream_samples() -> list[tuple[str, bytes]]:
    """Every message of the stream, (name, frame)."""
    out: list[tuple[str, bytes]] = []
    for path in sorted(FOLDER.glob("*ws_*")):
        if "command" in path.name or "subscribe_" in path.name:
            continue
        for number, line in enumerate(path.read_bytes().splitlines()):
            if line.strip():
                out.append((f"{path.name}:{number}", line))
    return out


def body(name: str) -> dict[str, object]:
    fields = json.loads((FOLDER / name).read_bytes())
    assert isinstance(fields, dict)
    return fields
