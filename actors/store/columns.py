"""Payloads of one message type -> Arrow arrays, field by field."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple, get_args, get_origin

import msgspec
import numpy as np
import pyarrow as pa

from actors.store.schema import NOT_STORED, struct_hints
from messages import Message

ARRAY_32 = b"\xdd"
"""MessagePack: an array whose length follows in four bytes, big-endian."""

Columns = list[Sequence[Any]]


class Payloads(NamedTuple):
    """How the payloads of one message type are read.

    Many at once, as if they were one MessagePack array. quick: makes tuples of messages and of the structs
    inside of them, as Arrow takes them, but only of those that have just the fields of this version; whole:
    takes the records of older and later versions, too.
    """

    fields: tuple[str, ...]
    length_of: str
    quick: Callable[[bytes], list[tuple[Any, ...]]]
    whole: Callable[[bytes], list[Message]]

    def columns(self, payloads: Sequence[bytes]) -> Columns:
        """The values of each field, in the order of the fields.

        Raises msgspec.DecodeError, UnicodeDecodeError where any payload is not what its kind says.
        """
        joined = b"".join([ARRAY_32, len(payloads).to_bytes(4, "big"), *payloads])
        try:
            rows = self.quick(joined)
        except msgspec.ValidationError:
            rows = list(map(msgspec.structs.astuple, self.whole(joined)))
        found: Columns = list(zip(*rows, strict=True))
        for index, name in enumerate(self.fields):
            if name == self.length_of:
                found[index] = list(map(len, found[index]))
        return found


def payloads_of(cls: type[Message]) -> Payloads:
    """How the payloads of a message type are read into columns."""
    length_of = next((name for kind, name in NOT_STORED if kind == cls.kind), "")
    # What only its length is asked of is not copied.
    hints = tuple(memoryview if name == length_of else _as_tuples(hint) for name, hint in struct_hints(cls))
    return Payloads(
        cls.__struct_fields__,
        length_of,
        msgspec.msgpack.Decoder(list[tuple[hints]]).decode,  # type: ignore[valid-type]
        msgspec.msgpack.Decoder(list[cls]).decode,  # type: ignore[valid-type]
    )


def array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Make one column. Lists may hold tuples or msgspec structs, their fields in the type's order.

    Raises pyarrow.ArrowException, OverflowError for what does not fit the type.
    """
    if kind == pa.int64():
        return pa.array(np.fromiter(values, np.int64, len(values)))
    if pa.types.is_list(kind) and isinstance(next(chain.from_iterable(values), None), msgspec.Struct):
        values = [[msgspec.structs.astuple(one) for one in row] for row in values]
    return pa.array(values, kind)


def _as_tuples(hint: Any) -> Any:
    if get_origin(hint) is list:
        (inner,) = get_args(hint)
        return list[_as_tuples(inner)]  # type: ignore[misc]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return tuple[tuple(_as_tuples(part) for _, part in struct_hints(hint))]  # type: ignore[misc]
    return hint
