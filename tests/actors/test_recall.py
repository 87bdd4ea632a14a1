from pathlib import Path

import pytest

from actors import recall as module
from actors.recall import recall
from messages import DayVolume, Message, TradePrinted
from messages.log import LogWriter
from tests.messages.log.samples import SMALL, segment_paths, write

KINDS = frozenset({DayVolume.kind, TradePrinted.kind})


def volume(number: int) -> DayVolume:
    return DayVolume("a", "BTC-USD", 0, 0, number)


def trade(number: int) -> TradePrinted:
    return TradePrinted("a", "BTC-USD", 0, 0, 0, "", 1, number, True)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    with LogWriter(tmp_path / "a") as writer:
        said: list[Message] = [volume(1), trade(2), *(volume(number) for number in range(3, 60)), trade(60)]
        for at_ns, message in enumerate(said, 1):
            writer.append([message], at_ns)
    return tmp_path / "a"


def test_the_newest_of_each_kind_comes_back_oldest_first(log: Path) -> None:
    assert recall(log, KINDS) == [volume(59), trade(60)]


def test_it_reads_back_as_far_as_it_must_and_no_further(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_BACK", (3, 20, 10**6))
    assert recall(log, KINDS, before_seq=58) == [trade(2), volume(57)]
    assert recall(log, frozenset({DayVolume.kind}), before_seq=3) == [volume(1)]


def test_a_log_without_such_a_record_or_none_at_all_gives_nothing(log: Path, tmp_path: Path) -> None:
    assert recall(log, KINDS, before_seq=1) == []
    assert recall(tmp_path / "none", KINDS) == []


def test_it_steps_over_damage_and_over_what_retention_deleted(tmp_path: Path) -> None:
    appends: list[list[Message]] = [[trade(1)]]
    appends += [[volume(number)] for number in range(2, 30)]
    write(tmp_path, appends, SMALL)
    first, second, *_, last = segment_paths(tmp_path)
    first.unlink()
    data = bytearray(last.read_bytes())
    data[-1] ^= 1
    last.write_bytes(data)
    second.write_bytes(second.read_bytes()[:-1])
    assert recall(tmp_path, KINDS, before_seq=29) == [volume(28)]
