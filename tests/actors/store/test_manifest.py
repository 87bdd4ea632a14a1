"""The manifest of a stored segment."""

from pathlib import Path

import msgspec
import pytest

from actors.store.errors import DamagedManifestError, ForeignManifestError
from actors.store.manifest import (
    FORMAT,
    VERSION,
    Damage,
    Manifest,
    Start,
    StoredFile,
    TableFile,
    encode,
    load,
    logs,
    path_of,
    paths,
)
from messages import ActorStarted

MANIFEST = Manifest(
    format=FORMAT,
    version=VERSION,
    log="kraken",
    first_seq=7,
    next_seq=10,
    from_ns=1_000,
    to_ns=2_000,
    records=2,
    kinds={1: 1, 21: 1},
    segment_bytes=321,
    segment_sha256="aa",
    archive=StoredFile("archive/kraken/00000000000000000007.seg.zst", 100, "bb"),
    tables=[TableFile("BookChanged", "1970-01-01", "BTC-USD", 1, "tables/…", 90, "cc")],
    starts=[Start(7, 1_000, "kraken", "2026-11-22T20-55-40Z", 99, 999, "0.5", "{}")],
    damage=[Damage(8, 8, "no sound record stands there")],
)


def written(folder: Path, data: bytes) -> Path:
    path = path_of(folder, "kraken", 7)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, encode(MANIFEST))
    read = load(path)
    assert msgspec.structs.replace(read, check="") == MANIFEST
    assert len(read.check) == 64
    assert encode(read) == path.read_bytes()
    assert read.starts[0].message() == ActorStarted("kraken", "2026-11-22T20-55-40Z", 99, 999, "0.5", "{}")


def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    data = encode(MANIFEST)
    for at in range(len(data)):
        path = written(tmp_path, data[:at] + bytes([data[at] ^ 0x04]) + data[at + 1 :])
        with pytest.raises((DamagedManifestError, ForeignManifestError), match="json"):
            load(path)


@pytest.mark.parametrize("keep", [0, 1, 100, -2])
def test_a_cut_off_one_is_found(tmp_path: Path, keep: int) -> None:
    with pytest.raises(DamagedManifestError, match="is damaged"):
        load(written(tmp_path, encode(MANIFEST)[:keep]))


def test_one_of_a_later_version_is_named_and_not_read(tmp_path: Path) -> None:
    later = encode(msgspec.structs.replace(MANIFEST, version=2))
    with pytest.raises(ForeignManifestError, match="store version 2; this program reads version 1"):
        load(written(tmp_path, later))


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"format": "another"}'])
def test_something_else_is_named_and_not_read(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ForeignManifestError, match="is not a manifest"):
        load(written(tmp_path, data))


def test_manifests_are_listed_oldest_first(tmp_path: Path) -> None:
    for first in (100, 20, 3):
        path = path_of(tmp_path, "kraken", first)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (path.parent / ".tmp-5.json").write_bytes(b"")
    assert [int(path.stem) for path in paths(tmp_path, "kraken")] == [3, 20, 100]
    assert logs(tmp_path) == ["kraken"]
    assert paths(tmp_path, "gemini") == []
    assert logs(tmp_path / "nowhere") == []
