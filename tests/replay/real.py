"""A real run of the whole chain on the simulator, and ways to tamper with what it recorded."""

from collections.abc import Callable
from pathlib import Path

from messages import Decision, Message, VolatilityState, encode
from messages.log import Record
from messages.log.format import SEGMENT_HEADER, pack_record, salts
from tests.conftest import wait_until
from tests.integration.recording import records
from tests.integration.system import started
from tests.messages.log.samples import segment_paths, spans

DECISIONS = 3
"""That each run of the signal actor makes at least."""
SETTINGS = {
    "SUPERVISOR__SIGNAL__GOOD_S": "0.5",
    "SIMULATOR__KALSHI__QUOTE_DELAY_MS": "2000",
    "ACTORS__SIGNAL__DECISION__REQUIRED": "[edge]",
}
"""Quotes that trail the index, and a rule that is content with an edge, give it something to decide."""
ARGUMENTS = ("--speed", "60", "--only", "kalshi,coinbase,kraken,brti,signal")


def record_a_run(data_dir: Path) -> None:
    """Run until the signal actor has made decisions, kill it, and run on until it has again."""
    log_dir = data_dir / "log" / "signal"

    def decisions() -> int:
        return sum(1 for _ in records(log_dir, Decision))

    with started(data_dir, SETTINGS, *ARGUMENTS) as system:
        wait_until(lambda: decisions() >= DECISIONS and newest(log_dir, VolatilityState), 40, 0.2)
        before = decisions()
        system.strike("signal", "kill")
        wait_until(lambda: decisions() >= before + DECISIONS, 40, 0.2)
        system.stop()


def newest(log_dir: Path, *kinds: type[Message]) -> Record | None:
    return next(iter(list(records(log_dir, *kinds))[-1:]), None)


def replace(log_dir: Path, seq: int, change: Callable[[Message], Message]) -> None:
    """Put another message of the same length in a record's place, its checksum sound."""

    def changed(record: Record, salt: int, mark: int) -> bytes:
        payload = encode(change(record.message()))
        assert len(payload) == len(record.payload)
        return pack_record(salt, mark, record.kind, seq, record.at_ns, payload)

    _patch(log_dir, seq, changed)


def damage(log_dir: Path, seq: int) -> None:
    """Flip a bit of a record, so that its checksum does not hold any more."""
    for path in segment_paths(log_dir):
        for span in spans(path):
            if span.seq == seq:
                data = bytearray(path.read_bytes())
                data[span.end - 1] ^= 1
                path.write_bytes(data)


def _patch(log_dir: Path, seq: int, change: Callable[[Record, int, int], bytes]) -> None:
    (record,) = (record for record in records(log_dir) if record.seq == seq)
    for path in segment_paths(log_dir):
        data = path.read_bytes()
        salt = salts(data[: SEGMENT_HEADER.size])[0]
        for span in spans(path):
            if span.seq == seq:
                mark = int.from_bytes(data[span.start + 4 : span.start + 6], "little")
                path.write_bytes(data[: span.start] + change(record, salt, mark) + data[span.end :])
