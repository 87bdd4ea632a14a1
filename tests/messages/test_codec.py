import json
import math
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import (
    KINDS,
    MESSAGE_TYPES,
    Beat,
    Died,
    DriftSeen,
    FairValue,
    FrameReceived,
    IndexValue,
    MarketDefined,
    Message,
    Read,
    Turn,
    decode,
    encode,
    to_json_fields,
)
from messages.codec import decode_beat, encode_beat
from messages.errors import UnknownKindError

RANGES = {
    "messages.control": range(1, 10),
    "messages.feed": range(10, 20),
    "messages.market": range(20, 30),
    "messages.polymarket": range(30, 40),
    "messages.contract": range(40, 60),
    "messages.index": range(60, 70),
    "messages.decision": range(70, 80),
    "messages.paper": range(80, 90),
    "messages.store": range(90, 100),
}
INTEGERS = st.integers(-(2**63), 2**64 - 1)
TEXTS = st.text(max_size=20)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    int: INTEGERS,
    str: TEXTS,
    bool: st.booleans(),
    bytes: st.binary(max_size=50),
    float: st.floats(allow_nan=False),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return any_of(kind)
    arguments = [values(argument) for argument in get_args(kind)]
    return st.lists(arguments[0], max_size=4) if get_origin(kind) is list else st.tuples(*arguments)


def any_of(cls: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, *(values(hints[name]) for name in cls.__struct_fields__))


@pytest.mark.parametrize("cls", MESSAGE_TYPES)
def test_every_message_reads_back_as_it_was(cls: type[Message]) -> None:
    @given(any_of(cls))
    def reads_back(message: Message) -> None:
        payload = encode(message)
        assert decode(cls.kind, payload) == message
        assert decode(cls.kind, memoryview(payload)) == message
        assert to_json_fields(message)["type"] == cls.__name__
        assert list(to_json_fields(message))[1:] == list(cls.__struct_fields__)

    reads_back()


@pytest.mark.parametrize("cls", MESSAGE_TYPES)
def test_the_payload_is_an_array_of_the_fields_by_position(cls: type[Message]) -> None:
    @given(any_of(cls))
    def is_an_array(message: Message) -> None:
        values = msgspec.msgpack.decode(encode(message))
        assert isinstance(values, list)
        assert len(values) == len(cls.__struct_fields__)

    is_an_array()


def test_kinds_are_unique_and_in_the_range_of_their_file() -> None:
    assert len(KINDS) == len(MESSAGE_TYPES)
    for kind, cls in KINDS.items():
        assert cls.kind == kind
        assert kind in RANGES[cls.__module__]


def test_every_message_type_of_the_package_is_known_to_the_codec() -> None:
    assert set(Message.__subclasses__()) >= set(MESSAGE_TYPES)
    ours = {cls for cls in Message.__subclasses__() if cls.__module__.startswith("messages.")}
    assert ours == set(MESSAGE_TYPES)


def test_an_older_record_with_fewer_fields_still_reads() -> None:
    message = MarketDefined("T", "E", "S", 1, 2, 3, "active", "", -1, "", "", -1, [], "", "1", frame=7)
    values = msgspec.msgpack.decode(encode(message))
    older = decode(MarketDefined.kind, msgspec.msgpack.encode(values[:-2]))
    assert isinstance(older, MarketDefined)
    assert (older.ticker, older.frame, older.fee_source) == ("T", 0, "")


@pytest.mark.parametrize("cls", MESSAGE_TYPES)
def test_a_later_record_with_more_fields_still_reads(cls: type[Message]) -> None:
    @given(any_of(cls))
    def still_reads(message: Message) -> None:
        values = msgspec.msgpack.decode(encode(message))
        assert decode(cls.kind, msgspec.msgpack.encode([*values, "new", 5])) == message

    still_reads()


def test_a_kind_of_a_later_version_is_named() -> None:
    with pytest.raises(UnknownKindError, match="kind 4711 is not known"):
        decode(4711, b"\x90")


@given(st.sampled_from(MESSAGE_TYPES), st.binary(max_size=60))
def test_bytes_that_are_no_message_are_an_error_of_decoding_and_nothing_else(
    cls: type[Message], payload: bytes
) -> None:
    try:
        decoded = decode(cls.kind, payload)
    except msgspec.DecodeError:
        return
    assert isinstance(decoded, cls)


def test_fields_of_the_wrong_type_are_refused() -> None:
    payload = msgspec.msgpack.encode(["coinbase", "not a number", "type", "x", 1])
    with pytest.raises(msgspec.ValidationError):
        decode(DriftSeen.kind, payload)


def test_messages_are_frozen_and_hold_no_dictionary() -> None:
    message = DriftSeen("a", 1, "type", "x", 1)
    with pytest.raises(AttributeError):
        message.count = 2  # type: ignore[misc]
    assert not hasattr(message, "__dict__")


def test_json_for_people_names_the_type_and_the_fields() -> None:
    turn = Turn(5, [Read("kalshi", 1, 2)], True)
    assert to_json_fields(turn)["reads"] == [["kalshi", 1, 2]]
    fields = to_json_fields(FrameReceived(1, 2, "ws", b"\x00\xff"))
    assert fields == {"type": "FrameReceived", "conn": 1, "recv_ns": 2, "source": "ws", "data": "AP8="}
    json.dumps(fields)


def test_values_that_are_not_numbers_pass() -> None:
    blank: dict[type, Any] = {int: 0, str: "", float: math.nan, list[tuple[str, int]]: [], list[int]: []}
    hints = get_type_hints(FairValue)
    message = FairValue(*(blank[hints[name]] for name in FairValue.__struct_fields__))
    again = decode(FairValue.kind, encode(message))
    assert isinstance(again, FairValue)
    assert math.isnan(again.edge_yes_usd)
    assert issubclass(IndexValue, Message)


def test_text_that_is_no_utf_8_is_an_error_of_decoding() -> None:
    payload = b"\x95\xa2\xff\xfe\x01\xa1a\xa1b\x01"
    with pytest.raises(msgspec.DecodeError):
        decode(DriftSeen.kind, payload)


def test_what_a_child_says_goes_as_one_line_and_anything_else_is_nothing() -> None:
    for said in (Beat(True, False, "waits", detail={"a": 1}), Died("it fell", "venue", 2.5)):
        line = encode_beat(said)
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert decode_beat(line) == said
    for line in (b"", b"{}", b"[1]", b"\xff\xfe", b'{"type":"beat"}', b'{"type":"other"}'):
        assert decode_beat(line) is None
