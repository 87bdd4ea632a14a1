"""What the store holds of a session is what its manifests say, and stands for what the logs let go."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from actors.store import manifest as manifests
from messages.log.format import segment_name
from messages.log.segments import list_segments
from replay.audit.certificate import Certificate
from tests.actors.store.stored import store
from tests.replay.audit.made import certify, failing, make


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A session whose feed's closed segments are in the store, and in the log as well."""
    make(tmp_path)
    assert len(store(tmp_path, "binance")) == 2
    return tmp_path


def of_store(certificate: Certificate) -> list[str]:
    return [finding.what for finding in certificate.findings if finding.check == "store"]


def let_go(data_dir: Path) -> None:
    """Delete from the log what the store has, as retention does."""
    for first in list_segments(data_dir / "log" / "binance")[:-1]:
        (data_dir / "log" / "binance" / segment_name(first)).unlink()


def test_files_that_are_as_their_manifests_say_hold(stored: Path) -> None:
    certificate = certify(stored)
    assert certificate.holds
    (check,) = [check for check in certificate.checks if check.name == "store"]
    assert check.looked_at > 4


def test_a_session_whose_segments_are_only_in_the_store_is_certified_the_same(stored: Path) -> None:
    before = certify(stored)
    let_go(stored)
    after = certify(stored)
    assert after.holds
    assert (after.digest, after.records) == (before.digest, before.records)


def test_a_flipped_byte_of_any_file_of_the_store_is_found(stored: Path) -> None:
    files = [path for path in manifests.store_dir(stored).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".parquet", ".zst"}
    for path in files:
        whole = path.read_bytes()
        for offset in (0, len(whole) // 2, len(whole) - 1):
            data = bytearray(whole)
            data[offset] ^= 1
            path.write_bytes(data)
            certificate = certify(stored)
            assert not certificate.holds, f"{path} at {offset}"
            assert any(str(path) in what for what in of_store(certificate))
        path.write_bytes(whole)
    assert certify(stored).holds


def test_a_file_of_the_store_that_is_gone_or_cut_off_is_found(stored: Path) -> None:
    files = [path for path in manifests.store_dir(stored).rglob("*") if path.suffix in (".zst", ".parquet")]
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        assert any(f"{path} has {len(whole) - 1} bytes" in what for what in of_store(certify(stored)))
        path.unlink()
        assert any(f"{path} is missing" in what for what in of_store(certify(stored)))
        path.write_bytes(whole)


def test_a_damaged_archive_of_what_is_nowhere_else_is_found(stored: Path) -> None:
    let_go(stored)
    (path, _) = sorted(manifests.store_dir(stored).rglob("*.zst"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    certificate = certify(stored)
    assert ("store", "") in failing(certificate)
    assert ("counts", "binance") in failing(certificate)


def test_a_stored_segment_that_is_gone_with_its_manifest_is_missing(stored: Path) -> None:
    let_go(stored)
    manifests.paths(stored, "binance")[0].unlink()
    assert ("counts", "binance") in failing(certify(stored))


def test_what_the_store_holds_of_another_session_is_not_this_ones(stored: Path) -> None:
    (path, _) = sorted(manifests.store_dir(stored).rglob("*.zst"))
    manifest_path = manifests.paths(stored, "binance")[0]
    manifest = manifests.load(manifest_path)
    manifest_path.write_bytes(manifests.encode(replace(manifest, from_ns=5, to_ns=9)))
    path.write_bytes(b"")
    assert of_store(certify(stored)) == []
