"""Python values -> Arrow arrays, column by column, without a Python object a row more than there is."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa


def array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Make one column. Lists of structs hold tuples or msgspec structs, fields in the type's order.

    Raises pyarrow.ArrowException, OverflowError for what does not fit the type.
    """
    if not pa.types.is_list(kind):
        return pa.array(values, kind)
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, values), np.int32, len(values)), out=offsets[1:])
    flat = list(chain.from_iterable(values))
    if pa.types.is_struct(kind.value_type):
        elements = structs(flat, kind.value_type)
    else:
        elements = pa.array(flat, kind.value_type)
    return pa.ListArray.from_arrays(pa.array(offsets), elements, type=kind)


def structs(values: Sequence[Any], kind: pa.StructType) -> pa.StructArray:
    """Make a column of structs, from tuples or msgspec structs."""
    if values and isinstance(values[0], msgspec.Struct):
        values = list(map(msgspec.structs.astuple, values))
    parts: Sequence[Sequence[Any]] = list(zip(*values, strict=True)) or [()] * kind.num_fields
    fields = list(kind)
    arrays = [array(part, field.type) for part, field in zip(parts, fields, strict=True)]
    return pa.StructArray.from_arrays(arrays, fields=fields)
