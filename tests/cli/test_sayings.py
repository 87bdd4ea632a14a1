"""Every message that an actor can say has words of its own, on one line."""

import typing
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.sayings import say
from messages import (
    MESSAGE_TYPES,
    IndexCompared,
    IndexValue,
    LeftOut,
    Message,
    MethodAverage,
    MethodError,
    SettlementAverage,
    SettlementCompared,
    Share,
)

S = 1_000_000_000

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


def test_an_index_value_says_its_method_its_venues_and_how_deep_it_went() -> None:
    shares = [Share("kraken", 84_000.1, 12.0, False, 5, 1, 1.0)]
    value = IndexValue(
        "BRTI",
        "cme-cf",
        S,
        S,
        84_000.05,
        shares,
        [LeftOut("lmax", "stale", 9)],
        True,
        "",
        S,
        True,
        7,
        90,
        2.5,
    )
    assert say(value) == (
        "BRTI cme-cf $84,000.05 from kraken=84000.10, without lmax (stale), depth 7 of 90 BTC, cap 2.5 BTC"
    )
    between = IndexValue("BRTI", "cme-cf", S, S, 84_000.05, [], [], False, "", 0, True, 7, 90, 2.5)
    assert say(between) == "BRTI cme-cf $84,000.05, depth 7 of 90 BTC, cap 2.5 BTC"
    withheld = IndexValue("BRTI", "nowcast", S, S, 0.0, [], [], True, "no official value yet", S, False)
    assert say(withheld) == "BRTI nowcast withheld: no official value yet"


def test_an_error_is_said_in_basis_points_for_each_method() -> None:
    errors = [MethodError("cme-cf", 84_000.1, 0.012), MethodError("nowcast", 83_999.0, -0.1)]
    compared = IndexCompared("BRTI", 61 * S, 62 * S, 62 * S, 84_000_000_000, errors, 0.4, ["lmax"])
    assert say(compared) == (
        "00:01:01.000 official $84,000.00: cme-cf +0.01 bps, nowcast -0.10 bps, without lmax"
    )


def test_a_settlement_average_says_what_is_left_and_what_it_must_come_to() -> None:
    usual: dict[str, Any] = {
        "ticker": "M", "source": "official", "close_ns": 900 * S, "at_ns": S, "stamp_ns": S, "known": 40,
        "sum_cents": 40 * 8_400_000, "average_cents": 8_400_000, "remaining": 18, "missing": [60, 59],
        "strike_cents": 8_400_100, "required_sum_cents": 1, "required_usd": 84_003.0, "locked_share": 2 / 3,
        "result": "",
    }  # fmt: skip
    assert say(SettlementAverage(**usual)) == (
        "M average $84,000.00 of 40 (official), 2 missing, 20 left must average $84,003.00 for YES"
    )
    assert say(SettlementAverage(**usual | {"missing": [], "strike_cents": -1})) == (
        "M average $84,000.00 of 40 (official), no strike yet"
    )
    done = usual | {"known": 60, "remaining": 0, "missing": [], "result": "no"}
    assert say(SettlementAverage(**done)) == "M average $84,000.00 of 60 (official), settles NO"


def test_a_settled_minute_says_what_each_method_made_of_it() -> None:
    averages = [
        MethodAverage("cme-cf", 84_000.0, 60, 0.0),
        MethodAverage("volume-weighted", 84_001.0, 59, 0.119),
    ]
    settled = SettlementCompared("M", 900 * S, 907 * S, -1, 84_000_000_000, "yes", averages)
    assert say(settled) == (
        "M settled at $84,000.00, result yes: cme-cf +0.00 bps (60 of 60), "
        "volume-weighted +0.12 bps (59 of 60)"
    )
