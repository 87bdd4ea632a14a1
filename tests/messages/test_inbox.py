from pathlib import Path

from messages import DayVolume, Read, TradePrinted
from messages.doorbell import Doorbell
from messages.inbox import LogInbox
from messages.log import LogSettings, LogWriter

S = 1_000_000_000


def trade(n: int) -> TradePrinted:
    return TradePrinted("a", "BTC-USD", n, 0, 0, "", 1, 1, True)


TRADES = frozenset({TradePrinted.kind})


def test_one_take_reads_each_log_once_in_the_order_wanted(tmp_path: Path) -> None:
    writers = {log: LogWriter(tmp_path / log) for log in "ab"}
    writers["b"].append([trade(1)], 1 * S)
    writers["a"].append([trade(2), DayVolume("a", "", 0, 0, 1), trade(3)], 2 * S)
    inbox = LogInbox(tmp_path, {"a": TRADES, "b": TRADES}, -1)
    batch = inbox.take()
    assert [(log, record.seq) for log, record in batch.records] == [("a", 1), ("a", 3), ("b", 1)]
    assert batch.reads == [Read("a", 1, 3), Read("b", 1, 1)]
    assert batch.drained
    assert inbox.take().reads == []
    inbox.close()
    for writer in writers.values():
        writer.close()


def test_catching_up_merges_by_time_and_says_the_order(tmp_path: Path) -> None:
    writers = {log: LogWriter(tmp_path / log) for log in "ab"}
    for at_s in range(6):
        writers["ab"[at_s % 2]].append([trade(at_s)], at_s * S + 1)
    inbox = LogInbox(tmp_path, {"a": None, "b": None}, -1)
    inbox.roll_back({"a": 0, "b": 2 * S})
    batches = list(inbox.catch_up())
    order = [record.message().frame for batch in batches for _, record in batch.records]  # type: ignore[attr-defined]
    assert order == [0, 2, 3, 4, 5]
    assert [read for batch in batches for read in batch.reads] == [
        Read("a", 1, 1),
        Read("a", 2, 2),
        Read("b", 2, 2),
        Read("a", 3, 3),
        Read("b", 3, 3),
    ]
    assert inbox.take().reads == []
    writers["a"].append([trade(9)], 9 * S)
    assert inbox.take().reads == [Read("a", 4, 4)]
    inbox.close()
    for writer in writers.values():
        writer.close()


def test_records_passed_over_while_catching_up_are_in_no_hole(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "a")
    other = DayVolume("a", "", 0, 0, 1)
    writer.append([other, trade(1), other, other, trade(2), other], S)
    inbox = LogInbox(tmp_path, {"a": TRADES}, -1)
    inbox.roll_back({"a": 0})
    reads = [read for batch in inbox.catch_up() for read in batch.reads]
    writer.append([trade(3)], 2 * S)
    reads += inbox.take().reads
    numbers = [n for read in reads for n in range(read.first, read.last + 1)]
    assert numbers == [1, 2, 3, 4, 5, 7] or numbers == list(range(1, 8))
    inbox.close()
    writer.close()


def test_a_ring_ends_the_wait_and_the_end_of_the_wait_silences_the_bell(tmp_path: Path) -> None:
    for portable in (False, True):
        bell = Doorbell.create(portable)
        inbox = LogInbox(tmp_path, {}, bell.read_fd)
        bell.ring()
        bell.ring()
        inbox.wait(60)
        inbox.wait(0.001)
        inbox.close()
        bell.close()


def test_after_a_ring_a_log_that_goes_on_in_another_file_is_not_slept_over(tmp_path: Path) -> None:
    bell = Doorbell.create()
    one_each = LogSettings(segment_bytes=40)
    with LogWriter(tmp_path / "a", one_each) as writer:
        writer.append([trade(1)], S)
        inbox = LogInbox(tmp_path, {"a": TRADES}, bell.read_fd)
        while not inbox.take().drained:
            pass
        writer.append([trade(2)], 2 * S)
        found: list[int] = []
        bell.ring()
        while not found:
            inbox.wait(60)
            found = [record.seq for _, record in inbox.take().records]
        assert found == [2]
        inbox.close()
    bell.close()


def damage(path: Path, quoted: bytes) -> None:
    """Flip a byte of the record that holds this text."""
    data = bytearray(path.read_bytes())
    data[data.index(quoted)] ^= 0x20
    path.write_bytes(data)


def named(trade_id: str) -> TradePrinted:
    return TradePrinted("a", "BTC-USD", 0, 0, 0, trade_id, 1, 1, True)


def test_damage_is_stepped_over_and_told(tmp_path: Path) -> None:
    for how in ("take", "catch up"):
        root = tmp_path / how
        with LogWriter(root / "a") as writer:
            for trade_id in ("first", "second", "third"):
                writer.append([named(trade_id)], S)
            damage(next((root / "a").glob("*.seg")), b"second")
            inbox = LogInbox(root, {"a": TRADES}, -1)
            batches = list(inbox.catch_up()) if how == "catch up" else [inbox.take() for _ in range(3)]
            records = [record.seq for batch in batches for _, record in batch.records]
            lost = [read for batch in batches for read, _ in batch.lost]
            assert records == [1, 3]
            assert lost == [Read("a", 2, 2)]
            writer.append([named("fourth")], S)
            assert [record.seq for _, record in inbox.take().records] == [4]
            inbox.close()
