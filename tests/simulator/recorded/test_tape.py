"""A recorded log handed out by its own time."""

from pathlib import Path

from messages import ActorStarted, DayVolume
from simulator.recorded.tape import Tape
from tests.messages.log.samples import SMALL, segment_paths
from tests.messages.log.samples import volume as numbered
from tests.messages.log.samples import write as write_log
from tests.simulator.recorded.logs import T0_NS, at, started, volume, write

WANTED = frozenset({DayVolume.kind})


def numbers(tape: Tape, until_ns: int) -> list[int]:
    out = []
    while (record := tape.next(until_ns)) is not None:
        message = record.message()
        assert isinstance(message, DayVolume)
        out.append(message.volume_e8)
    return out


def test_records_come_when_their_time_does_and_only_those_that_are_wanted(tmp_path: Path) -> None:
    write(tmp_path, [(0, started("kraken")), *((n, volume("kraken", n)) for n in range(1, 6))])
    tape = Tape(tmp_path, WANTED, at(2), at(5))
    assert numbers(tape, at(1.9)) == []
    assert numbers(tape, at(3)) == [2 * 10**8, 3 * 10**8]
    assert not tape.over
    assert numbers(tape, at(99)) == [4 * 10**8]
    assert tape.over
    tape.close()


def test_what_is_written_meanwhile_is_not_on_it(tmp_path: Path) -> None:
    write(tmp_path, [(1, volume("kraken", 1))])
    tape = Tape(tmp_path, WANTED, T0_NS, at(1e6))
    write(tmp_path, [(2, volume("kraken", 2))])
    assert numbers(tape, at(99)) == [10**8]
    assert tape.over
    tape.close()


def test_an_empty_log_and_one_without_wanted_records_are_over_at_once(tmp_path: Path) -> None:
    write(tmp_path / "other", [(1, started("kraken"))])
    for name, kinds in (("none", WANTED), ("other", WANTED), ("other", frozenset({ActorStarted.kind}))):
        tape = Tape(tmp_path / name, kinds, T0_NS, at(9))
        while tape.next(at(99)) is not None:
            pass
        assert tape.over
        tape.close()


def test_damage_is_told_and_what_stands_behind_it_is_played(tmp_path: Path) -> None:
    write_log(tmp_path, [[numbered(n)] for n in range(1, 40)], SMALL)
    paths = segment_paths(tmp_path)
    data = bytearray(paths[2].read_bytes())
    data[-1] ^= 1
    paths[2].write_bytes(data)
    told: list[str] = []
    tape = Tape(tmp_path, WANTED, 0, 2**63 - 1, told.append)
    played = numbers(tape, 2**62)
    assert len(played) == 38
    assert (played[0], played[-1]) == (1, 39)
    assert len(told) == 1
    assert paths[2].name in told[0]
    assert tape.over
    tape.close()
