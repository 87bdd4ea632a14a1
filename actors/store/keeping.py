"""What of the store is kept: limits by age and size, and nothing that no manifest names.

A segment goes in this order: its manifest first, durably, then its files. What a crash leaves in between is
named by no manifest, so the next start sweeps it away, as it does what an unfinished compaction left.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from actors.store.errors import StoreError
from actors.store.manifest import Manifest, load, logs, path_of, paths, store_dir
from actors.store.placing import UNFINISHED, remove
from messages import StoreTrimmed
from messages.log.durable import sync_folder

ENDINGS: Final = (".parquet", ".seg.zst")


class Limits(NamedTuple):
    """How much is stored at most. 0: without limit. most_age_s: since a segment's newest record."""

    most_bytes: int
    most_age_s: float


class _Kept(NamedTuple):
    to_ns: int
    log: str
    first_seq: int
    bytes: int


class Keeping:
    """Knows how old and how large each stored segment is, and lets the oldest go."""

    def __init__(self, data_dir: Path, limits: Limits) -> None:
        self._data_dir = data_dir
        self._limits = limits
        self._kept: list[_Kept] = []
        """Oldest last."""
        self._going: tuple[Manifest, str] | None = None
        """One that is being deleted, and for which limit."""
        self.bytes = 0
        """Of all that is stored."""

    def begin(self) -> Iterator[str]:
        """Read all manifests, one a step; yields why one cannot be read, or nothing. Such a segment stays."""
        for log in logs(self._data_dir):
            for path in paths(self._data_dir, log):
                try:
                    self._kept.append(_kept(load(path)))
                except (StoreError, OSError) as error:
                    yield str(error)
                else:
                    yield ""
        self._kept.sort(reverse=True)
        self.bytes = sum(kept.bytes for kept in self._kept)

    def add(self, manifest: Manifest) -> None:
        """Take a segment in that has been stored."""
        one = _kept(manifest)
        self._kept = [kept for kept in self._kept if kept[1:3] != one[1:3]]
        self._kept.append(one)
        self._kept.sort(reverse=True)
        self.bytes = sum(kept.bytes for kept in self._kept)

    def trim(self, now_ns: int) -> StoreTrimmed | None:
        """Delete the oldest segment if a limit asks for it.

        Raises OSError, then the next call goes on with the same one; FileNotFoundError and StoreError for a
        manifest that is gone or cannot be read any more, which is left alone from then on.
        """
        if self._going is None:
            limit = self._limit(now_ns)
            if not limit:
                return None
            oldest = self._kept.pop()
            self.bytes -= oldest.bytes
            self._going = load(path_of(self._data_dir, oldest.log, oldest.first_seq)), limit
        going, limit = self._going
        _forget(self._data_dir, going)
        self._going = None
        return StoreTrimmed(
            log=going.log,
            first=going.first_seq,
            last=going.next_seq - 1,
            at_ns=now_ns,
            freed_bytes=size(going),
            limit=limit,
        )

    def _limit(self, now_ns: int) -> str:
        """Which limit asks for the oldest; empty if none does."""
        if not self._kept:
            return ""
        if self._limits.most_age_s and self._kept[-1].to_ns < now_ns - int(self._limits.most_age_s * 1e9):
            return "age"
        return "size" if self._limits.most_bytes and self.bytes > self._limits.most_bytes else ""


def _kept(manifest: Manifest) -> _Kept:
    return _Kept(manifest.to_ns, manifest.log, manifest.first_seq, size(manifest))


def size(manifest: Manifest) -> int:
    """Bytes of a stored segment's files."""
    return manifest.archive.bytes + sum(file.bytes for file in manifest.tables)


def sweep(data_dir: Path) -> Iterator[int]:
    """Delete files of the store that no manifest stands for, a folder a step; yields how many went.

    Only while nothing is being stored. What is not the store's own is left alone.
    """
    root = store_dir(data_dir)
    committed = {
        f"{log}-{path.stem}" for log in logs(data_dir) for path in paths(data_dir, log) if path.stem.isdigit()
    }
    for top in ("tables", "archive", "manifest"):
        for folder, _, names in os.walk(root / top, topdown=False):
            here = Path(folder)
            left = [here / name for name in names if not _stands_for(here, name, committed)]
            remove(left, root / top)
            yield len(left)


def _stands_for(folder: Path, name: str, committed: set[str]) -> bool:
    if name.startswith(".") and name.endswith(UNFINISHED):
        return False
    for ending in ENDINGS:
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            segment = f"{folder.name}-{stem}" if ending == ".seg.zst" else stem
            is_ours = segment.rpartition("-")[2].isdigit()
            return not is_ours or segment in committed
    return True


def _forget(data_dir: Path, manifest: Manifest) -> None:
    path = path_of(data_dir, manifest.log, manifest.first_seq)
    path.unlink(missing_ok=True)
    sync_folder(path.parent)
    root = store_dir(data_dir)
    remove([root / file.path for file in manifest.tables], root / "tables")
    remove([root / manifest.archive.path], root / "archive")
