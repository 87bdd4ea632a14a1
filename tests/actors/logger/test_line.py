import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.logger.line import LEVELS, Line, format_line, parse_line

OPENED = Line(
    1_795_380_940_123_456_000, "INFO", "coinbase", "feed opened", {"conn": "3", "url": "wss://x/y?z=1"}, 1234
)


def test_a_line_reads_as_documented() -> None:
    text = format_line(OPENED)
    assert text == "2026-11-22T20:55:40.123456Z INFO  coinbase feed opened conn=3 url=wss://x/y?z=1 #1234"
    assert parse_line(text) == OPENED


def test_a_line_of_an_actors_own_output_bears_its_place() -> None:
    line = Line(1_000, "ERROR", "kraken", "output", {"text": '  File "x.py", line 3\t'}, -1, (77, 4096))
    text = format_line(line)
    assert text.endswith(" @77:4096")
    assert parse_line(text) == line


words = st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True)


@given(
    st.integers(0, 4_000_000_000_000_000).map(lambda us: us * 1000),
    st.sampled_from(LEVELS),
    words,
    st.lists(words, min_size=1, max_size=4).map(" ".join),
    st.dictionaries(words, st.text(), max_size=5),
    st.integers(0, 2**62),
)
def test_whatever_is_written_stays_one_line_and_reads_back(
    at_ns: int, level: str, actor: str, event: str, fields: dict[str, str], seq: int
) -> None:
    line = Line(at_ns, level, actor, event, fields, seq)
    text = format_line(line)
    assert len(text.splitlines()) == 1
    assert text.encode().decode() == text
    assert parse_line(text) == line


@pytest.mark.parametrize("end", range(len(format_line(OPENED)) - 4))
def test_a_line_that_was_cut_off_is_no_line(end: int) -> None:
    assert parse_line(format_line(OPENED)[:end]) is None


@given(st.text())
def test_anything_else_is_no_line_and_no_error(text: str) -> None:
    parse_line(text)
