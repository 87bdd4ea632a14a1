"""Rows of many logs come in one order, each once, whatever the batches are."""

import random
from collections.abc import Iterator

import pyarrow as pa
import pytest

from replay.export.merging import merged

Row = tuple[int, str, int]


def batch(rows: list[Row]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"log": log, "seq": seq, "at_ns": at_ns} for at_ns, log, seq in rows])


def stream(rows: list[Row], rng: random.Random) -> Iterator[pa.RecordBatch]:
    while rows:
        count = rng.randint(1, 5)
        yield batch(rows[:count])
        rows = rows[count:]


def told(tables: Iterator[pa.Table]) -> list[Row]:
    return [(row["at_ns"], row["log"], row["seq"]) for table in tables for row in table.to_pylist()]


@pytest.mark.parametrize("seed", range(20))
def test_streams_are_merged_by_time_then_log_then_number(seed: int) -> None:
    rng = random.Random(seed)
    rows: dict[tuple[str, int], list[Row]] = {}
    for log in ("a", "b", "c"):
        at_ns = 0
        for seq in range(rng.randint(0, 40)):
            at_ns += rng.choice((0, 0, 0, 1, 5))
            rows.setdefault((log, rng.randint(0, 1)), []).append((at_ns, log, seq))
    found = told(merged([stream(one, rng) for one in rows.values()]))
    assert found == sorted(row for one in rows.values() for row in one)


def test_a_moment_longer_than_a_batch_stays_in_order() -> None:
    rows = [(7, "a", seq) for seq in range(100)]
    others = [(6, "b", 1), (7, "b", 2), (8, "b", 3)]
    rng = random.Random(1)
    assert told(merged([stream(rows, rng), stream(others, rng)])) == sorted(rows + others)


def test_nothing_is_nothing() -> None:
    assert list(merged([])) == []
    assert list(merged([iter([])])) == []
