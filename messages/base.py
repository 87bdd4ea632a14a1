"""What every message is: a frozen record with a number for its kind."""

from typing import ClassVar

import msgspec

Level = tuple[int, int]
"""One price level: (price, size), both scaled integers in the units of the message that holds it."""


class Message(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A fact that an actor states: immutable, without behaviour.

    Fields are encoded by position, so a field is only ever *added at the end, with a default*: a
    record of last year then still reads. `kind` stands in the record's header, is never reused and
    never zero. Ranges: 1-9 control, 10-19 feeds, 20-29 exchanges, 30-39 Polymarket, 40-59
    Kalshi, 60-69 index, 70-79 decisions, 80-89 paper trading, 90-99 the store.
    """

    kind: ClassVar[int] = 0
