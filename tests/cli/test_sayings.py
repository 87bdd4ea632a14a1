"""Every message that an actor can say has words of its own, on one line."""

import typing
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.sayings import say
from messages import MESSAGE_TYPES, Message, Signal, to_json_fields

SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-1, 2**62),
    float: st.floats(allow_nan=True, allow_infinity=False, width=32),
    str: st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=12),
    bool: st.booleans(),
    bytes: st.binary(max_size=400),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    if kind in SIMPLE:
        return SIMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return any_of(kind)
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is list:
        return st.lists(values(arguments[0]), max_size=3)
    return st.tuples(*(values(argument) for argument in arguments))


def any_of(struct: Any) -> st.SearchStrategy[Any]:
    return st.builds(struct, **{field.name: values(field.type) for field in msgspec.structs.fields(struct)})


@pytest.mark.parametrize("kind", MESSAGE_TYPES, ids=lambda kind: kind.__name__)
def test_whatever_its_fields_hold_it_is_one_line(kind: type[Message]) -> None:
    @given(any_of(kind))
    def holds(message: Message) -> None:
        words = say(message)
        assert words
        assert "\n" not in words
        assert not words.startswith(f"{next(iter(message.__struct_fields__))}="), "it has no words of its own"

    holds()


def test_a_signal_says_what_to_buy_at_which_price_and_why() -> None:
    signal = Signal(
        "edge", "KXBTC15M-X-30", 1, 1, "no", 610_000, 14_500, 16_700, 0.35, 0.0225, 0.02, 4, [], []
    )
    assert say(signal) == (
        "KXBTC15M-X-30 buy NO at $0.61 x 145, fair $0.3500, edge $0.0225 after fees (threshold $0.0200)"
    )
    assert to_json_fields(signal)["type"] == "Signal"
