"""A real run of the whole chain on the simulator, and ways to tamper with what it recorded."""

from collections.abc import Callable
from pathlib import Path

from messages import FairValue, Message, VolatilityState, encode
from messages.log import Record
from messages.log.format import SEGMENT_HEADER, pack_record, salts
from tests.conftest import wait_until
from tests.integration.recording import records
from tests.integration.system import started
from tests.messages.log.samples import segment_paths, spans

PRICED = 40
"""Fair values that each run of the signal actor says at least."""
STATES = 3
"""Volatility states that the first run says at least: the very first holds next to nothing."""
ARGUMENTS = ("--speed", "60", "--only", "kalshi,coinbase,kraken,brti,signal")


def record_a_run(data_dir: Path) -> None:
    """Run until the signal actor has priced the market, kill it, and run on until it has again."""
    log_dir = data_dir / "log" / "signal"
    with started(data_dir, {"SUPERVISOR__SIGNAL__GOOD_S": "0.5"}, *ARGUMENTS) as system:
        wait_until(lambda: priced(log_dir) >= PRICED and states(log_dir) >= STATES, 40, 0.2)
        before = priced(log_dir)
        system.strike("signal", "kill")
        wait_until(lambda: priced(log_dir) >= before + PRICED, 40, 0.2)
        system.stop()


def priced(log_dir: Path) -> int:
    """How many fair values were not withheld."""
    said = (record.message() for record in records(log_dir, FairValue))
    return sum(1 for fair in said if isinstance(fair, FairValue) and not fair.withheld)


def states(log_dir: Path) -> int:
    """How many volatility states were said."""
    return len(list(records(log_dir, VolatilityState)))


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
