"""What the signal actor says: fair values, and signals where edge passes its threshold.

Every one carries what it was made from: `inputs` are (log, sequence number) pairs, `ages_ms` the age
of each when the value was made, in the same order.
"""

from typing import ClassVar

import msgspec

from messages.base import Message


class FairValue(Message, frozen=True, array_like=True, gc=False):
    """What the running contract is worth, beside what the market says.

    cause_ns: receive stamp of the newest input. probability: of YES, by the settlement rule; -1 where
    withheld, and then `withheld` says why. left_s: to the close. known: how many of the 60 settlement
    values are known, known_mean_usd their mean (0 when none). sigma: relative volatility per square root
    of a market second. bid/ask: Kalshi's, -1 for an empty side or a book that is not trusted. edge_*_usd: per
    contract, net of the taker's fee; NaN where the side is empty, the fee unknown or the value withheld.
    missing: seconds before the close whose settlement value nobody saw; they stand in the probability
    as drawn between their neighbours, and are not counted in `known`.
    """

    kind: ClassVar[int] = 70
    ticker: str
    at_ns: int
    cause_ns: int
    probability: float
    index_usd: float
    strike_e6: int
    left_s: float
    known: int
    known_mean_usd: float
    sigma: float
    bid_e6: int
    bid_count_e2: int
    ask_e6: int
    ask_count_e2: int
    edge_yes_usd: float
    edge_no_usd: float
    inputs: list[tuple[str, int]]
    ages_ms: list[int]
    withheld: str
    missing: list[int] = msgspec.field(default_factory=list)


class Signal(Message, frozen=True, array_like=True, gc=False):
    """Edge passed its threshold: what could be bought, at which price, how many, and what for.

    side: `yes` (at the ask) or `no` (at 1 - bid). price_e6: what one contract of that side costs.
    fee_e6: exact taker fee of one contract. edge_usd: per contract, net of the fee. count_e2: what
    stands there. fair: sequence number of the FairValue in this log that it rests on.
    """

    kind: ClassVar[int] = 71
    signal_kind: str
    ticker: str
    at_ns: int
    cause_ns: int
    side: str
    price_e6: int
    count_e2: int
    fee_e6: int
    probability: float
    edge_usd: float
    threshold_usd: float
    fair: int
    inputs: list[tuple[str, int]]
    ages_ms: list[int]
