"""Reading recorded logs as they are: whole, damaged, cut short, deleted in part."""

from pathlib import Path

from messages import DayVolume, FrameReceived, Message
from messages.log import LogReader, Record
from replay.records import Missing, holes, newest_before, read_between, read_on, record_at
from tests.messages.log.samples import SMALL, frame, segment_paths, spans, volume, write

S = 10**9
VOLUMES = frozenset({DayVolume.kind})


def recorded(data_dir: Path, count: int = 40) -> Path:
    """A log of several segments: volumes, one a second, and a frame behind every fourth."""
    log_dir = data_dir / "log" / "a"
    appends: list[list[Message]] = [
        [volume(n), frame(b"x")] if n % 4 == 0 else [volume(n)] for n in range(1, count + 1)
    ]
    write(log_dir, appends, SMALL)
    return log_dir


def flip(log_dir: Path, seq: int) -> None:
    """Damage one record's payload."""
    for path in segment_paths(log_dir):
        for span in spans(path):
            if span.seq == seq:
                data = bytearray(path.read_bytes())
                data[span.end - 1] ^= 1
                path.write_bytes(data)


def volumes(records: list[Record]) -> list[int]:
    return [message.volume_e8 for r in records if isinstance(message := r.message(), DayVolume)]


def test_a_stretch_of_time_is_read_from_its_begin_to_before_its_end(tmp_path: Path) -> None:
    recorded(tmp_path)
    told: list[float] = []
    found = list(read_between(tmp_path, "a", 10 * S, 20 * S, VOLUMES, told.append))
    assert volumes(found) == list(range(10, 20))
    assert told[-1] == 1.0
    assert list(read_between(tmp_path, "a", 500 * S, 600 * S, VOLUMES)) == []
    assert list(read_between(tmp_path, "none", 0, 600 * S, VOLUMES)) == []


def test_what_cannot_be_read_is_named_and_reading_goes_on_behind_it(tmp_path: Path) -> None:
    log_dir = recorded(tmp_path)
    flip(log_dir, 12)
    missing: list[Missing] = []
    found = list(read_between(tmp_path, "a", 0, 99 * S, VOLUMES, missing=missing.append))
    assert volumes(found) == [n for n in range(1, 41) if n != 10]
    assert [(hole.log, hole.first, hole.last) for hole in missing] == [("a", 12, 12)]
    assert "is damaged at byte" in missing[0].why


def test_damage_with_nothing_sound_behind_it_ends_the_reading(tmp_path: Path) -> None:
    log_dir = recorded(tmp_path, 30)
    *_, last = segment_paths(log_dir)
    for span in spans(last):
        flip(log_dir, span.seq)
    with LogReader(log_dir) as reader:
        reader.seek_start()
        first = spans(last)[0].seq
        while reader.next_seq < first:
            assert read_on("a", reader, None)[1] is None
        read_on("a", reader, None)
        assert reader.drained


def test_one_record_is_found_by_its_number_or_it_is_said_why_not(tmp_path: Path) -> None:
    log_dir = recorded(tmp_path)
    found = record_at(tmp_path, "a", 5)
    assert isinstance(found, Record)
    assert found.kind == FrameReceived.kind
    flip(log_dir, 12)
    segment_paths(log_dir)[0].unlink()
    for log, seq, why in (
        ("a", 12, "is damaged"),
        ("a", 99, "ends with record 50"),
        ("a", 1, "is gone"),
        ("none", 1, "no log of none"),
    ):
        absent = record_at(tmp_path, log, seq)
        assert isinstance(absent, Missing)
        assert (absent.log, absent.first, absent.last) == (log, seq, seq)
        assert why in absent.why


def test_the_newest_before_a_number_is_found_however_far_back_it_is(tmp_path: Path) -> None:
    log_dir = tmp_path / "log" / "a"
    appends: list[list[Message]] = [[frame(b"first")]]
    appends += [[volume(n)] for n in range(2, 9000)]
    write(log_dir, appends)
    frames = frozenset({FrameReceived.kind})
    first = newest_before(tmp_path, "a", frames)
    assert first is not None
    assert first.seq == 1
    assert newest_before(tmp_path, "a", frames, 1) is None
    newest = newest_before(tmp_path, "a", VOLUMES, 5000)
    assert newest is not None
    assert newest.seq == 4999
    seventh = newest_before(
        tmp_path, "a", VOLUMES, wanted=lambda m: isinstance(m, DayVolume) and m.volume_e8 == 7
    )
    assert seventh is not None
    assert seventh.seq == 7


def test_the_holes_of_a_stretch_are_those_inside_of_it(tmp_path: Path) -> None:
    log_dir = recorded(tmp_path)
    for seq in (3, 12, 40):
        flip(log_dir, seq)
    assert [(hole.first, hole.last) for hole in holes(tmp_path, "a", 5, 30)] == [(12, 12)]
    assert holes(tmp_path, "a", 13, 30) == []
