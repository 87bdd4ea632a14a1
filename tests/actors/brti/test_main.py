import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from actors.brti.main import start
from messages import Assignment, IndexValue, Turn
from messages.doorbell import Doorbell
from messages.log import LogReader, LogWriter
from tests.actors.brti.words import snapshot


def read_values(data_dir: Path) -> list[IndexValue]:
    with LogReader(data_dir / "log" / "brti") as reader:
        found = [record.message() for record in reader.read(100_000, frozenset({IndexValue.kind}))]
    return [message for message in found if isinstance(message, IndexValue)]


def test_books_in_real_logs_become_index_values_in_its_own(
    tmp_path: Path, eventually: Callable[..., None]
) -> None:
    bell = Doorbell.create()
    stop = threading.Event()
    assignment = Assignment(
        "brti",
        "s",
        str(tmp_path),
        {"venues": ["kraken"], "fallback": [], "symbols": {}},
        ["kraken"],
        doorbell_fd=bell.read_fd,
    )
    writer = LogWriter(tmp_path / "log" / "kraken")
    actor = threading.Thread(target=start, args=(assignment, stop))
    actor.start()
    try:
        eventually(lambda: read_values(tmp_path))  # the past is read, the grid has begun
        for price in (84_000, 84_010, 84_020):
            now_ns = time.time_ns()
            writer.append([snapshot("kraken", price - 1, price + 1, now_ns)], now_ns)
            bell.ring()
            eventually(lambda want=price: want in [value.value_usd for value in read_values(tmp_path)])
    finally:
        stop.set()
        actor.join()
        writer.close()
        bell.close()
    moved = [value for value in read_values(tmp_path) if not value.on_grid and value.value_usd]
    assert [value.value_usd for value in moved] == [84_000.0, 84_010.0, 84_020.0]
    seqs = [share.seq for value in read_values(tmp_path) if value.chosen for share in value.shares]
    assert set(seqs) <= {1, 2, 3}
    with LogReader(tmp_path / "log" / "brti") as reader:
        turns = [record.message() for record in reader.read(100_000, frozenset({Turn.kind}))]
    assert sum(len(turn.reads) for turn in turns if isinstance(turn, Turn)) == 3


def test_an_impossible_setting_ends_it_before_it_begins(tmp_path: Path) -> None:
    assignment = Assignment("brti", "s", str(tmp_path), {"stale_s": -1})
    with pytest.raises(msgspec.ValidationError, match="stale_s"):
        start(assignment, threading.Event())
