"""A span becomes files, whole ones, and never over somebody's own."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from actors.store.tables import BY_NAME, Table
from replay.export import exporting
from replay.export.exporting import FileExistsAlreadyError, Files, OnServer, Tells, export
from replay.export.span import Span
from tests.replay.export.logs import expected, record, store

ALL = Span(0, 2**63 - 1, list(BY_NAME.values()))
FRAMES = Span(0, 2**63 - 1, [BY_NAME["FrameReceived"]])


def files(folder: Path) -> Files:
    return Files(folder, "csv", force=False, named=False)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    record(folder)
    store(folder, "coinbase")
    return folder


def test_each_table_with_rows_becomes_a_file(data_dir: Path, tmp_path: Path) -> None:
    shares: dict[str, list[float]] = {"reading": [], "writing": []}
    out = tmp_path / "out"
    done = export(data_dir, ALL, files(out), Tells(shares["reading"].append, shares["writing"].append))
    assert {one.table: one.rows for one in done} == {
        "FrameReceived": 200,
        "FeedOpened": 2,
        "BookSnapshot": 10,
        "BookChanged": 100,
        "TradePrinted": 15,
        "MarketBookChanged": 100,
    }
    assert sorted(path.name for path in out.iterdir()) == sorted(f"{one.table}.csv" for one in done)
    assert all(one.bytes == Path(one.path).stat().st_size for one in done)
    for told in shares.values():
        assert told == sorted(told)
        assert told[-1] == 1.0
    with (out / "FrameReceived.csv").open(newline="") as file:
        found = [(row["log"], int(row["seq"]), int(row["data_bytes"])) for row in csv.DictReader(file)]
    rows = expected(data_dir, "FrameReceived")
    assert found == [(row["log"], row["seq"], row["data_bytes"]) for row in rows]


def test_a_table_that_was_asked_for_by_name_gets_a_file_without_rows(data_dir: Path, tmp_path: Path) -> None:
    span = Span(0, 2**62, [BY_NAME["Signal"]])
    (done,) = export(data_dir, span, Files(tmp_path, "csv", force=False, named=True), Tells())
    assert done.rows == 0
    assert Path(done.path).read_text().startswith('"log","seq","at_ns","signal_kind"')


def test_nothing_is_overwritten_unless_told_so(data_dir: Path, tmp_path: Path) -> None:
    mine = tmp_path / "BookChanged.csv"
    mine.write_text("mine")
    with pytest.raises(FileExistsAlreadyError, match=r"BookChanged\.csv exists already; --force overwrites"):
        export(data_dir, ALL, files(tmp_path), Tells())
    assert [path.name for path in tmp_path.iterdir()] == ["BookChanged.csv"]
    assert mine.read_text() == "mine"
    export(data_dir, ALL, Files(tmp_path, "csv", force=True, named=False), Tells())
    assert mine.read_text() != "mine"


def test_an_export_that_is_cut_short_leaves_no_file_of_its_own(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(streams: Sequence[Iterator[pa.RecordBatch]]) -> Iterator[pa.Table]:
        yield pa.Table.from_batches([next(stream) for stream in streams][:1])
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "merged", cut_short)
    with pytest.raises(KeyboardInterrupt):
        export(data_dir, FRAMES, files(tmp_path), Tells())
    assert list(tmp_path.iterdir()) == []


def test_a_server_gets_the_same_rows(data_dir: Path, tmp_path: Path) -> None:
    got: dict[str, list[dict[str, object]]] = {}

    class Server:
        def insert(self, table: Table, parquet: bytes) -> None:
            got.setdefault(table.name, []).extend(pq.read_table(io.BytesIO(parquet)).to_pylist())

        def close(self) -> None: ...

    done = export(data_dir, ALL, OnServer(Server(), "here:1/mine", tmp_path), Tells())
    assert {one.table: one.rows for one in done} == {name: len(rows) for name, rows in got.items()}
    assert {one.path for one in done} >= {"here:1/mine.BookChanged"}
    for table, rows in got.items():
        assert rows == expected(data_dir, table)
