"""Files that appear whole or not at all, whatever happens on the way: written beside, synced, renamed."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from messages.log.durable import sync_file, sync_folder

UNFINISHED: Final = ".new"
"""Ending of a file that is still being written. Nobody reads such; the next try overwrites it."""
CHUNK_BYTES: Final = 1024 * 1024


def unfinished(path: Path) -> Path:
    """Where a file is written before it gets its name; hidden, in the same folder."""
    return path.with_name(f".{path.name}{UNFINISHED}")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; their names survive a power cut. Raises OSError."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for made in reversed(missing):
        made.mkdir(exist_ok=True)
        sync_folder(made.parent)


def place(paths: Iterable[Path]) -> None:
    """Give finished files, written to `unfinished(path)`, their names, durably. Raises OSError."""
    placed = list(paths)
    for path in placed:
        fd = os.open(unfinished(path), os.O_RDONLY | os.O_CLOEXEC)
        try:
            sync_file(fd)
        finally:
            os.close(fd)
    for path in placed:
        unfinished(path).replace(path)
    for folder in sorted({path.parent for path in placed}):
        sync_folder(folder)


def remove(paths: Iterable[Path], root: Path) -> None:
    """Delete files, and the folders below root that are empty then. Those already gone are no trouble."""
    folders = set()
    for path in paths:
        path.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        with contextlib.suppress(OSError):  # it is not empty, or gone
            while folder != root:
                folder.rmdir()
                folder = folder.parent


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, little by little. Raises OSError."""
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            yield data


def digest(path: Path) -> str:
    """SHA-256 of a file. Raises OSError."""
    found = sha256()
    for data in chunks(path):
        found.update(data)
    return found.hexdigest()
