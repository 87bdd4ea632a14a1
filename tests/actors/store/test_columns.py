"""Lists, tuples and structs become Arrow columns that read as they were."""

import pyarrow as pa
import pytest
from msgspec import msgpack
from msgspec.structs import astuple

from actors.store.columns import array, payloads_of
from actors.store.tables import BY_NAME
from messages import DayVolume, FrameReceived, IndexValue, Share, encode

LEVELS = BY_NAME["BookChanged"].schema.field("bids").type
SHARES = BY_NAME["IndexValue"].schema.field("shares").type


@pytest.mark.parametrize("rows", [[], [[]], [[(1, 2)], [], [(3, 4), (-5, 2**62)]]])
def test_levels_of_any_number_a_row_come_back_as_they_were(rows: list[list[tuple[int, int]]]) -> None:
    column = array(rows, LEVELS)
    assert [[(one["price"], one["size"]) for one in row] for row in column.to_pylist()] == rows


def test_structs_become_rows_of_their_fields() -> None:
    share = Share("kraken", 84_000.5, 12.0, False, 3, 17, 0.25)
    (row,) = array([[share]], SHARES).to_pylist()
    assert row == [{name: getattr(share, name) for name in Share.__struct_fields__}]


def test_a_number_beyond_the_type_is_refused() -> None:
    with pytest.raises((OverflowError, pa.ArrowException)):
        array([2**63], pa.int64())


def test_records_of_older_versions_take_the_defaults_of_what_they_lack() -> None:
    share = Share("kraken", 84_000.5, 12.0, False, 3, 17, 0.5)
    of_old = list(astuple(share)[:-1])
    older = msgpack.encode(["BRTI", "cme-cf", 1, 2, 84_000.5, [of_old], [], True, ""])
    newer = encode(IndexValue("BRTI", "cme-cf", 1, 2, 84_000.5, [share], [], True, "", 7))
    read = payloads_of(IndexValue)
    found = dict(zip(read.fields, read.columns([older, newer]), strict=True))
    shares = array(found["shares"], SHARES).to_pylist()
    assert [row[0]["weight"] for row in shares] == [0.0, 0.5]
    assert (found["stamp_ns"], found["chosen"]) == ((0, 7), (True, True))


def test_of_a_frame_only_the_length_is_kept() -> None:
    read = payloads_of(FrameReceived)
    columns = read.columns([encode(FrameReceived(1, 2, "ws", b"x" * size)) for size in (0, 5, 70_000)])
    assert columns[read.fields.index("data")] == [0, 5, 70_000]


def test_fields_of_later_versions_are_passed_over() -> None:
    later = msgpack.encode([*astuple(DayVolume("kraken", "BTC-USD", 1, 2, 3)), "new", [4]])
    read = payloads_of(DayVolume)
    assert [tuple(column) for column in read.columns([later])] == [
        ("kraken",),
        ("BTC-USD",),
        (1,),
        (2,),
        (3,),
    ]
