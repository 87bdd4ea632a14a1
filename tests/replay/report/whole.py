"""Logs of a session in which every part of the page has something to show."""

from pathlib import Path

from messages import ActorStopped, FeedGap, MarketRoleChanged, Message, OfficialIndexPublished
from messages.log import LogWriter
from tests.messages.log.samples import QUIET
from tests.replay.report.said import compared, gap, health, index_value, moved, started, venue_quote
from tests.replay.score.logs import record
from tests.replay.score.made import BEGIN, QUARTER, S

WINDOWS = 4
END = BEGIN + WINDOWS * QUARTER
HOSTILE = "</script><script>alert(1)</script><!--"
"""A reason that a venue might give."""


def record_all(data_dir: Path) -> None:
    """Kalshi, signal and paper as the score's tests record them; and index, exchange and supervisor."""
    record(data_dir, WINDOWS, slow=True)
    brti: list[Message] = [started("brti", BEGIN - S)]
    coinbase: list[Message] = [started("coinbase", BEGIN - S)]
    for second in range(0, WINDOWS * 900, 10):
        at_ns = BEGIN + second * S
        usd = 84_000.0 + second % 70
        brti.append(index_value(at_ns, usd))
        brti.append(compared(at_ns + 1, cme_cf=(second % 7 - 3) / 10, nowcast=(second % 5 - 2) / 10))
        coinbase.append(venue_quote(at_ns, usd - 1, usd + 1))
        coinbase.append(health(at_ns + 1, p50=1.0, p99=5.0 + second % 9))
    coinbase.append(started("coinbase", BEGIN + 606 * S))
    coinbase.append(gap(BEGIN + 600 * S, BEGIN + 607 * S, HOSTILE))
    _write(data_dir, "brti", brti)
    _write(data_dir, "coinbase", coinbase)
    kalshi: list[Message] = [
        MarketRoleChanged("KXBTC15M", END + 1, "", ""),
        OfficialIndexPublished("BRTI", 1, END + 2, END - 10 * S, 1, 84_000_000_000, -1, -1, 0),
    ]
    _write(data_dir, "kalshi", kalshi)
    supervisor: list[Message] = [
        moved("coinbase", BEGIN, "starting", "running"),
        moved("coinbase", BEGIN + 600 * S, "running", "backoff", HOSTILE),
        moved("coinbase", BEGIN + 605 * S, "backoff", "running"),
        ActorStopped("supervisor", END + S, "asked to stop", "none"),
    ]
    _write(data_dir, "supervisor", supervisor)


def _write(data_dir: Path, log: str, messages: list[Message]) -> None:
    with LogWriter(data_dir / "log" / log, QUIET) as writer:
        for message in sorted(messages, key=_written_ns):
            writer.append([message], _written_ns(message))


def _written_ns(message: Message) -> int:
    if isinstance(message, FeedGap):
        return message.to_ns
    return int(getattr(message, "at_ns", 0) or getattr(message, "recv_ns", 0))
