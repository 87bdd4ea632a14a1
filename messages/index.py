"""What the index aggregator says."""

from typing import ClassVar

import msgspec

from messages.base import Message


class Share(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One venue's part in an index value.

    price_usd: its price (bid-ask mid). volume_btc: the weight used; default_volume: the venue gave
    none and the configured default stood in. age_ms: of its quote when the value was made. seq:
    sequence number of the quote in the venue's log.
    """

    venue: str
    price_usd: float
    volume_btc: float
    default_volume: bool
    age_ms: int
    seq: int


class LeftOut(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A venue that is not in the value. why: `absent`, `withdrawn`, `stale`, `crossed` or `one-sided`.

    age_ms: of its last quote, -1 where there was none.
    """

    venue: str
    why: str
    age_ms: int


class IndexValue(Message, frozen=True, array_like=True, gc=False):
    """One value of the index.

    method: `volume-weighted`. at_ns: when it was computed. cause_ns: receive stamp of the newest
    input that it is made from. value_usd: 0.0 where no venue qualifies, and then withheld says why;
    else withheld is empty.
    on_grid: published because the clock said so (every 200 ms and on whole prints), not because an
    input moved.
    """

    kind: ClassVar[int] = 60
    index_id: str
    method: str
    at_ns: int
    cause_ns: int
    value_usd: float
    shares: list[Share]
    left_out: list[LeftOut]
    on_grid: bool
    withheld: str
