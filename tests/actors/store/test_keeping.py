"""The store's limits, and that nothing stands there that no manifest names."""

from pathlib import Path

import pytest

from actors.store import keeping
from actors.store.keeping import Keeping, Limits, size, sweep
from actors.store.manifest import Manifest, path_of, paths, store_dir
from actors.store.placing import unfinished
from messages import StoreTrimmed
from tests.actors.store.stored import NIGHT_NS, S, picture, run, store, write_log

NOW_NS = NIGHT_NS + 10_000 * S


@pytest.fixture
def manifests(tmp_path: Path) -> list[Manifest]:
    write_log(tmp_path)
    return store(tmp_path)


def kept(data_dir: Path, limits: Limits) -> Keeping:
    found = Keeping(data_dir, limits)
    assert set(found.begin()) == {""}
    return found


def trimmed(found: Keeping, now_ns: int = NOW_NS) -> list[StoreTrimmed]:
    return list(iter(lambda: found.trim(now_ns), None))


def test_without_limits_everything_stays(tmp_path: Path, manifests: list[Manifest]) -> None:
    found = kept(tmp_path, Limits(0, 0.0))
    assert trimmed(found) == []
    assert found.bytes == sum(size(manifest) for manifest in manifests)
    files = [path for path in picture(store_dir(tmp_path)) if not path.startswith("manifest/")]
    assert found.bytes == sum(len((store_dir(tmp_path) / path).read_bytes()) for path in files)


def test_the_oldest_go_until_the_size_is_kept(tmp_path: Path, manifests: list[Manifest]) -> None:
    found = kept(tmp_path, Limits(size(manifests[-1]) + size(manifests[-2]), 0.0))
    gone = trimmed(found)
    assert [(one.log, one.first, one.last, one.limit) for one in gone] == [
        ("kraken", manifest.first_seq, manifest.next_seq - 1, "size") for manifest in manifests[:-2]
    ]
    assert sum(one.freed_bytes for one in gone) == sum(size(manifest) for manifest in manifests[:-2])
    left = {manifest.first_seq for manifest in manifests[-2:]}
    assert {int(path.stem) for path in paths(tmp_path, "kraken")} == left
    rest = picture(store_dir(tmp_path))
    assert {int(name.rpartition("/")[2].split("-")[-1].split(".")[0]) for name in rest} == left


def test_what_is_too_old_goes(tmp_path: Path, manifests: list[Manifest]) -> None:
    found = kept(tmp_path, Limits(0, (NOW_NS - manifests[0].to_ns) / 1e9))
    assert trimmed(found) == []
    assert [one.limit for one in trimmed(found, NOW_NS + S)] == ["age"]
    assert len(paths(tmp_path, "kraken")) == len(manifests) - 1


def test_a_store_that_is_trimmed_to_nothing_leaves_no_empty_folder(
    tmp_path: Path, manifests: list[Manifest]
) -> None:
    found = kept(tmp_path, Limits(1, 0.0))
    assert len(trimmed(found)) == len(manifests)
    assert found.bytes == 0
    assert sorted(path.name for path in store_dir(tmp_path).iterdir()) == ["archive", "manifest", "tables"]
    assert list((store_dir(tmp_path) / "tables").iterdir()) == []


def test_what_is_stored_meanwhile_counts(tmp_path: Path) -> None:
    first, following, *_ = write_log(tmp_path)
    found = kept_of_nothing = Keeping(tmp_path, Limits(1, 0.0))
    assert list(kept_of_nothing.begin()) == []
    manifest = run(tmp_path, "kraken", first, following)
    found.add(manifest)
    found.add(manifest)
    assert found.bytes == size(manifest)
    assert len(trimmed(found)) == 1


def test_a_manifest_that_cannot_be_read_is_named_and_its_segment_stays(
    tmp_path: Path, manifests: list[Manifest]
) -> None:
    path = path_of(tmp_path, "kraken", manifests[0].first_seq)
    path.write_bytes(b"{")
    found = Keeping(tmp_path, Limits(1, 0.0))
    (trouble,) = [trouble for trouble in found.begin() if trouble]
    assert path.name in trouble
    assert len(trimmed(found)) == len(manifests) - 1
    assert (store_dir(tmp_path) / manifests[0].archive.path).exists()


def test_a_deletion_that_is_refused_goes_on_later(
    tmp_path: Path, manifests: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    found = kept(tmp_path, Limits(1, 0.0))
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "remove", refused)
        for _ in range(3):
            with pytest.raises(PermissionError):
                found.trim(NOW_NS)
    assert [one.first for one in trimmed(found)] == [manifest.first_seq for manifest in manifests]
    assert [path for path in store_dir(tmp_path).rglob("*") if path.is_file()] == []


def test_one_whose_manifest_is_gone_meanwhile_keeps_no_other_from_going(
    tmp_path: Path, manifests: list[Manifest]
) -> None:
    found = kept(tmp_path, Limits(1, 0.0))
    path_of(tmp_path, "kraken", manifests[0].first_seq).unlink()
    with pytest.raises(FileNotFoundError):
        found.trim(NOW_NS)
    assert len(trimmed(found)) == len(manifests) - 1


# -- what no manifest names


def test_a_whole_store_is_left_as_it_is(tmp_path: Path, manifests: list[Manifest]) -> None:
    assert len(manifests) > 2
    before = picture(store_dir(tmp_path))
    assert sum(sweep(tmp_path)) == 0
    assert picture(store_dir(tmp_path)) == before
    assert sum(sweep(tmp_path / "nowhere")) == 0


def test_a_cut_in_the_middle_of_a_deletion_leaves_nothing_behind(
    tmp_path: Path, manifests: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    before = picture(store_dir(tmp_path))
    for name in ("sync_folder", "remove"):
        found = kept(tmp_path, Limits(1, 0.0))
        with monkeypatch.context() as patched:
            patched.setattr(keeping, name, cut)
            with pytest.raises(KeyboardInterrupt):
                found.trim(NOW_NS)
        assert sum(sweep(tmp_path)) > 2
    gone = [f"{manifest.first_seq:020d}" for manifest in manifests[:2]]
    after = picture(store_dir(tmp_path))
    assert after == {path: data for path, data in before.items() if not any(one in path for one in gone)}


def test_what_an_unfinished_compaction_left_goes_and_what_is_not_ours_stays(
    tmp_path: Path, manifests: list[Manifest]
) -> None:
    before = picture(store_dir(tmp_path))
    file = store_dir(tmp_path) / manifests[0].tables[0].path
    orphan = file.with_name("kraken-00000000000000099999.parquet")
    for path in (unfinished(file), orphan, unfinished(store_dir(tmp_path) / manifests[0].archive.path)):
        path.write_bytes(b"x")
    archive = (store_dir(tmp_path) / manifests[0].archive.path).with_name("00000000000000099999.seg.zst")
    archive.write_bytes(b"x")
    mine = file.with_name("my-notes.parquet")
    mine.write_bytes(b"x")
    assert sum(sweep(tmp_path)) == 4
    mine.unlink()
    assert picture(store_dir(tmp_path)) == before
