"""Archives give segments back bit for bit, or say that they cannot."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from actors.store import archive
from actors.store.errors import DamagedArchiveError
from actors.store.placing import digest, unfinished
from messages.log.format import segment_name
from tests.actors.store.stored import result, store, write_log


def test_every_byte_comes_back(tmp_path: Path) -> None:
    first, *_ = write_log(tmp_path)
    (manifest,) = store(tmp_path, count=1)
    archive.unpack(tmp_path, manifest, tmp_path / "again")
    segment = tmp_path / "log" / "kraken" / segment_name(first)
    assert (tmp_path / "again").read_bytes() == segment.read_bytes()
    assert manifest.segment_bytes == segment.stat().st_size


def test_a_segment_of_many_frames_comes_back_and_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "FRAME_BYTES", 1000)
    data = b'{"price": "84000.01", "size": "0.1"}' * 200
    (tmp_path / "segment").write_bytes(data)
    written = result(archive.write(tmp_path / "segment", tmp_path / "archive"))
    unfinished(tmp_path / "archive").rename(tmp_path / "archive")
    assert (written.segment_bytes, written.bytes) == (7200, (tmp_path / "archive").stat().st_size)
    assert written.sha256 == digest(tmp_path / "archive")
    assert written.bytes < 1500
    assert b"".join(archive.read(tmp_path / "archive", 7200, written.segment_sha256)) == data


def test_what_does_not_come_back_the_same_is_not_archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def __init__(self, *_: object, **__: object) -> None: ...
        def compress(self, data: bytes, **_: object) -> bytes:
            return data

        def decompress(self, data: bytes, *_: object, **__: object) -> bytes:
            return data[:-1]

    (tmp_path / "segment").write_bytes(b"123")
    monkeypatch.setattr("pyarrow.Codec", Broken)
    with pytest.raises(DamagedArchiveError, match="segment cannot be archived"):
        result(archive.write(tmp_path / "segment", tmp_path / "archive"))


@pytest.mark.skipif(shutil.which("zstd") is None, reason="no zstd command on this machine")
def test_the_zstd_command_unpacks_it(tmp_path: Path) -> None:
    first, *_ = write_log(tmp_path)
    (manifest,) = store(tmp_path, count=1)
    packed = tmp_path / "store" / manifest.archive.path
    unpacked = subprocess.run(["zstd", "-dc", packed], capture_output=True, check=True).stdout
    assert unpacked == (tmp_path / "log" / "kraken" / segment_name(first)).read_bytes()


def test_whichever_byte_is_flipped_it_is_named(tmp_path: Path) -> None:
    write_log(tmp_path)
    (manifest,) = store(tmp_path, count=1)
    packed = tmp_path / "store" / manifest.archive.path
    data, size = packed.read_bytes(), manifest.segment_bytes
    segment = (tmp_path / "log" / "kraken" / segment_name(1)).read_bytes()
    for at in range(0, len(data), 7):
        packed.write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
        with pytest.raises(DamagedArchiveError, match=packed.name):
            archive.unpack(tmp_path, manifest, tmp_path / "again")
        with suppress(DamagedArchiveError):  # a bit without meaning may be flipped: then nothing is lost
            assert b"".join(archive.read(packed, size, manifest.segment_sha256)) == segment
        assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("keep", [0, 1, 50, -1])
def test_a_cut_off_or_missing_one_is_named(tmp_path: Path, keep: int) -> None:
    write_log(tmp_path)
    (manifest,) = store(tmp_path, count=1)
    packed = tmp_path / "store" / manifest.archive.path
    packed.write_bytes(packed.read_bytes()[:keep])
    with pytest.raises(DamagedArchiveError, match=packed.name):
        archive.unpack(tmp_path, manifest, tmp_path / "again")
    with pytest.raises(DamagedArchiveError, match=packed.name):
        list(archive.read(packed, manifest.segment_bytes, manifest.segment_sha256))
    packed.unlink()
    with pytest.raises(DamagedArchiveError, match=packed.name):
        archive.unpack(tmp_path, manifest, tmp_path / "again")
