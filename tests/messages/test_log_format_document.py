"""docs/log-format.md against the code: every kind, every field, and its reader on real logs."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest

from messages import (
    INDICATORS,
    MESSAGE_TYPES,
    FrameReceived,
    LeftOut,
    MethodAverage,
    MethodError,
    Position,
    Read,
    Share,
    Turn,
)
from messages.log import LogWriter
from messages.log.format import LAST, MORE, MOST_PAYLOAD_BYTES, VERSION
from tests.messages.log.samples import QUIET, SMALL, frame, read_all, segment_paths, volume, write

DOCUMENT = (Path(__file__).parents[2] / "docs" / "log-format.md").read_text()
Reader = Callable[[Path], Iterator[tuple[int, int, int, list[Any]]]]


def rows(heading: str) -> list[tuple[str, str]]:
    """(field, type) of the table below a heading."""
    found = re.search(rf"^#### {re.escape(heading)}\n(.*?)(?=^#|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, f"docs/log-format.md has no section `#### {heading}`"
    lines = re.findall(r"^\| (\d+) \| `(\w+)` \| ([^|]+) \| (\S[^|]*) \|$", found[1], re.MULTILINE)
    assert [int(number) for number, *_ in lines] == list(range(len(lines)))
    return [(name, kind) for _, name, kind, _ in lines]


def fields(cls: type[msgspec.Struct]) -> list[tuple[str, str]]:
    hints = get_type_hints(cls)
    return [(name, type_name(hints[name])) for name in cls.__struct_fields__]


def type_name(hint: Any) -> str:
    if isinstance(hint, type) and not hasattr(hint, "__args__"):
        return hint.__name__
    return re.sub(r"\w+\.", "", str(hint))


@pytest.mark.parametrize("cls", MESSAGE_TYPES)
def test_every_kind_stands_in_the_document_with_all_its_fields(cls: type[Any]) -> None:
    assert rows(f"{cls.kind} {cls.__name__}") == fields(cls)


@pytest.mark.parametrize("cls", [Read, Share, LeftOut, MethodError, MethodAverage, Position])
def test_what_stands_inside_of_messages_is_in_the_document(cls: type[msgspec.Struct]) -> None:
    assert rows(cls.__name__) == fields(cls)


def test_the_document_describes_no_kind_that_does_not_exist() -> None:
    described = re.findall(r"^#### (\d+) (\w+)$", DOCUMENT, re.MULTILINE)
    assert [(int(kind), name) for kind, name in described] == [(c.kind, c.__name__) for c in MESSAGE_TYPES]


def test_the_document_names_the_indicators_in_their_order() -> None:
    (sentence,) = re.findall(
        r"^The order of `values` and `oldest_ms`,[^:]*:(.*?)\.\n\n", DOCUMENT, re.M | re.S
    )
    assert tuple(re.findall(r"`([^`]+)`", sentence)) == INDICATORS


def test_the_constants_of_the_document_are_those_of_the_code() -> None:
    assert f"Format version {VERSION}." in DOCUMENT
    assert f"0x{LAST:04X}: closes its append. 0x{MORE:04X}:" in DOCUMENT
    assert MOST_PAYLOAD_BYTES == 64 * 1024 * 1024


@pytest.fixture(scope="module")
def reader() -> Reader:
    (code,) = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert "messages" not in code
    names: dict[str, Any] = {}
    exec(compile(code, "docs/log-format.md", "exec"), names)  # noqa: S102
    found: Reader = names["read_log"]
    return found


def test_its_reader_is_of_thirty_lines() -> None:
    (code,) = re.findall(r"^def read_log.*?(?=^```)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(code.strip().splitlines()) <= 30


@pytest.mark.parametrize("settings", [QUIET, SMALL])
def test_its_reader_reads_a_log_as_ours_does(tmp_path: Path, reader: Reader, settings: Any) -> None:
    write(tmp_path, [[volume(n), frame(b"x" * n)][: n % 2 + 1] for n in range(50)], settings)
    with LogWriter(tmp_path, settings) as writer:
        writer.append([Turn(5, [Read("kraken", 3, 9)], True), volume(1)], 1)
    ours = [(r.seq, r.at_ns, r.kind, msgspec.msgpack.decode(r.payload)) for r in read_all(tmp_path)]
    assert list(reader(tmp_path)) == ours
    assert ours[-2][2:] == (Turn.kind, [5, [["kraken", 3, 9]], True])
    assert any(kind == FrameReceived.kind for _, _, kind, _ in ours)


def test_its_reader_ends_at_the_last_whole_append_wherever_the_file_is_cut(
    tmp_path: Path, reader: Reader
) -> None:
    write(tmp_path, [[volume(1)], [volume(2), frame(b"abc"), volume(4)], [volume(5)]])
    path = segment_paths(tmp_path)[0]
    data = path.read_bytes()
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        assert [seq for seq, *_ in reader(tmp_path)] == [record.seq for record in read_all(tmp_path)]


def test_its_reader_names_damage_in_a_finished_segment(tmp_path: Path, reader: Reader) -> None:
    write(tmp_path, [[volume(n)] for n in range(20)], SMALL)
    path = segment_paths(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match="the one before it"):
        list(reader(tmp_path))
