"""What the tests of the pipeline share: small logs, and rules that say what they heard."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from actors.adapter import Freshness
from messages import DayVolume, Message, TradePrinted
from messages.log import LogReader, LogWriter
from tests.messages.log.samples import QUIET, drain

TRADES = frozenset({TradePrinted.kind})
VOLUMES = frozenset({DayVolume.kind})
NEVER_NS = 2**63 - 1


def trade(n: int) -> TradePrinted:
    return TradePrinted("a", "BTC-USD", 0, 0, 0, "", 1, n, True)


def volume(n: int) -> DayVolume:
    return DayVolume("a", "BTC-USD", 0, 0, n)


def write_log(data_dir: Path, log: str, appends: Sequence[tuple[int, Sequence[Message]]]) -> None:
    with LogWriter(data_dir / "log" / log, QUIET) as writer:
        for at_ns, messages in appends:
            writer.append(messages, at_ns)


def read_log(data_dir: Path, log: str) -> list[tuple[int, Message]]:
    """(append time, message) of every record."""
    with LogReader(data_dir / "log" / log) as reader:
        return [(record.at_ns, record.message()) for record in drain(reader)]


class Heard:
    """A rule that notes all it is given, and says a volume: how many records this turn took in."""

    def __init__(self, wanted: Mapping[str, frozenset[int]], every_ns: int = 0, back_s: float = 0.0) -> None:
        self.wanted = dict(wanted)
        self.rollback_s = dict.fromkeys(wanted, back_s)
        self.taken: list[tuple[str, int, Message]] = []
        self.turned: list[tuple[int, int, int]] = []
        """(time, next number, records taken in) of each turn."""
        self._every_ns = every_ns
        self._new = 0

    def take(self, log: str, seq: int, message: Message) -> None:
        self.taken.append((log, seq, message))
        self._new += 1

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        self.turned.append((now_ns, next_seq, self._new))
        new, self._new = self._new, 0
        return [DayVolume("heard", "BTC-USD", 0, now_ns, new)] if new else []

    def due_ns(self, now_ns: int) -> int:
        return now_ns + self._every_ns if self._every_ns else NEVER_NS

    def freshness(self, now_ns: int) -> Freshness:
        return Freshness(True, 0)
