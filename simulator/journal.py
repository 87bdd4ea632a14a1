"""Writes down every frame that went out, so that a recording can be held against it."""

from pathlib import Path
from typing import IO

import orjson


class Journal:
    """One stream connection's frames, one JSON object a line, in the order sent.

    First line: `{"venue", "connection", "peer", "path", "at_ns"}`; peer is the client's `127.0.0.1:port`.
    Then `{"at_ns", "text"}` per text frame, or `"hex"` in place of `"text"` for a binary one. A frame
    that a fault swallowed is not here, one that a fault made up is. Last line: `{"at_ns", "closed"}`
    with the close code. Lines are buffered; `flush` and `close` bring them to the disk.
    """

    def __init__(self, folder: Path, venue: str, connection: int, peer: str, path: str, at_ns: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = (folder / f"{venue}-{connection}.jsonl").open("ab", buffering=1 << 16)
        self._line({"venue": venue, "connection": connection, "peer": peer, "path": path, "at_ns": at_ns})
        self._file.flush()

    def frame(self, at_ns: int, data: str | bytes) -> None:
        if isinstance(data, str):
            self._line({"at_ns": at_ns, "text": data})
        else:
            self._line({"at_ns": at_ns, "hex": data.hex()})

    def flush(self) -> None:
        self._file.flush()

    def close(self, at_ns: int, code: int) -> None:
        self._line({"at_ns": at_ns, "closed": code})
        self._file.close()

    def _line(self, fields: dict[str, object]) -> None:
        self._file.write(orjson.dumps(fields) + b"\n")
