"""What became of markets while the trader was away for longer than it reads back."""

from pathlib import Path

from messages import MarketDefined, PaperAccount
from messages.errors import CorruptLogError
from messages.log import LogReader

NAMED_NS = 30_000_000_000
"""A market with a position is named again every 10 s: it is found within this time."""
SETTLED_NS = 3_600_000_000_000
"""How long after its close a result is looked for."""
_KINDS = frozenset({MarketDefined.kind})


def results(log_dir: Path, account: PaperAccount, now_ns: int) -> list[MarketDefined]:
    """Find the results of an account's markets in the market feed's log, as it stood at a time.

    Looks around the account's own time for each market's close, and behind that for its result; so it
    reads little, however long ago that was.
    """
    found: list[MarketDefined] = []
    with LogReader(log_dir) as reader:
        for position in account.positions:
            named = _next(reader, position.ticker, account.at_ns - NAMED_NS, account.at_ns + NAMED_NS, False)
            if named is None:
                continue
            over_ns = max(named.close_ns, named.at_ns)
            until_ns = min(over_ns + SETTLED_NS, now_ns)
            settled = _next(reader, position.ticker, over_ns, until_ns, True)
            if settled is not None:
                found.append(settled)
    return found


def _next(
    reader: LogReader, ticker: str, from_ns: int, until_ns: int, with_result: bool
) -> MarketDefined | None:
    """The first definition of a market in a stretch of the log."""
    reader.seek_time(from_ns)
    while True:
        try:
            records = reader.read(1000, _KINDS)
        except CorruptLogError:
            if not reader.skip_damage():
                return None
            continue
        for record in records:
            if record.at_ns > until_ns:
                return None
            defined = record.message()
            if not isinstance(defined, MarketDefined) or defined.ticker != ticker:
                continue
            if defined.result in ("yes", "no") or not with_result:
                return defined
        if reader.drained:
            return None
