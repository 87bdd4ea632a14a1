"""What the signal actor says: fair values, indicators, signals, and decisions made or withheld.

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
    as drawn between their neighbours, and are not counted in `known`. model: `normal`, `log-normal` or
    `student-t`. sd_usd: standard deviation of the settlement average. delta: change of the probability per
    dollar of index, so dollars per contract and dollar of index. vega: its change per unit of relative
    change of sigma.
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
    model: str = "normal"
    sd_usd: float = 0.0
    delta: float = 0.0
    vega: float = 0.0


INDICATORS = (
    "edge-yes",
    "edge-no",
    "maker-edge-yes",
    "maker-edge-no",
    "delay",
    "delay-age",
    "delay-absorbed",
    "momentum-5",
    "momentum-15",
    "momentum-60",
    "book-imbalance",
    "micro-price",
    "order-flow",
    "trade-flow",
    "venue-lead",
    "proxy-gap",
    "value-area",
    "vwap-distance",
    "cross-market",
    "polymarket-gap",
)
"""The order of Indicators.values; only ever added to at the end. docs/signals.md has formula and unit."""


class Indicators(Message, frozen=True, array_like=True, gc=False):
    """Every indicator of the running market, made together with a fair value.

    fair: sequence number of that FairValue in this log. values: in the order of INDICATORS, positive where
    it speaks for YES; NaN where there is none. oldest_ms: age of the oldest input of each, -1 for none.
    """

    kind: ClassVar[int] = 72
    ticker: str
    at_ns: int
    cause_ns: int
    fair: int
    values: list[float]
    oldest_ms: list[int]
    inputs: list[tuple[str, int]]


class Signal(Message, frozen=True, array_like=True, gc=False):
    """An indicator passed its threshold: what could be bought, at which price, how many, and what for.

    signal_kind: `edge`, or the name of another indicator. side: `yes` (at the ask) or `no` (at 1 - bid).
    price_e6: what one contract of that side costs. fee_e6: exact taker fee of one contract. edge_usd: per
    contract, net of the fee. count_e2: what stands there. threshold_usd: of the edge for `edge`, else of the
    indicator in its own unit. fair: sequence number of the FairValue in this log that it rests on. value: of
    the indicator. indicators: sequence number of the Indicators in this log.
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
    value: float = 0.0
    indicators: int = 0


class Decision(Message, frozen=True, array_like=True, gc=False):
    """What the composite would buy now.

    side: `yes` or `no`. limit_e6: most that one contract of that side may cost. count_e2: how many are
    wanted. price_e6, fee_e6: what the first one costs now, and its exact taker fee. probability: of YES,
    after calibration if there is one. edge_usd: per contract, net of the fee. score: of the composite.
    reasons: the indicators that passed, by name. calibration: version of the calibration, empty without one.
    fair, indicators: sequence numbers in this log.
    """

    kind: ClassVar[int] = 73
    ticker: str
    at_ns: int
    cause_ns: int
    side: str
    limit_e6: int
    count_e2: int
    price_e6: int
    fee_e6: int
    probability: float
    edge_usd: float
    score: float
    reasons: list[str]
    calibration: str
    fair: int
    indicators: int
    inputs: list[tuple[str, int]]
    ages_ms: list[int]


class DecisionWithheld(Message, frozen=True, array_like=True, gc=False):
    """A decision that would have been made and must not be. gate: which one closed, by name; reason: in
    words, with figures. The other fields as in Decision. Said when it begins and when gate or side change.
    """

    kind: ClassVar[int] = 74
    ticker: str
    at_ns: int
    cause_ns: int
    side: str
    price_e6: int
    edge_usd: float
    score: float
    gate: str
    reason: str
    fair: int
    indicators: int


class SettlementMismatch(Message, frozen=True, array_like=True, gc=False):
    """Alarm: Kalshi settled on another average than the sixty values give by the rule.

    ours_cents: the mean of all sixty values, rounded half-up; source: whose values (`official` or a
    method's). expiration_e6: Kalshi's. result, ours_result: `yes` or `no`.
    """

    kind: ClassVar[int] = 75
    ticker: str
    close_ns: int
    at_ns: int
    source: str
    ours_cents: int
    expiration_e6: int
    result: str
    ours_result: str


class VolatilityState(Message, frozen=True, array_like=True, gc=False):
    """What the volatility knows, so that a restart forgets nothing. Said once a minute; the newest counts.

    at_s, price_usd: the last second taken and its index value. sums, weights: of each half-life, in the
    order of half_lives_s. observed_s: seconds of index seen, the prior not counted. factors: time-of-day
    factor of each half hour of the week as learnt so far, empty while none is. extra: further numbers of
    the estimators, in their own order.
    """

    kind: ClassVar[int] = 76
    at_ns: int
    at_s: float
    price_usd: float
    half_lives_s: list[float]
    sums: list[float]
    weights: list[float]
    observed_s: float
    factors: list[float]
    extra: list[float]
