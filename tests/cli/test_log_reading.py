"""Reading several actors' logs together: by time, from their ends, over damage and deletion."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cli.log_reading import Entry, Logs, newest, read_on, type_name
from messages import DayVolume, QuoteChanged
from messages.log import LogReader, LogWriter, Record
from tests.messages.log.samples import QUIET, SMALL, seqs, volume, write

S = 1_000_000_000
VOLUMES = frozenset({DayVolume.kind})
QUOTES = frozenset({QuoteChanged.kind})


def quote(n: int) -> QuoteChanged:
    return QuoteChanged("coinbase", "BTC-USD", n, n, n, 1, 1, 2, 1)


def places(entries: list[Entry]) -> list[tuple[str, int]]:
    return [(entry.log, entry.record.seq) for entry in entries]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[LogWriter, LogWriter]]:
    with (
        LogWriter(tmp_path / "log" / "coinbase", QUIET) as coinbase,
        LogWriter(tmp_path / "log" / "kraken", QUIET) as kraken,
    ):
        yield coinbase, kraken


def test_the_newest_of_all_logs_come_by_time_and_then_what_is_added(
    tmp_path: Path, two: tuple[LogWriter, LogWriter]
) -> None:
    coinbase, kraken = two
    for second in range(1, 6):
        coinbase.append([volume(second)], second * S)
        kraken.append([volume(second)], second * S + 1)
    with closing(Logs(tmp_path, ["coinbase", "kraken", "nobody"], VOLUMES)) as logs:
        assert places(logs.newest(3)) == [("kraken", 4), ("coinbase", 5), ("kraken", 5)]
        assert logs.more() == []
        kraken.append([volume(6)], 6 * S)
        coinbase.append([volume(7)], 6 * S - 1)
        assert places(logs.more()) == [("coinbase", 6), ("kraken", 6)]
        with LogWriter(tmp_path / "log" / "nobody", QUIET) as late:
            late.append([volume(1)], 7 * S)
            assert places(logs.more()) == [("nobody", 1)]


def test_none_is_none_but_what_comes_is_shown(tmp_path: Path, two: tuple[LogWriter, LogWriter]) -> None:
    coinbase, _ = two
    coinbase.append([volume(1)], S)
    with closing(Logs(tmp_path, ["coinbase"], VOLUMES)) as logs:
        assert logs.newest(0) == []
        coinbase.append([volume(2), quote(3)], 2 * S)
        assert places(logs.more()) == [("coinbase", 2)]


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_what_is_rare_is_looked_for_far_back(tmp_path: Path, limit: int) -> None:
    rare = {5, 900, 2500}
    write(tmp_path, [[quote(n) if n in rare else volume(n) for n in range(1, 3001)]])
    with LogReader(tmp_path) as reader:
        assert seqs(newest(reader, limit, QUOTES)) == sorted(rare)[-limit:]
        assert reader.next_seq == 3001


def test_damage_is_stepped_over_with_a_word_about_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, [[volume(n)] for n in range(1, 11)])
    (segment,) = tmp_path.glob("*.seg")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 0xFF
    segment.write_bytes(data)
    with LogReader(tmp_path) as reader:
        found = seqs(newest(reader, 10, VOLUMES))
    assert len(found) == 9
    assert {1, 10} <= set(found)
    told = capsys.readouterr().err
    assert told.startswith("kalshi-actors: ")
    assert "1 records are passed over" in told


def test_what_retention_took_is_stepped_over_with_a_word_about_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, [[volume(n)] for n in range(1, 40)], SMALL)
    first, second, third, *_ = (int(path.stem) for path in sorted(tmp_path.glob("*.seg")))
    found: list[int] = []
    with LogReader(tmp_path) as reader:
        reader.seek_seq(first)
        for number in (first, second):  # the first is open here and can be read to its end
            (tmp_path / f"{number:020d}.seg").unlink()
        while 39 not in found:
            found += seqs(read_on(reader, VOLUMES))
    assert found == [*range(first, second), *range(third, 40)]
    assert "reading goes on there" in capsys.readouterr().err


def test_what_cannot_be_decoded_is_no_message_and_has_a_name_still() -> None:
    assert Entry("x", Record(1, S, 999, b"")).message() is None
    assert Entry("x", Record(1, S, DayVolume.kind, b"\xff")).message() is None
    assert type_name(999) == "kind 999"
    assert type_name(DayVolume.kind) == "DayVolume"
