"""Every record of the span is in just one file, wherever it stands: log, store, or archive alone."""

from pathlib import Path

import pytest

from actors.store.tables import BY_NAME
from messages.log.segments import list_segments
from replay.errors import ReplayError
from replay.export.merging import merged
from replay.export.parts import find
from replay.export.span import Span
from tests.replay.export.logs import START_NS, STEP_NS, expected, forget, record, store

TABLES = [BY_NAME[name] for name in ("BookChanged", "MarketBookChanged", "FeedOpened", "TradePrinted")]
ALL = Span(0, 2**63 - 1, TABLES)


def rows(data_dir: Path, folder: Path, span: Span, notes: list[str]) -> dict[str, list[dict[str, object]]]:
    folder.mkdir(exist_ok=True)
    parts = find(data_dir, span, folder, lambda share: None, notes.append)
    return {
        table.name: [row for part in merged(parts.streams(table)) for row in part.to_pylist()]
        for table in span.tables
    }


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    record(tmp_path)
    return tmp_path


@pytest.mark.parametrize("every", [0, 1, 2, 3])
def test_log_and_store_give_the_same_rows_each_once(data_dir: Path, tmp_path: Path, every: int) -> None:
    whole = {table.name: expected(data_dir, table.name) for table in TABLES}
    assert all(whole.values())
    for log in ("coinbase", "kalshi") if every else ():
        assert store(data_dir, log, every) > 1
    notes: list[str] = []
    assert rows(data_dir, tmp_path / "rows", ALL, notes) == whole
    assert notes == []


def test_what_is_only_in_the_store_any_more_is_there(data_dir: Path, tmp_path: Path) -> None:
    whole = {table.name: expected(data_dir, table.name) for table in TABLES}
    for log in ("coinbase", "kalshi"):
        store(data_dir, log)
        forget(data_dir, log, 3)
    assert rows(data_dir, tmp_path / "rows", ALL, []) == whole


def test_a_span_ends_at_its_ends(data_dir: Path, tmp_path: Path) -> None:
    from_ns, to_ns = START_NS + 5 * STEP_NS, START_NS + 77 * STEP_NS
    wanted = {
        table.name: [row for row in expected(data_dir, table.name) if from_ns <= row["at_ns"] < to_ns]  # type: ignore[operator]
        for table in TABLES
    }
    store(data_dir, "coinbase", 2)
    assert rows(data_dir, tmp_path / "rows", Span(from_ns, to_ns, TABLES), []) == wanted


@pytest.mark.parametrize("in_log", [True, False])
def test_rows_of_a_damaged_file_are_made_again_from_log_or_archive(
    data_dir: Path, tmp_path: Path, in_log: bool
) -> None:
    whole = {table.name: expected(data_dir, table.name) for table in TABLES}
    store(data_dir, "coinbase")
    for path in sorted((data_dir / "store" / "tables" / "BookChanged").rglob("*.parquet"))[1:3]:
        path.write_bytes(path.read_bytes()[:-1])
    if not in_log:
        forget(data_dir, "coinbase", len(list_segments(data_dir / "log" / "coinbase")) - 1)
    notes: list[str] = []
    assert rows(data_dir, tmp_path / "rows", ALL, notes) == whole
    assert [note.rpartition(" is ")[2] for note in notes] == [
        "damaged; its rows were made again from the records"
    ] * 2


def test_a_damaged_archive_that_is_needed_is_one_sentence(data_dir: Path, tmp_path: Path) -> None:
    store(data_dir, "coinbase")
    next((data_dir / "store" / "tables" / "BookChanged").rglob("*.parquet")).unlink()
    for path in (data_dir / "store" / "archive").rglob("*.zst"):
        path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ReplayError, match=r"\.seg\.zst"):
        rows(data_dir, tmp_path / "rows", ALL, [])


def test_damage_in_a_log_is_stepped_over_and_named(data_dir: Path, tmp_path: Path) -> None:
    whole = expected(data_dir, "BookChanged")
    path = data_dir / "log" / "coinbase" / f"{list_segments(data_dir / 'log' / 'coinbase')[1]:020d}.seg"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    notes: list[str] = []
    found = rows(data_dir, tmp_path / "rows", Span(0, 2**62, [*TABLES, BY_NAME["Unknown"]]), notes)
    assert [row for row in whole if row in found["BookChanged"]] == found["BookChanged"]
    (note,) = notes
    assert note.startswith("coinbase: records ")
    assert path.name in note


def test_a_file_deleted_meanwhile_is_one_sentence(data_dir: Path, tmp_path: Path) -> None:
    store(data_dir, "coinbase")
    (tmp_path / "rows").mkdir()
    parts = find(data_dir, ALL, tmp_path / "rows", lambda share: None, print)
    for path in (data_dir / "store" / "tables" / "BookChanged").rglob("*.parquet"):
        path.unlink()
    with pytest.raises(ReplayError, match="was deleted meanwhile"):
        list(merged(parts.streams(BY_NAME["BookChanged"])))


def test_a_log_that_is_being_written_is_read_to_its_last_whole_append(data_dir: Path, tmp_path: Path) -> None:
    whole = {table.name: expected(data_dir, table.name) for table in TABLES}
    newest = data_dir / "log" / "coinbase" / f"{list_segments(data_dir / 'log' / 'coinbase')[-1]:020d}.seg"
    data = newest.read_bytes()
    newest.write_bytes(data + data[32:80])
    notes: list[str] = []
    assert rows(data_dir, tmp_path / "rows", ALL, notes) == whole
    assert notes == []


@pytest.mark.parametrize("at", [0, 8])
def test_a_foreign_segment_and_one_of_a_later_version_are_named(
    data_dir: Path, tmp_path: Path, at: int
) -> None:
    log_dir = data_dir / "log" / "coinbase"
    _, _, strange, following, *_ = list_segments(log_dir)
    whole = expected(data_dir, "BookChanged")
    path = log_dir / f"{strange:020d}.seg"
    data = bytearray(path.read_bytes())
    data[at] += 1
    path.write_bytes(data)
    notes: list[str] = []
    found = rows(data_dir, tmp_path / "rows", ALL, notes)["BookChanged"]
    assert found == [row for row in whole if not strange <= row["seq"] < following]  # type: ignore[operator]
    (note,) = notes
    assert note.startswith(f"coinbase: records {strange} to {following - 1} are missing, {path} ")
