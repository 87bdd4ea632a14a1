"""What the index aggregator says."""

from typing import ClassVar

import msgspec

from messages.base import Message


class Share(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One venue's part in an index value.

    price_usd: its price (bid-ask mid). volume_btc: the weight used; default_volume: the venue gave
    none and the configured default stood in. age_ms: of its quote when the value was made. seq:
    sequence number in the venue's log of the newest record that the value rests on. weight: its part of
    the value, 0 to 1. For `cme-cf` volume_btc is what rests in its book down to the utilised depth, and
    weight the part of the curve's weight whose price this venue's orders set.
    """

    venue: str
    price_usd: float
    volume_btc: float
    default_volume: bool
    age_ms: int
    seq: int
    weight: float = 0.0


class LeftOut(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A venue that is not in the value, and which screen put it out.

    why: `absent` (nothing heard yet), `withdrawn` (its feed does not trust the book), `stale` (nobody has
    confirmed the book for too long, or its stamp lies in the future), `one-sided`, `crossed`, `deviating`
    (its mid is too far from the median of all). age_ms: of its last quote, -1 where there was none.
    """

    venue: str
    why: str
    age_ms: int


class IndexValue(Message, frozen=True, array_like=True, gc=False):
    """One value of the index by one method.

    method: `cme-cf` (the published one), `volume-weighted`, `equal-weighted` or `nowcast` (cme-cf and the
    trailing median of the official value's distance from it). at_ns: when it was computed. cause_ns: receive
    stamp of the newest input that it is made from. value_usd: 0.0 where the method allows none, and then
    withheld says why; else withheld is empty. on_grid: published because the clock said so (every
    200 ms and on whole prints), not because an input moved. stamp_ns: the grid time T that it is the value
    of, made from what had been received before T and nothing later; 0 for a value between grid times.
    chosen: of the method that the user chose, which is said at once whenever it moves; the others come on
    the grid only. depth_btc: utilised depth v_T. curve_btc: how far the price-volume curves reach. cap_btc:
    the order-size cap. These three are 0 for other methods than cme-cf.
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
    stamp_ns: int = 0
    chosen: bool = True
    depth_btc: float = 0.0
    curve_btc: float = 0.0
    cap_btc: float = 0.0


class MethodError(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One method against the official value. error_bps: (ours / official - 1) x 10^4."""

    method: str
    value_usd: float
    error_bps: float


class IndexCompared(Message, frozen=True, array_like=True, gc=False):
    """What each method said for one second of which the official value has come.

    stamp_ns: the official value's own second. recv_ns: when it was received. errors: of each method that
    had a value for this second. sigma_bps: standard deviation of the official value's changes from second
    to second over the last minute; 0 while fewer than 10 are known. left_out: venues that were not in the
    cme-cf value of this second.
    """

    kind: ClassVar[int] = 61
    index_id: str
    stamp_ns: int
    at_ns: int
    recv_ns: int
    official_e6: int
    errors: list[MethodError]
    sigma_bps: float
    left_out: list[str]


class SettlementAverage(Message, frozen=True, array_like=True, gc=False):
    """A market's settlement average as far as its minute has gone; exact integers of cents.

    The window is the 60 values stamped close-60 s to close-1 s. source: `official`, or the method whose
    values stand in. stamp_ns: the newest value's second. known, sum_cents: values seen, and their sum;
    average_cents: their mean, rounded half-up. remaining: values still to come. missing: seconds before the
    close whose value nobody saw (neither known nor remaining). strike_cents: -1 while unknown, and then
    required_* are 0. required_sum_cents: what the remaining and the missing must sum up to at least for
    YES; required_usd: the same as their mean (0.0 when none is left). locked_share: known / 60. result:
    `yes` or `no` once all sixty are known, else empty.
    """

    kind: ClassVar[int] = 62
    ticker: str
    source: str
    close_ns: int
    at_ns: int
    stamp_ns: int
    known: int
    sum_cents: int
    average_cents: int
    remaining: int
    missing: list[int]
    strike_cents: int
    required_sum_cents: int
    required_usd: float
    locked_share: float
    result: str


class MethodAverage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One method's mean over a settlement minute. known: of the 60 values. error_bps: as in MethodError."""

    method: str
    average_usd: float
    known: int
    error_bps: float


class SettlementCompared(Message, frozen=True, array_like=True, gc=False):
    """What each method made of a settlement minute that Kalshi has settled.

    expiration_e6: Kalshi's settlement average. strike_e6: -1 where it was never known. averages: of each
    method of which at least one value is known, and of `official` where its values came.
    """

    kind: ClassVar[int] = 63
    ticker: str
    close_ns: int
    at_ns: int
    strike_e6: int
    expiration_e6: int
    result: str
    averages: list[MethodAverage]
