from pathlib import Path

import pyarrow.parquet as pq
import pytest

from actors.store.tables import BY_NAME
from messages.log import LogReader
from replay.export import spill
from replay.export.spill import Spill
from tests.replay.export.logs import expected, record


@pytest.mark.parametrize("most_bytes", [1, 1_000_000_000])
def test_wanted_rows_stand_in_one_file_a_table_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(spill, "MOST_WAITING_BYTES", most_bytes)
    record(tmp_path)
    tables = [BY_NAME["BookChanged"], BY_NAME["TradePrinted"], BY_NAME["DayVolume"]]
    with LogReader(tmp_path / "log" / "coinbase") as reader, Spill(tmp_path, "coinbase", tables) as written:
        while records := reader.read(37):
            written.add(records)
        files = written.files()
    assert {one.table: one.rows for one in files} == {"TradePrinted": 15, "BookChanged": 100}
    for one in files:
        assert pq.read_table(one.path).to_pylist() == expected(tmp_path, one.table)
