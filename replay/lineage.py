"""The log records that a message came from: those it names, and the raw frames and quotes behind them."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from actors.paper.sources import MARKET_LOG, SIGNAL_LOG
from messages import IndexValue, Message, PaperFill, PaperOrder, PaperRefused
from messages.errors import UnknownKindError
from messages.log import Record
from replay.records import Missing, record_at


class Source(NamedTuple):
    """One record that a message names. message: None where it cannot be read, and then trouble says why.

    age_ms: how old it was when the message was made. origins: the records that it names in turn.
    """

    log: str
    seq: int
    age_ms: int
    message: Message | None
    trouble: str
    origins: "list[Source]"


def sources(data_dir: Path, log: str, message: Message, at_ns: int) -> list[Source]:
    """Look up the records that a message of this log names, each once.

    at_ns: when it was written down, for messages that do not say it. Those of its own log come first, then
    what they and it were made from.
    """
    made_ns = stamp_of(message) or at_ns
    own = [
        _source(data_dir, log, seq, made_ns, None)
        for name in ("fair", "indicators")
        if (seq := _number(message, name))
    ]
    ages: dict[tuple[str, int], int | None] = dict(inputs_of(message))
    for source in own:
        if source.message is not None:
            ages |= {key: ages.get(key, age) for key, age in inputs_of(source.message)}
    named = [_source(data_dir, name, seq, made_ns, age) for (name, seq), age in ages.items()]
    return own + [source._replace(origins=list(_origins(data_dir, source, made_ns))) for source in named]


def inputs_of(message: Message) -> Iterator[tuple[tuple[str, int], int | None]]:
    """(log, seq) of each input that a message names, with the age that it gives for it, or None."""
    if isinstance(message, IndexValue):
        for share in message.shares:
            yield (share.venue, share.seq), share.age_ms
    elif isinstance(message, (PaperOrder, PaperRefused)):
        yield (SIGNAL_LOG, message.decision), None
    elif isinstance(message, PaperFill):
        yield (MARKET_LOG, message.book), None
    inputs: list[tuple[str, int]] = getattr(message, "inputs", [])
    ages: list[int] = getattr(message, "ages_ms", [])
    for number, (log, seq) in enumerate(inputs):
        yield (log, seq), ages[number] if number < len(ages) else None


def stamp_of(message: Message) -> int:
    """When it came to be: its receive stamp, else when it was stated; 0 where it says neither."""
    return _number(message, "recv_ns") or _number(message, "at_ns")


def _source(data_dir: Path, log: str, seq: int, made_ns: int, age_ms: int | None) -> Source:
    record = record_at(data_dir, log, seq)
    if isinstance(record, Missing):
        return Source(log, seq, -1 if age_ms is None else age_ms, None, record.why, [])
    message, trouble = read(record)
    if age_ms is None:
        stamp_ns = (stamp_of(message) if message is not None else 0) or record.at_ns
        age_ms = (made_ns - stamp_ns) // 1_000_000
    return Source(log, seq, age_ms, message, trouble, [])


def read(record: Record) -> tuple[Message | None, str]:
    """A record's message, or why this version cannot read it."""
    try:
        return record.message(), ""
    except (UnknownKindError, msgspec.DecodeError) as error:
        return None, str(error)


def _origins(data_dir: Path, source: Source, made_ns: int) -> Iterator[Source]:
    message = source.message
    if isinstance(message, IndexValue):
        for share in message.shares:
            yield _source(data_dir, share.venue, share.seq, made_ns, None)
    elif message is not None and (frame := _number(message, "frame")):
        yield _source(data_dir, source.log, frame, made_ns, None)


def _number(message: Message, name: str) -> int:
    value = getattr(message, name, 0)
    return value if isinstance(value, int) else 0
