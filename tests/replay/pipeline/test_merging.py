"""Several recorded logs as one."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.log.format import pack_record
from replay.errors import DamagedRecordError
from replay.pipeline import merging
from replay.pipeline.merging import HOLE, Item, Merged, Source, sources
from tests.messages.log.samples import segment_paths
from tests.replay.pipeline.samples import TRADES, VOLUMES, trade, volume, write_log
from tests.replay.real import damage

ALWAYS = (0, 2**62)


def merge(data_dir: Path, *stretches: Source) -> tuple[list[Item], Merged]:
    merged = Merged(data_dir, stretches)
    try:
        return [item for block in merged.blocks() for item in block], merged
    finally:
        merged.close()


def places(items: Sequence[Item]) -> list[tuple[int, int, int]]:
    return [item[:3] for item in items]


def test_records_come_by_time_then_by_log_then_by_number(tmp_path: Path) -> None:
    write_log(tmp_path, "a", [(1, [trade(1)]), (3, [trade(2), trade(3)]), (7, [trade(4)])])
    write_log(tmp_path, "b", [(2, [trade(5)]), (3, [trade(6)]), (9, [trade(7)])])
    items, merged = merge(tmp_path, Source("b", TRADES, *ALWAYS), Source("a", TRADES, *ALWAYS))
    assert places(items) == [(1, 1, 1), (2, 0, 1), (3, 0, 2), (3, 1, 2), (3, 1, 3), (7, 1, 4), (9, 0, 3)]
    assert [item[4] for item in items] == [trade(n) for n in (1, 5, 6, 2, 3, 4, 7)]
    assert (merged.passed, merged.share, merged.missing) == (7, 1.0, [])


def test_only_what_is_wanted_of_the_span_comes_and_the_rest_is_passed(tmp_path: Path) -> None:
    write_log(tmp_path, "a", [(n, [trade(n) if n % 2 else volume(n)]) for n in range(10)])
    items, merged = merge(tmp_path, Source("a", VOLUMES, 3, 8), Source("none", TRADES, *ALWAYS))
    assert places(items) == [(4, 0, 5), (6, 0, 7)]
    assert merged.passed == 5


@settings(max_examples=25, deadline=None)
@given(times=st.lists(st.lists(st.integers(0, 40), min_size=0, max_size=40), min_size=1, max_size=4))
def test_however_little_is_read_at_once_the_order_is_that_of_one_list(
    tmp_path_factory: pytest.TempPathFactory, times: list[list[int]]
) -> None:
    data_dir = tmp_path_factory.mktemp("merged")
    expected = []
    for place, of_log in enumerate(times):
        write_log(data_dir, str(place), [(at_ns, [trade(0)]) for at_ns in sorted(of_log)])
        expected += [(at_ns, place, seq) for seq, at_ns in enumerate(sorted(of_log), 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("replay.records.READ_RECORDS", 3)
        items, _ = merge(data_dir, *(Source(str(place), TRADES, *ALWAYS) for place in range(len(times))))
    assert places(items) == sorted(expected)


def test_damage_is_an_item_where_it_stands(tmp_path: Path) -> None:
    write_log(tmp_path, "a", [(n, [trade(n)]) for n in range(1, 6)])
    write_log(tmp_path, "b", [(n, [trade(n)]) for n in range(1, 6)])
    damage(tmp_path / "log" / "a", 3)
    items, merged = merge(tmp_path, Source("a", TRADES, *ALWAYS), Source("b", TRADES, *ALWAYS))
    holes = [item for item in items if item[3] == HOLE]
    assert [item[:3] for item in holes] == [(2, 0, 3)]
    assert [(hole.log, hole.first, hole.last) for hole in merged.missing] == [("a", 3, 3)]
    assert holes[0][4] == merged.missing[0]
    assert len(items) == 10


def test_bytes_that_are_no_message_are_named(tmp_path: Path) -> None:
    write_log(tmp_path, "a", [(1, [trade(1)])])
    (path,) = segment_paths(tmp_path / "log" / "a")
    header = path.read_bytes()[:32]
    salt = int.from_bytes(header[12:16], "little")
    path.write_bytes(header + pack_record(salt, 0x5AA5, trade(1).kind, 1, 1, b"\x93\x01"))
    with pytest.raises(DamagedRecordError, match="a record of a cannot be read"):
        merge(tmp_path, Source("a", TRADES, *ALWAYS))


def test_a_log_that_several_want_is_read_once_for_all() -> None:
    found = sources([{"a": TRADES, "b": TRADES}, {"a": VOLUMES}], {"a": 5, "b": 7}, 99)
    assert found == [Source("a", TRADES | VOLUMES, 5, 99), Source("b", TRADES, 7, 99)]
    assert merging.sources([], {}, 1) == []
