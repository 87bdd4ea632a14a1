"""What is written to a file is what can be read from it."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from actors.store.tables import BY_NAME, Table, whole
from messages import BookSnapshot, Indicators, Message, TradePrinted, encode
from messages.log import Record
from replay.export import formats
from replay.export.formats import FORMATS

STRANGE = 'a "quoted", comma\nand line — and ü'


def written(
    tmp_path: Path, ending: str, message: Message, count: int = 3
) -> tuple[Table, list[dict[str, Any]], Path]:
    records = [Record(seq, 5 * seq, message.kind, encode(message)) for seq in range(1, count + 1)]
    (name,) = found = whole("a,b", records)
    path = tmp_path / f"rows.{ending}"
    file = FORMATS[ending](path, BY_NAME[name])
    file.write(pa.Table.from_batches([found[name]]))
    file.write(pa.Table.from_batches([found[name]]))
    file.close()
    return BY_NAME[name], found[name].to_pylist() * 2, path


TRADE = TradePrinted("kraken", "BTC-USD", 3, 2**62, 0, STRANGE, -5, 7, False)
BOOK = BookSnapshot("kraken", "BTC-USD", 3, 4, 5, [(84_000, 1), (83_999, 2)], [], True)


@pytest.mark.parametrize("message", [TRADE, BOOK])
def test_csv_has_lists_as_json_and_every_other_value_as_it_is(tmp_path: Path, message: Message) -> None:
    _, rows, path = written(tmp_path, "csv", message)
    with path.open(newline="") as file:
        found = list(csv.DictReader(file))
    assert [list(row) for row in found] == [list(row) for row in rows]
    for told, row in zip(found, rows, strict=True):
        for name, value in row.items():
            as_told = told[name] if isinstance(value, str) else json.loads(told[name])
            assert as_told == value, name


@pytest.mark.parametrize("message", [TRADE, BOOK])
def test_json_lines_are_the_rows(tmp_path: Path, message: Message) -> None:
    _, rows, path = written(tmp_path, "jsonl", message)
    assert [json.loads(line) for line in path.read_text().splitlines()] == rows


def test_a_number_that_is_none_is_null_in_json(tmp_path: Path) -> None:
    _, rows, path = written(tmp_path, "jsonl", Indicators("T", 1, 2, 3, [math.nan, 0.5], [4], [("brti", 5)]))
    (first, *_) = [json.loads(line) for line in path.read_text().splitlines()]
    assert (first["values"], first["inputs"]) == ([None, 0.5], [{"log": "brti", "seq": 5}])
    assert math.isnan(rows[0]["values"][0])


@pytest.mark.parametrize("most_rows", [1, 1_000_000])
def test_parquet_keeps_schema_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_rows: int
) -> None:
    monkeypatch.setattr(formats, "ROW_GROUP_ROWS", most_rows)
    table, rows, path = written(tmp_path, "parquet", BOOK)
    assert pq.read_schema(path).equals(table.schema, check_metadata=True)
    assert pq.read_table(path).to_pylist() == rows


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_bytes_are_hexadecimal_digits(tmp_path: Path, ending: str) -> None:
    rows = whole("x", [Record(1, 2, 999, b"\x00\xff")])["Unknown"]
    path = tmp_path / f"rows.{ending}"
    file = FORMATS[ending](path, BY_NAME["Unknown"])
    file.write(pa.Table.from_batches([rows]))
    file.close()
    assert "00ff" in path.read_text()


def test_large_rows_become_python_objects_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "PIECE_BYTES", 1)
    _, rows, path = written(tmp_path, "jsonl", BOOK, count=20)
    assert [json.loads(line) for line in path.read_text().splitlines()] == rows
