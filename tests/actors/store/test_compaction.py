"""A closed segment becomes tables, an archive and a manifest: whole, once, whatever happens on the way."""

import errno
import os
import shutil
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from actors.store import archive, compaction
from actors.store.compaction import compact, give_memory_back
from actors.store.manifest import Manifest, load, path_of, paths, store_dir
from actors.store.placing import digest
from messages.log import LogWriter
from messages.log.format import segment_name
from messages.log.segments import list_segments
from tests.actors.store.stored import FILES, NIGHT_NS, S, picture, run, said, store, write_log
from tests.messages.log.samples import read_all


def rows(data_dir: Path, manifest: Manifest) -> list[tuple[int, int, str]]:
    """(seq, at_ns, table) of every row of a stored segment."""
    found = []
    for file in manifest.tables:
        table = pq.read_table(store_dir(data_dir) / file.path, partitioning=None)
        assert table.num_rows == file.rows
        found += [
            (seq, at_ns, file.table)
            for seq, at_ns in zip(
                table.column("seq").to_pylist(), table.column("at_ns").to_pylist(), strict=True
            )
        ]
    return sorted(found)


def test_every_record_is_in_the_tables_once(tmp_path: Path) -> None:
    segments = write_log(tmp_path)
    manifests = store(tmp_path)
    assert [manifest.first_seq for manifest in manifests] == segments[:-1]
    found = [row for manifest in manifests for row in rows(tmp_path, manifest)]
    records = [record for record in read_all(tmp_path / "log" / "kraken") if record.seq < segments[-1]]
    assert [(seq, at_ns) for seq, at_ns, _ in found] == [(record.seq, record.at_ns) for record in records]
    assert Counter(table for *_, table in found) == Counter(
        type(record.message()).__name__ for record in records
    )


def test_the_manifest_says_what_stands_there(tmp_path: Path) -> None:
    first, following, *_ = write_log(tmp_path)
    manifest = run(tmp_path, "kraken", first, following)
    read = load(path_of(tmp_path, "kraken", first))
    assert read.archive == manifest.archive
    assert (read.first_seq, read.next_seq, read.records) == (1, following, following - 1)
    assert (read.from_ns, read.damage) == (NIGHT_NS - 100 * S, [])
    assert sum(read.kinds.values()) == sum(file.rows for file in read.tables) == read.records
    (started,) = read.starts
    assert (started.seq, started.session, started.settings) == (1, "2024-10-03T23-59-00Z", '{"speed": 1.0}')
    files = [(file.path, file.bytes, file.sha256) for file in read.tables]
    for name, size, sha256 in [*files, (read.archive.path, read.archive.bytes, read.archive.sha256)]:
        path = store_dir(tmp_path) / name
        assert (path.stat().st_size, digest(path)) == (size, sha256)
    segment = tmp_path / "log" / "kraken" / segment_name(first)
    assert read.segment_sha256 == digest(segment)


def test_rows_stand_in_the_folder_of_their_day_and_series(tmp_path: Path) -> None:
    write_log(tmp_path)
    files = {(file.table, file.date, file.series) for manifest in store(tmp_path) for file in manifest.tables}
    assert ("MarketBookChanged", "2024-10-03", "KXBTC15M") in files
    assert ("MarketBookChanged", "2024-10-04", "KXBTC15M") in files
    assert ("BookChanged", "2024-10-04", "BTC-USD") in files
    folder = store_dir(tmp_path) / "tables" / "BookChanged" / "date=2024-10-04" / "series=BTC-USD"
    assert all(path.name.startswith("kraken-000") for path in folder.iterdir())


def test_storing_it_again_gives_the_same_bytes(tmp_path: Path) -> None:
    write_log(tmp_path)
    store(tmp_path, count=2)
    before = picture(store_dir(tmp_path))
    store(tmp_path, count=2)
    assert picture(store_dir(tmp_path)) == before


def test_many_row_groups_and_a_full_waiting_room_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "STEP_RECORDS", 7)
    monkeypatch.setattr(compaction, "ROW_GROUP_ROWS", 10)
    monkeypatch.setattr(compaction, "MOST_WAITING_BYTES", 900)
    first, following, *_ = write_log(tmp_path)
    manifest = run(tmp_path, "kraken", first, following)
    assert [seq for seq, *_ in rows(tmp_path, manifest)] == list(range(first, following))


def test_memory_is_given_back_wherever_the_system_takes_it() -> None:
    give_memory_back()


# -- trouble on the way


class Cut(BaseException):
    """The process is over at this moment."""


def test_a_cut_at_any_step_leaves_nothing_that_counts_and_the_next_try_makes_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call that changes the disk is the last one once."""
    whole = tmp_path / "whole"
    with LogWriter(whole / "log" / "kraken", FILES) as writer:
        for number in range(200):  # of two tables, so that there are not too many steps
            writer.append(said(1), NIGHT_NS + number)
    _, first, following, *_ = list_segments(whole / "log" / "kraken")
    run(whole, "kraken", first, following)
    expected = picture(store_dir(whole))
    reals = {name: getattr(os, name) for name in ("fsync", "rename", "replace", "mkdir", "unlink", "open")}
    left = 0

    def counted(name: str) -> object:
        def call(*args: object, **kwargs: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise Cut
            return reals[name](*args, **kwargs)

        return call

    tried = tmp_path / "tried"
    shutil.copytree(whole / "log", tried / "log")
    calls = cuts = 0
    while True:
        left = calls
        calls += 1
        with monkeypatch.context() as patched:
            for name in reals:
                patched.setattr(os, name, counted(name))
            try:
                run(tried, "kraken", first, following)
            except Cut:
                cuts += 1
            else:
                break
        committed = path_of(tried, "kraken", first)
        if committed.exists():
            assert {k: v for k, v in picture(store_dir(tried)).items() if not k.endswith(".new")} == expected
        run(tried, "kraken", first, following)
        assert {k: v for k, v in picture(store_dir(tried)).items() if not k.endswith(".new")} == expected
        shutil.rmtree(store_dir(tried))
    assert cuts > 20


def test_a_full_disk_leaves_no_unfinished_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, following, *_ = write_log(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(compaction, "place", full)
        with pytest.raises(OSError, match="No space"):
            run(tmp_path, "kraken", first, following)
    assert picture(store_dir(tmp_path)) == {}
    assert paths(tmp_path, "kraken") == []
    run(tmp_path, "kraken", first, following)


def test_one_that_is_given_up_leaves_no_unfinished_file(tmp_path: Path) -> None:
    first, following, *_ = write_log(tmp_path)
    working = compact(tmp_path, "kraken", first, following)
    for _ in range(4):
        next(working)
    working.close()
    assert picture(store_dir(tmp_path)) == {}


# -- damage


def damage(data_dir: Path, first: int, at: int, data: bytes) -> bytes:
    path = data_dir / "log" / "kraken" / segment_name(first)
    segment = bytearray(path.read_bytes())
    segment[at : at + len(data)] = data
    path.write_bytes(segment)
    return bytes(segment)


@pytest.mark.parametrize("at", [2000, 5990])
def test_a_damaged_segment_is_stored_but_for_the_damage_which_is_named(tmp_path: Path, at: int) -> None:
    _, first, following, *_ = write_log(tmp_path)
    bytes_ = damage(tmp_path, first, at, b"\xff" * 8)
    manifest = run(tmp_path, "kraken", first, following)
    (lost,) = manifest.damage
    assert "no sound record stands there" in lost.why
    assert str(tmp_path) not in lost.why
    sound = [seq for seq in range(first, following) if not lost.first <= seq <= lost.last]
    assert [seq for seq, *_ in rows(tmp_path, manifest)] == sound
    assert manifest.records == len(sound) > 10
    archive.unpack(tmp_path, manifest, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == bytes_


@pytest.mark.parametrize(
    ("at", "data", "why"), [(0, b"NOTOURS!", "is not a log segment"), (8, b"\x63\x00", "has log format 99.0")]
)
def test_a_foreign_or_future_segment_is_archived_and_named_but_not_read(
    tmp_path: Path, at: int, data: bytes, why: str
) -> None:
    _, first, following, *_ = write_log(tmp_path)
    bytes_ = damage(tmp_path, first, at, data)
    manifest = run(tmp_path, "kraken", first, following)
    (lost,) = manifest.damage
    assert (lost.first, lost.last) == (first, following - 1)
    assert why in lost.why
    assert (manifest.records, manifest.tables) == (0, [])
    assert manifest.to_ns > 0
    archive.unpack(tmp_path, manifest, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == bytes_


def test_a_segment_whose_header_is_damaged_is_read_all_the_same(tmp_path: Path) -> None:
    _, first, following, *_ = write_log(tmp_path)
    damage(tmp_path, first, 25, b"\xff")
    manifest = run(tmp_path, "kraken", first, following)
    (lost,) = manifest.damage
    assert (lost.first, lost.last) == (first, first - 1)
    assert "header" in lost.why
    assert [seq for seq, *_ in rows(tmp_path, manifest)] == list(range(first, following))
