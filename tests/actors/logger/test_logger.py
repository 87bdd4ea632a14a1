import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from actors.logger.account import type_name
from actors.logger.line import Line, parse_line
from actors.logger.narrator import Narrator
from actors.logger.record import LogCounts, SessionRecord, load_record
from messages import (
    ActorStarted,
    BookChanged,
    DriftSeen,
    FeedGap,
    FeedHealth,
    FeedOpened,
    FrameReceived,
    Message,
)
from messages.log import LogReader, LogSettings, LogWriter
from tests.actors.logger.running import Running

S = 1_000_000_000
ONE, TWO = "2026-11-22T20-00-00Z", "2026-11-22T21-00-00Z"
LOGS = ["kraken", "gemini", "supervisor"]


def now_ns() -> int:
    return time.time_ns()


def started(name: str, session: str = ONE) -> ActorStarted:
    return ActorStarted(name, session, 1, now_ns(), "0.1.0", '{"mode": "sim"}')


def health(fresh: bool) -> FeedHealth:
    return FeedHealth("kraken", 1, now_ns(), fresh, 0, 0, 0, 0, 1.0, 2.0, 0.0, "" if fresh else "silent")


def record_of(data_dir: Path, session: str = ONE) -> SessionRecord | None:
    return load_record(data_dir / "sessions" / session)


def counted(data_dir: Path, name: str, session: str = ONE) -> LogCounts:
    record = record_of(data_dir, session)
    return record.logs.get(name, LogCounts()) if record is not None else LogCounts()


def lines_of(data_dir: Path, name: str) -> list[Line]:
    files = sorted((data_dir / "logs").glob(f"{name}.log*"), key=lambda path: path.suffix, reverse=True)
    files.sort(key=lambda path: -int(path.suffix[1:]) if path.suffix[1:].isdigit() else 1)
    texts = [text for path in files for text in path.read_text().splitlines()]
    lines = [parse_line(text) for text in texts]
    assert None not in lines
    return [line for line in lines if line is not None]


def true_counts(data_dir: Path, name: str) -> tuple[dict[str, int], int]:
    """What the log itself says: records by type, and its end."""
    counts: Counter[str] = Counter()
    with LogReader(data_dir / "log" / name) as reader:
        while True:
            counts.update(type_name(record.kind) for record in reader.read())
            if reader.drained:
                return dict(counts), reader.next_seq


def true_lines(data_dir: Path, name: str) -> list[int]:
    """Sequence numbers of the records that are worth a line."""
    narrator = Narrator({})
    found: list[int] = []
    with LogReader(data_dir / "log" / name) as reader:
        while True:
            found += [record.seq for record in reader.read() if narrator.tell(record.message()) is not None]
            if reader.drained:
                return found


class Writers(threading.Thread):
    """Fills three logs as fast as told until stopped; now and then with something worth a line."""

    def __init__(self, data_dir: Path, seed: int) -> None:
        super().__init__()
        self.ending = threading.Event()
        self._writers = {
            name: LogWriter(data_dir / "log" / name, LogSettings(segment_bytes=300_000)) for name in LOGS
        }
        self._random = random.Random(seed)

    def run(self) -> None:
        for name, writer in self._writers.items():
            writer.append([started(name)], now_ns())
        frames = [FrameReceived(1, 1, "ws", b"x" * 80), BookChanged("k", "s", 1, 1, 1, [(1, 2)], [])] * 5
        while not self.ending.wait(0.002):
            for name, writer in self._writers.items():
                batch: list[Message] = frames[: self._random.randint(1, 10)]
                chance = self._random.random()
                if chance < 0.02:
                    batch = [*batch, started(name)]
                elif chance < 0.10:
                    batch = [*batch, health(self._random.random() < 0.5)]
                elif chance < 0.13:
                    batch = [FeedGap(name, 2, 1, 2, "killed"), *batch, DriftSeen(name, 1, "type", "x", 1)]
                writer.append(batch, now_ns())
        for writer in self._writers.values():
            writer.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_under_load_it_counts_and_tells_every_record_once(
    tmp_path: Path, seed: int, eventually: Callable[..., None]
) -> None:
    chance = random.Random(seed)
    writers = Writers(tmp_path, seed)
    with Running(tmp_path, ONE, LOGS, poll_ms=10, rotate_mb=0.02, keep=100) as logger:
        writers.start()
        for _ in range(6):
            before = counted(tmp_path, "kraken").total
            eventually(lambda before=before: counted(tmp_path, "kraken").total > before)
            threading.Event().wait(chance.random() * 1.5)
            logger.kill()
            logger.start()
        writers.ending.set()
        writers.join()
        assert logger.stop() == 0
    for name in LOGS:
        by_type, end = true_counts(tmp_path, name)
        counts = counted(tmp_path, name)
        assert counts.records == by_type
        assert counts.total == sum(by_type.values()) == end - 1
        assert counts.frames == by_type["FrameReceived"]
        assert (counts.first_seq, counts.last_seq) == (1, end - 1)
        assert counts.restarts == by_type["ActorStarted"] - 1
        assert counts.gaps.count == by_type.get("FeedGap", 0)
        assert counts.latency_ms.count == by_type.get("FeedHealth", 0)
        assert [line.seq for line in lines_of(tmp_path, name)] == true_lines(tmp_path, name)
    assert counted(tmp_path, "logger").records["ActorStarted"] == 7
    assert counted(tmp_path, "logger").records["ActorStopped"] == 1


def test_a_kill_loses_and_doubles_no_line_of_an_actors_own_output(
    tmp_path: Path, eventually: Callable[..., None]
) -> None:
    path = tmp_path / "logs" / "kraken.err"
    path.parent.mkdir()
    number = 0
    with Running(tmp_path, ONE, ["kraken"], poll_ms=10) as logger:
        for round_ in range(4):
            for _ in range(30):
                number += 1
                with path.open("a") as file:
                    file.write(f"words {number}\n")
            if round_ == 2:
                path.rename(path.with_name("kraken.err.1"))
            eventually(lambda: (tmp_path / "logs" / "kraken.log").exists())
            eventually(lambda wanted=number: len(lines_of(tmp_path, "kraken")) == wanted)
            logger.kill()
            logger.start()
        assert logger.stop() == 0
    assert [line.fields["text"] for line in lines_of(tmp_path, "kraken")] == [
        f"words {n}" for n in range(1, number + 1)
    ]


def test_a_new_session_begins_a_new_record_and_the_old_one_gets_what_it_had_missed(tmp_path: Path) -> None:
    frame = FrameReceived(1, 1, "ws", b"x")
    writers = {name: LogWriter(tmp_path / "log" / name) for name in LOGS}
    for name, writer in writers.items():
        writer.append([started(name), frame, frame], now_ns())
    with Running(tmp_path, ONE, LOGS) as logger:
        assert logger.stop() == 0
    for name, writer in writers.items():
        writer.append([frame, started(name, TWO), frame, frame, frame], now_ns())
        writer.close()
    with Running(tmp_path, TWO, LOGS) as logger:
        assert logger.stop() == 0
    for name in LOGS:
        assert counted(tmp_path, name, ONE).frames == 3
        assert counted(tmp_path, name, TWO).frames == 3
    old, new = record_of(tmp_path, ONE), record_of(tmp_path, TWO)
    assert old is not None
    assert new is not None
    assert (old.ended, new.mode, new.version) == ("stopped", "sim", "0.1.0")


def test_a_log_that_is_damaged_is_read_on_behind_the_damage_and_the_loss_is_told(tmp_path: Path) -> None:
    frames: list[Message] = [FrameReceived(1, 1, "ws", bytes([n]) * 500) for n in range(10)]
    with_damage = LogWriter(tmp_path / "log" / "kraken")
    with_damage.append([started("kraken")], now_ns())
    for frame in frames:
        with_damage.append([frame], now_ns())
    with_damage.append([FeedOpened("kraken", 1, 1, "wss://x", "", "stream")], now_ns())
    with_damage.close()
    (segment,) = (tmp_path / "log" / "kraken").glob("*.seg")
    data = bytearray(segment.read_bytes())
    data[data.index(bytes([4]) * 100)] ^= 0xFF
    segment.write_bytes(data)
    for _ in range(2):
        with Running(tmp_path, ONE, ["kraken"]) as logger:
            assert logger.stop() == 0
    counts = counted(tmp_path, "kraken")
    assert counts.lost == 1
    assert counts.frames == 9
    events = [line.event for line in lines_of(tmp_path, "kraken")]
    assert events == ["started", "records lost", "feed opened"]


def test_retention_may_delete_what_is_counted_and_nothing_else(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log" / "kraken")
    writer.append([started("kraken"), FrameReceived(1, 1, "ws", b"x")], now_ns())
    writer.close()
    with Running(tmp_path, ONE, ["kraken"]) as logger:
        assert logger.stop() == 0
    with LogReader(tmp_path / "log" / "kraken", "logger") as reader:
        assert reader.load_cursor() == 3


def test_while_the_disk_is_full_lines_wait_and_then_all_of_them_come(
    tmp_path: Path, eventually: Callable[..., None]
) -> None:
    # A directory where the readable log belongs refuses writes as a full disk does, for root too.
    blocked = tmp_path / "logs" / "kraken.log"
    writer = LogWriter(tmp_path / "log" / "kraken")
    with Running(tmp_path, ONE, ["kraken", "gemini"], poll_ms=10) as logger:
        eventually(lambda: counted(tmp_path, "logger").total > 0)
        blocked.mkdir(parents=True)
        writer.append([started("kraken")], now_ns())
        other = LogWriter(tmp_path / "log" / "gemini")
        other.append([started("gemini")], now_ns())
        other.close()
        eventually(lambda: (tmp_path / "logs" / "gemini.log").exists())
        writer.append([health(True), health(False)], now_ns())
        blocked.rmdir()
        eventually(lambda: blocked.is_file() and len(lines_of(tmp_path, "kraken")) == 3)
        assert logger.stop() == 0
    writer.close()
    assert [line.seq for line in lines_of(tmp_path, "kraken")] == [1, 2, 3]
    assert counted(tmp_path, "kraken").total == 3
