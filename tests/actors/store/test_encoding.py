"""Files are written so that they are small and that every Parquet reader knows their encodings."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from actors.store.tables import BY_NAME, Table, batches
from messages import BookChanged, encode
from messages.log import Record


@pytest.mark.parametrize("table", BY_NAME.values(), ids=BY_NAME)
def test_every_table_can_be_written_and_keeps_its_schema_with_units(table: Table, tmp_path: Path) -> None:
    path = tmp_path / "empty.parquet"
    with pq.ParquetWriter(path, **table.parquet) as writer:
        writer.write_table(table.schema.empty_table())
    assert pq.read_schema(path).equals(table.schema, check_metadata=True)


def test_what_rises_is_stored_by_its_differences(tmp_path: Path) -> None:
    records = [
        Record(
            n, n * 10**6, BookChanged.kind, encode(BookChanged("kraken", "BTC-USD", n, n * 10**6, 0, [], []))
        )
        for n in range(1, 10_000)
    ]
    (rows,) = batches("kraken", records).values()
    path = tmp_path / "rows.parquet"
    with pq.ParquetWriter(path, **BY_NAME["BookChanged"].parquet) as writer:
        writer.write_table(pa.Table.from_batches([rows]))
    group = pq.read_metadata(path).row_group(0)
    used = {group.column(n).path_in_schema: set(group.column(n).encodings) for n in range(group.num_columns)}
    assert all(
        "DELTA_BINARY_PACKED" in used[name] for name in ("seq", "at_ns", "frame", "recv_ns", "venue_ns")
    )
    assert "RLE_DICTIONARY" in used["venue"]
    assert path.stat().st_size < 2 * len(records)
    assert pq.read_table(path).to_pylist() == rows.to_pylist()
