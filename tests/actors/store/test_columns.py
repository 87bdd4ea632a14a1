"""Lists, tuples and structs become Arrow columns that read as they were."""

import pyarrow as pa
import pytest

from actors.store.columns import array
from actors.store.tables import BY_NAME
from messages import Share

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
