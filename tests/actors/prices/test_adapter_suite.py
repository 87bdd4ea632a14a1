"""Every registered venue, through the same suite; a new venue brings data, not tests."""

import json
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.adapter import Get, Output
from actors.errors import ActorsError, DeafError, FrameError
from actors.prices.publisher import Standing
from actors.prices.registry import names
from messages import BookSnapshot, DayVolume, DriftSeen, QuoteChanged, decode, encode
from tests.actors.prices.adapter_suite import (
    DATA,
    OPENED_NS,
    Drive,
    Fault,
    as_json,
    case,
    expected,
    make,
    messages,
    mutations,
    names_of,
    sent,
    session,
)

FAULTS = [(name, fault) for name in names() for fault in case(name).faults]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

each_venue = pytest.mark.parametrize("name", names())


def sound(adapter: Any, said: Sequence[Output] = ()) -> None:
    """What holds of every book that stands, and of everything said."""
    for message in messages(list(said)):
        assert decode(message.kind, encode(message)) == message
        for field in message.__struct_fields__:
            value = getattr(message, field)
            assert not field.endswith(("_e8", "_ns")) or (type(value) is int and 0 <= value < 2**63), field
    if adapter.publisher.standing is Standing.STANDS:
        book = adapter.publisher.book
        assert not book.crossed()
        for side in (book.bids, book.asks):
            assert side.keys == sorted(side.keys)
            assert {key * side.sign for key in side.keys} == set(side.sizes)
            assert all(size > 0 for size in side.sizes.values())


@each_venue
def test_a_registered_venue_has_its_data(name: str) -> None:
    assert {path.name for path in (DATA / name).iterdir()} >= {
        "case.json",
        "session.jsonl",
        "expected.jsonl",
    }


def test_no_data_is_left_of_a_venue_that_is_gone() -> None:
    assert sorted(path.name for path in DATA.iterdir()) == names()


@each_venue
def test_a_session_gives_exactly_its_messages(name: str) -> None:
    drive = Drive(name).session(name)
    assert as_json(drive.outputs) == expected(name)
    sound(drive.adapter)
    assert drive.adapter.freshness(drive.now_ns).fresh


@each_venue
def test_the_first_frames_ask_for_every_channel(name: str) -> None:
    drive = Drive(name)
    drive.pass_s(1.5)  # Crypto.com wants a second between connecting and subscribing
    asked = "".join(sent(drive.outputs))
    assert [part for part in drive.case.sends if part not in asked] == []
    assert all(len(frame) < 512 for frame in sent(drive.outputs))


@each_venue
def test_a_field_missing_or_wrong_raises_an_error_of_ours_or_nothing(name: str) -> None:
    frames = session(name)
    refused = 0
    for index, frame in enumerate(frames):
        for what, mutated in mutations(frame):
            drive = Drive(name)
            for earlier in frames[:index]:
                drive.frame(earlier)
            try:
                out = drive.frame(mutated)
            except ActorsError:
                refused += 1
                continue
            except Exception as error:
                raise AssertionError(f"frame {index}, {what}: {error!r}") from error
            sound(drive.adapter, out)
    assert refused > 0


@each_venue
def test_an_unknown_type_is_counted_and_otherwise_ignored(name: str) -> None:
    drive = Drive(name).session(name)
    before = drive.adapter.counts().drifts
    out = drive.frame(orjson.dumps(drive.case.unknown))
    assert [message.what for message in messages(out) if isinstance(message, DriftSeen)] == ["type"]
    assert len(out) == 1
    assert drive.adapter.counts().drifts == before + 1
    for _ in range(8):
        assert drive.frame(orjson.dumps(drive.case.unknown)) == []
    assert names_of(drive.frame(orjson.dumps(drive.case.unknown))) == ["DriftSeen"]


@each_venue
def test_unknown_fields_change_nothing_but_the_drift(name: str) -> None:
    drive = Drive(name)
    for frame in session(name):
        decoded = orjson.loads(frame)
        decoded["surprise"] = {"deep": [1, 2]}
        drive.frame(orjson.dumps(decoded))
    told = [fields for fields in as_json(drive.outputs) if fields["type"] != "DriftSeen"]
    assert told == expected(name)
    assert any(m.what == "field" and "surprise" in m.name for m in drive.outputs if isinstance(m, DriftSeen))


@each_venue
def test_opened_again_an_adapter_has_forgotten_everything(name: str) -> None:
    drive = Drive(name).session(name)
    drive.adapter.opened(2, OPENED_NS)
    assert not drive.adapter.freshness(OPENED_NS).fresh
    again = Drive(name)
    again.adapter = drive.adapter
    assert as_json(again.session(name).outputs) == expected(name)


@each_venue
@QUICK
@given(data=st.binary(max_size=200))
def test_random_bytes_raise_only_a_frame_error(name: str, data: bytes) -> None:
    adapter = make(name)
    adapter.opened(1, OPENED_NS)
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        with pytest.raises(FrameError):
            adapter.frame(data, OPENED_NS, 1)


@each_venue
@QUICK
@given(value=JSON)
def test_random_json_raises_only_errors_of_ours(name: str, value: Any) -> None:
    drive = Drive(name).session(name)
    try:
        out = drive.frame(json.dumps(value).encode())
    except ActorsError:
        return
    sound(drive.adapter, out)


@each_venue
@QUICK
@given(chosen=st.data())
def test_a_frame_with_bytes_changed_raises_only_errors_of_ours(name: str, chosen: st.DataObject) -> None:
    frames = session(name)
    index = chosen.draw(st.integers(0, len(frames) - 1))
    raw = bytearray(frames[index])
    for _ in range(chosen.draw(st.integers(1, 3))):
        raw[chosen.draw(st.integers(0, len(raw) - 1))] = chosen.draw(st.integers(32, 126))
    drive = Drive(name)
    for earlier in frames[:index]:
        drive.frame(earlier)
    try:
        out = drive.frame(bytes(raw))
    except ActorsError:
        return
    sound(drive.adapter, out)


@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[f"{name}: {fault.name}" for name, fault in FAULTS])
def test_a_fault_leads_to_what_the_data_says(name: str, fault: Fault) -> None:
    drive = Drive(name).session(name)
    mark = len(drive.outputs)
    error = None
    for frame in fault.frames:
        try:
            drive.frame(orjson.dumps(frame))
        except ActorsError as raised:
            error = type(raised).__name__
    out = drive.outputs[mark:]
    assert error == fault.error
    assert names_of(out) == fault.says
    asked = "".join(sent(out))
    assert [part for part in fault.sends if part not in asked] == []
    assert bool(sent(out)) == bool(fault.sends)
    sound(drive.adapter)


@each_venue
def test_a_silent_socket_is_found_within_nine_seconds(name: str) -> None:
    drive = Drive(name).session(name)
    with pytest.raises(DeafError):
        drive.pass_s(9.0, alive=False)


@each_venue
def test_a_connection_that_never_brings_a_book_is_given_up(name: str) -> None:
    drive = Drive(name)
    with pytest.raises(DeafError):
        drive.pass_s(11.0)


@each_venue
def test_a_quiet_market_is_not_taken_for_a_deaf_one(name: str) -> None:
    drive = Drive(name).session(name)
    drive.pass_s(120.0, drive.case.ticker_same)
    assert drive.adapter.freshness(drive.now_ns).fresh


@each_venue
def test_a_deaf_book_is_found_within_nine_seconds(name: str) -> None:
    drive = Drive(name).session(name)
    with pytest.raises(DeafError):
        drive.pass_s(9.0, drive.case.ticker_moved)


@each_venue
def test_a_suspected_book_is_not_called_fresh(name: str) -> None:
    drive = Drive(name).session(name)
    while drive.adapter.freshness(drive.now_ns).fresh:
        drive.pass_s(0.1, drive.case.ticker_moved)
    assert "ticker" in drive.adapter.freshness(drive.now_ns).why_not


@each_venue
def test_without_rest_a_silent_book_is_no_evidence(name: str) -> None:
    drive = Drive(name).session(name)
    drive.pass_s(60.0, b"no route to host", status=0)
    assert drive.adapter.freshness(drive.now_ns).fresh


@each_venue
def test_acknowledgements_that_do_not_come_are_drift(name: str) -> None:
    drive = Drive(name)
    drive.pass_s(6.0)
    missing = [m.name for m in drive.outputs if isinstance(m, DriftSeen) and m.what == "ack"]
    assert missing == sorted(drive.case.acks)


@each_venue
def test_acknowledgements_that_came_are_no_drift(name: str) -> None:
    drive = Drive(name).session(name)
    drive.pass_s(6.0)
    assert [m for m in drive.outputs if isinstance(m, DriftSeen)] == []


@each_venue
def test_every_ten_seconds_the_whole_state_is_said_again(name: str) -> None:
    drive = Drive(name).session(name)
    quote = [m for m in drive.outputs if isinstance(m, QuoteChanged)][-1]
    again = drive.pass_s(31.0, drive.case.ticker_same)
    books = [m for m in again if isinstance(m, BookSnapshot)]
    assert len(books) == 3
    assert all(book.checkpoint for book in books)
    assert books[-1].bids == drive.adapter.publisher.book.bids.levels()
    assert books[-1].asks == drive.adapter.publisher.book.asks.levels()
    assert [m for m in again if isinstance(m, QuoteChanged)] == [quote] * 3
    assert (len([m for m in again if isinstance(m, DayVolume)]) >= 3) == drive.case.volume


@each_venue
def test_retry_after_is_obeyed(name: str) -> None:
    drive = Drive(name).session(name)
    asked = [output for output in drive.outputs if isinstance(output, Get) and output.tag == "ticker"]
    if not drive.case.volume:  # then only a silent book is a reason to ask
        asked = [output for output in drive.pass_s(4.0) if isinstance(output, Get)]
    assert len(asked) == 1
    drive.reply(asked[0], 429, b"slow down", 45.0)
    assert [o for o in drive.pass_s(44.0) if isinstance(o, Get)] == []
    assert [o for o in drive.pass_s(3.0) if isinstance(o, Get)] != []


@each_venue
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null", b'{"result":{}}', b'{"volume":[]}'])
def test_a_rest_body_that_cannot_be_read_is_drift_and_nothing_worse(name: str, body: bytes) -> None:
    drive = Drive(name).session(name)
    gets = [output for output in drive.outputs if isinstance(output, Get)]
    for get in gets:
        out = drive.reply(get, 200, body)
        assert names_of(out) in (["DriftSeen"], [])
    sound(drive.adapter)


@each_venue
def test_latency_and_counts_are_reported(name: str) -> None:
    drive = Drive(name).session(name)
    drive.adapter.round_trip(10_000_000, drive.now_ns)
    assert (drive.adapter.latency(drive.now_ns).p50_ms >= 5.0) == drive.case.stamps
    assert drive.adapter.latency(drive.now_ns).p50_ms == -1.0
    assert drive.adapter.counts().gaps == 0
