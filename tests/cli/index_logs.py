"""Logs of brti and Kalshi as the two write them, for the index command's tests."""

from pathlib import Path

from messages import (
    ActorStarted,
    IndexCompared,
    IndexValue,
    LeftOut,
    Message,
    MethodAverage,
    MethodError,
    OfficialIndexPublished,
    SettlementCompared,
    Share,
)
from messages.log import LogWriter
from tests.messages.log.samples import QUIET

S = 1_000_000_000
BEGIN = 1_795_392_000 * S
"""A whole quarter of an hour."""
TICKER = "KXBTC15M-26NOV221915-15"
METHODS = {"cme-cf": 0.0, "volume-weighted": 2.1}
"""Method -> by how many dollars it is above the official value."""

SHARES = [
    Share("kraken", 84_000.5, 12.5, False, 40, 7, 0.75),
    Share("gemini", 83_999.0, 4.0, True, 90, 3, 0.25),
]


def official_usd(second: int) -> float:
    return 84_000.0 + second % 7 - second % 3


def official(second: int, late_ns: int = S // 10) -> OfficialIndexPublished:
    stamp_ns = BEGIN + second * S
    value_e6 = round(official_usd(second) * 1e6)
    return OfficialIndexPublished("BRTI", 1, stamp_ns + late_ns, stamp_ns, 1, value_e6, -1, -1, 0)


def values(second: int) -> list[Message]:
    """The grid's value of every method for one second."""
    stamp_ns = BEGIN + second * S
    return [
        IndexValue(
            "BRTI", method, stamp_ns, stamp_ns, official_usd(second) + off_usd,
            SHARES, [LeftOut("lmax", "stale", 5000), LeftOut("itbit", "absent", -1)],
            True, "", stamp_ns, method == "cme-cf", 7.0, 90.0, 2.5,
        )
        for method, off_usd in METHODS.items()
    ]  # fmt: skip


def compared(second: int) -> IndexCompared:
    stamp_ns, reference = BEGIN + second * S, official_usd(second)
    errors = [MethodError(name, reference + off, 1e4 * off / reference) for name, off in METHODS.items()]
    return IndexCompared(
        "BRTI", stamp_ns, stamp_ns + S // 5, stamp_ns + S // 10, round(reference * 1e6), errors, 0.4, ["lmax"]
    )


def settled(ticker: str = TICKER) -> SettlementCompared:
    averages = [
        MethodAverage("cme-cf", 84_000.0, 60, 0.0),
        MethodAverage("volume-weighted", 84_002.1, 58, 0.25),
    ]
    return SettlementCompared(ticker, BEGIN, BEGIN + 8 * S, 84_001_000_000, 84_000_000_000, "no", averages)


def write(data_dir: Path, log: str, *messages: Message) -> None:
    """Append each message at its own time."""
    with LogWriter(data_dir / "log" / log, QUIET) as writer:
        for message in messages:
            at_ns = getattr(message, "at_ns", 0) or getattr(message, "recv_ns", 0)
            writer.append([message], at_ns)


def started(name: str, speed: float = 1.0) -> ActorStarted:
    return ActorStarted(name, "2026-11-23T00-00-00Z", 7, BEGIN, "1", f'{{"speed": {speed}}}')


def record(data_dir: Path, seconds: int) -> None:
    """A session of so many seconds: everything was heard, computed and compared."""
    (data_dir / "mode").parent.mkdir(parents=True, exist_ok=True)
    (data_dir / "mode").write_text("live\n")
    write(data_dir, "supervisor", started("supervisor"))
    write(data_dir, "kalshi", *(official(second) for second in range(seconds)))
    said: list[Message] = [started("brti")]
    for second in range(seconds):
        said += [*values(second), compared(second)]
    write(data_dir, "brti", *said, settled())
