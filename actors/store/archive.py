"""Whole segments as zstd files: every byte of the log comes back, damage included.

`<data>/store/archive/<log>/<first_seq>.seg.zst` is a standard zstd file, so `zstd -d` gives the segment as it
lay in the log.
"""

from collections.abc import Generator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa

from actors.store.errors import DamagedArchiveError
from actors.store.manifest import Manifest, store_dir
from actors.store.placing import digest, unfinished

FRAME_BYTES: Final = 4 * 1024 * 1024
LEVEL: Final = 3
"""Higher levels win 5 % and cost ten times the work."""


def path_of(data_dir: Path, log: str, first_seq: int) -> Path:
    """Where the archive of a segment stands, or will."""
    return store_dir(data_dir) / "archive" / log / f"{first_seq:020d}.seg.zst"


class Written(NamedTuple):
    """What a segment was, and what its archive is."""

    segment_bytes: int
    segment_sha256: str
    bytes: int
    sha256: str


def write(segment: Path, archive: Path) -> Generator[None, None, Written]:
    """Write `unfinished(archive)`, a frame a step. Raises OSError.

    The log may let go of what is archived: so each frame is unpacked again and compared, and
    DamagedArchiveError raised where this machine gives other bytes back.
    """
    codec = pa.Codec("zstd", compression_level=LEVEL)
    original, packed = sha256(), sha256()
    original_bytes = packed_bytes = 0
    with segment.open("rb") as source, unfinished(archive).open("wb") as file:
        while data := source.read(FRAME_BYTES):
            frame = codec.compress(data, asbytes=True)
            if codec.decompress(frame, len(data), asbytes=True) != data:
                message = f"{segment} cannot be archived: unpacked again it is not the same"
                raise DamagedArchiveError(message)
            file.write(frame)
            original.update(data)
            packed.update(frame)
            original_bytes += len(data)
            packed_bytes += len(frame)
            yield
    return Written(original_bytes, original.hexdigest(), packed_bytes, packed.hexdigest())


def read(path: Path, bytes_: int, digest: str) -> Iterator[bytes]:
    """The segment's bytes, a frame a step, checked against their number and SHA-256 behind the last of them.

    Raises DamagedArchiveError, which names the archive.
    """
    seen, count = sha256(), 0
    try:
        with pa.OSFile(str(path)) as file, pa.CompressedInputStream(file, "zstd") as stream:
            while data := stream.read(FRAME_BYTES):
                seen.update(data)
                count += len(data)
                yield data
    except OSError as error:
        message = f"{path} cannot be unpacked: {error}"
        raise DamagedArchiveError(message) from None
    if (count, seen.hexdigest()) != (bytes_, digest):
        message = f"{path} is damaged: it does not give back the segment that its manifest names"
        raise DamagedArchiveError(message)


def unpack(data_dir: Path, manifest: Manifest, to: Path) -> None:
    """Write a stored segment to a file, as it lay in the log.

    Raises DamagedArchiveError, which names the archive, and OSError; then there is no such file.
    """
    path = store_dir(data_dir) / manifest.archive.path
    try:
        is_whole = digest(path) == manifest.archive.sha256
    except FileNotFoundError:
        message = f"{path} is missing"
        raise DamagedArchiveError(message) from None
    if not is_whole:
        message = f"{path} is damaged: its checksum is not that of its manifest"
        raise DamagedArchiveError(message)
    try:
        with to.open("xb") as file:
            for data in read(path, manifest.segment_bytes, manifest.segment_sha256):
                file.write(data)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
