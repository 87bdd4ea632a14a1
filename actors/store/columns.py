"""Payloads of one message type -> Arrow arrays, field by field."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple, get_args, get_origin

import msgspec
import pyarrow as pa

from actors.store.schema import NOT_STORED, struct_hints
from messages import Message

ARRAY_32 = b"\xdd"
"""MessagePack: an array whose length follows in four bytes, big-endian."""

Columns = list[Sequence[Any]]


class Payloads(NamedTuple):
    """How the payloads of one message type are read.

    Many at once, as if they were one MessagePack array. quick: makes tuples of the structs inside of
    messages, as Arrow takes them, but only where they have all their fields; whole: takes the records of
    older versions, too.
    """

    fields: tuple[str, ...]
    length_of: str
    quick: Callable[[bytes], list[Any]]
    whole: Callable[[bytes], list[Message]]

    def columns(self, payloads: Sequence[bytes]) -> Columns:
        """The values of each field, in the order of the fields.

        Raises msgspec.DecodeError, UnicodeDecodeError where any payload is not what its kind says.
        """
        joined = b"".join([ARRAY_32, len(payloads).to_bytes(4, "big"), *payloads])
        try:
            messages = self.quick(joined)
        except msgspec.ValidationError:
            messages = self.whole(joined)
        found: Columns = [[getattr(message, name) for message in messages] for name in self.fields]
        for index, name in enumerate(self.fields):
            if name == self.length_of:
                found[index] = list(map(len, found[index]))
        return found


def payloads(cls: type[Message]) -> Payloads:
    """How the payloads of a message type are read into columns."""
    length_of = next((name for kind, name in NOT_STORED if kind == cls.kind), "")
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for known, (name, hint) in zip(msgspec.structs.fields(cls), struct_hints(cls), strict=True):
        # What only its length is asked of is not copied.
        quick_hint = memoryview if name == length_of else _as_tuples(hint)
        if known.required:
            fields.append((name, quick_hint))
        elif known.default is not msgspec.NODEFAULT:
            fields.append((name, quick_hint, known.default))
        else:
            fields.append((name, quick_hint, msgspec.field(default_factory=known.default_factory)))
    quick = msgspec.defstruct(cls.__name__, fields, frozen=True, array_like=True, gc=False)
    return Payloads(
        cls.__struct_fields__,
        length_of,
        msgspec.msgpack.Decoder(list[quick]).decode,  # type: ignore[valid-type]
        msgspec.msgpack.Decoder(list[cls]).decode,  # type: ignore[valid-type]
    )


def array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Make one column. Lists may hold tuples or msgspec structs, their fields in the type's order.

    Raises pyarrow.ArrowException, OverflowError for what does not fit the type.
    """
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
