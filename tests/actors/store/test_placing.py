"""Files appear whole or not at all."""

from hashlib import sha256
from pathlib import Path

import pytest

from actors.store.placing import CHUNK_BYTES, chunks, digest, make_folder, place, remove, unfinished


def test_a_file_has_its_name_when_it_is_placed_and_not_before(tmp_path: Path) -> None:
    paths = [tmp_path / "a" / "one.parquet", tmp_path / "b" / "two.parquet"]
    for path in paths:
        make_folder(path.parent)
        unfinished(path).write_bytes(path.name.encode())
    assert [path.name for path in sorted(tmp_path.rglob("*.parquet"))] == []
    place(paths)
    assert [path.read_bytes() for path in paths] == [b"one.parquet", b"two.parquet"]
    assert [path.name for path in tmp_path.rglob("*.new")] == []


def test_none_of_several_has_its_name_where_one_was_not_written(tmp_path: Path) -> None:
    unfinished(tmp_path / "one").write_bytes(b"1")
    with pytest.raises(FileNotFoundError):
        place([tmp_path / "one", tmp_path / "two"])
    assert not (tmp_path / "one").exists()


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_what_is_removed_takes_the_folders_along_that_are_empty_then(tmp_path: Path) -> None:
    root = tmp_path / "tables"
    gone, stays = root / "A" / "date=1" / "x.parquet", root / "A" / "date=2" / "y.parquet"
    for path in (gone, stays):
        make_folder(path.parent)
        path.write_bytes(b"")
    remove([gone, root / "A" / "date=1" / "never.parquet"], root)
    assert sorted(path.name for path in root.rglob("*")) == ["A", "date=2", "y.parquet"]
    remove([stays], root)
    assert root.is_dir()
    assert list(root.iterdir()) == []


def test_a_large_file_is_digested_in_parts(tmp_path: Path) -> None:
    data = bytes(range(256)) * (CHUNK_BYTES // 128)
    (tmp_path / "large").write_bytes(data)
    assert len(list(chunks(tmp_path / "large"))) == 2
    assert digest(tmp_path / "large") == sha256(data).hexdigest()
