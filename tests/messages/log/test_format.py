import re
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import decode, encode
from messages.errors import CorruptLogError, ForeignLogError, UnknownKindError
from messages.log import Record
from messages.log.format import (
    HEADER_BYTES,
    LAST,
    LAST_BYTES,
    MARK_AT,
    MARK_PATTERN,
    MORE,
    RECORD_HEADER,
    SEGMENT_HEADER,
    check_segment_header,
    pack_record,
    pack_segment_header,
    salts,
    segment_name,
    whole_bytes,
)
from tests.messages.log.samples import volume

U64 = st.integers(0, 2**64 - 1)
U32 = st.integers(0, 2**32 - 1)


@given(U32, st.sampled_from([LAST, MORE]), st.integers(1, 2**16 - 1), U64, U64, st.binary(max_size=300))
def test_a_record_is_its_header_and_its_payload(
    salt: int, mark: int, kind: int, seq: int, at_ns: int, payload: bytes
) -> None:
    data = pack_record(salt, mark, kind, seq, at_ns, payload)
    crc, *rest = RECORD_HEADER.unpack_from(data)
    assert rest == [mark, kind, len(payload), seq, at_ns]
    assert data[HEADER_BYTES:] == payload
    assert crc == crc32(data[4:], salt)


def test_the_sizes_are_those_of_the_document() -> None:
    assert SEGMENT_HEADER.size == 32
    assert HEADER_BYTES == 28
    assert segment_name(17) == "00000000000000000017.seg"


def test_both_marks_are_found_where_a_search_looks_for_them() -> None:
    for mark in (LAST, MORE):
        data = pack_record(0, mark, 1, 1, 1, b"")
        found = re.search(MARK_PATTERN, data)
        assert found is not None
        assert found.start() == MARK_AT
    assert pack_record(0, LAST, 1, 1, 1, b"")[MARK_AT : MARK_AT + 2] == LAST_BYTES


@given(U32, st.lists(st.integers(1, 3), min_size=1, max_size=5), st.binary(max_size=40), st.data())
def test_whatever_is_cut_off_the_whole_appends_in_front_are_counted(
    salt: int, appends: list[int], payload: bytes, draw: st.DataObject
) -> None:
    data, ends, seq = b"", [0], 100
    for records in appends:
        for left in range(records, 0, -1):
            data += pack_record(salt, LAST if left == 1 else MORE, 7, seq, 1, payload)
            seq += 1
        ends.append(len(data))
    cut = draw.draw(st.integers(0, len(data)))
    whole = max(end for end in ends if end <= cut)
    assert whole_bytes(data[:cut], salt, 100, is_final=False) == whole


def test_a_payload_that_looks_like_an_older_append_ends_nothing() -> None:
    inner = pack_record(0, LAST, 7, 99, 1, b"")
    data = pack_record(0, MORE, 7, 100, 1, inner)
    assert whole_bytes(data, 0, 100, is_final=False) == 0
    assert whole_bytes(data, 0, 100, is_final=True) == len(data)
    assert whole_bytes(data[:-1], 0, 100, is_final=True) == 0


@given(st.integers(1, 2**63), U64)
def test_a_segment_header_reads_back_and_gives_the_salt(first: int, created_ns: int) -> None:
    header = pack_segment_header(first, created_ns)
    assert check_segment_header("x", header, first) == salts(header)[0] == salts(header)[1]


@pytest.mark.parametrize("position", range(SEGMENT_HEADER.size))
def test_no_flipped_byte_of_a_segment_header_is_let_pass(position: int) -> None:
    header = bytearray(pack_segment_header(7, 12345))
    salt = check_segment_header("x", bytes(header), 7)
    header[position] ^= 0x40
    with pytest.raises((ForeignLogError, CorruptLogError), match="x "):
        check_segment_header("x", bytes(header), 7)
    assert salt in salts(bytes(header))


def test_a_later_version_and_unknown_flags_are_refused_by_name() -> None:
    for version, flags in ((2, 0), (1, 1)):
        header = SEGMENT_HEADER.pack(b"KALSHLOG", version, flags, 0, 1, 0)
        with pytest.raises(ForeignLogError, match=rf"a/b has log format {version}\.{flags}"):
            check_segment_header("a/b", header, 1)


def test_a_renamed_segment_is_refused() -> None:
    with pytest.raises(ForeignLogError, match="starts with record 7, not with 8"):
        check_segment_header("x", pack_segment_header(7, 0), 8)


def test_a_record_knows_its_message() -> None:
    message = volume(3)
    record = Record(1, 2, message.kind, encode(message))
    assert record.message() == message == decode(record.kind, record.payload)
    with pytest.raises(UnknownKindError, match="kind 999"):
        Record(1, 2, 999, b"\x90").message()


def test_errors_of_damage_name_file_place_and_record(tmp_path: Path) -> None:
    error = CorruptLogError(str(tmp_path), 32, 5, "it is")
    assert str(tmp_path) in str(error)
    assert "byte 32" in str(error)
    assert "record 5" in str(error)
    assert (error.path, error.offset, error.next_seq) == (str(tmp_path), 32, 5)
