"""The signal actor's messages, put together."""

from typing import NamedTuple

import msgspec

from actors.signal.decision.composite import Candidate
from actors.signal.decision.gates import Closed
from actors.signal.decision.kinds import Passed
from actors.signal.edge import Offer, edges_of
from actors.signal.estimate import Estimate
from actors.signal.index import IndexFollower
from actors.signal.market.record import MarketRecord
from actors.signal.sources import INDEX_LOG, MARKET_LOG
from messages import (
    Decision,
    DecisionWithheld,
    FairValue,
    Indicators,
    MarketQuoteChanged,
    Signal,
)

Source = tuple[str, int]


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """What a value rests on. index_usd: 0.0 unless it may be used; quote: None unless it may."""

    index_usd: float
    quote: MarketQuoteChanged | None
    inputs: list[Source]
    ages_ms: list[int]


def gather(market: MarketRecord | None, index: IndexFollower, now_ns: int, book_stale_ns: int) -> Evidence:
    """Name the records that a value rests on, with their ages: index, quote, definition."""
    inputs: list[Source] = []
    ages_ms: list[int] = []
    index_usd = 0.0
    quote = None
    if index.value is not None:
        inputs.append((INDEX_LOG, index.seq))
        ages_ms.append((now_ns - index.value.at_ns) // 1_000_000)
        index_usd = 0.0 if index.trouble(now_ns) else index.value.value_usd
    if market is not None and market.quote is not None:
        inputs.append((MARKET_LOG, market.quote_seq))
        ages_ms.append((now_ns - market.quote.recv_ns) // 1_000_000)
        quote = None if market.book_trouble(now_ns, book_stale_ns) else market.quote
    if market is not None and market.defined is not None:
        inputs.append((MARKET_LOG, market.defined_seq))
        ages_ms.append((now_ns - market.defined.at_ns) // 1_000_000)
    return Evidence(index_usd, quote, inputs, ages_ms)


class Moment(msgspec.Struct, frozen=True, gc=False):
    """What every message of one update has in common. left_s: real seconds to the close."""

    ticker: str
    now_ns: int
    cause_ns: int
    sigma: float
    model: str


def fair_value(
    moment: Moment,
    market: MarketRecord | None,
    evidence: Evidence,
    withheld: str,
    made: Estimate,
    found: list[Offer],
) -> FairValue:
    """Make a FairValue; `withheld` says why there is no probability, and is empty where there is one."""
    defined = market.defined if market is not None else None
    quote = evidence.quote
    edge_yes_usd, edge_no_usd = edges_of(found)
    return FairValue(
        ticker=moment.ticker,
        at_ns=moment.now_ns,
        cause_ns=moment.cause_ns,
        probability=made.probability,
        index_usd=evidence.index_usd,
        strike_e6=defined.strike_e6 if defined is not None else -1,
        left_s=(defined.close_ns - moment.now_ns) / 1e9 if defined is not None else 0.0,
        known=made.known,
        known_mean_usd=made.known_mean_usd,
        sigma=moment.sigma,
        bid_e6=quote.bid_e6 if quote is not None else -1,
        bid_count_e2=quote.bid_count_e2 if quote is not None else 0,
        ask_e6=quote.ask_e6 if quote is not None else -1,
        ask_count_e2=quote.ask_count_e2 if quote is not None else 0,
        edge_yes_usd=edge_yes_usd,
        edge_no_usd=edge_no_usd,
        inputs=evidence.inputs,
        ages_ms=evidence.ages_ms,
        withheld=withheld,
        missing=made.missing,
        model=moment.model,
        sd_usd=made.sd_usd,
        delta=made.delta,
        vega=made.vega,
    )


def indicators(
    fair: FairValue,
    fair_seq: int,
    values: list[float],
    oldest_ms: list[int],
    market: MarketRecord,
    newest: dict[str, Source],
) -> Indicators:
    """Make an Indicators: beside what the fair value rests on, the newest record of the market's book and
    trades, and of everything else that is watched."""
    inputs = list(fair.inputs)
    if market.book_seq:
        inputs.append((MARKET_LOG, market.book_seq))
    if market.trades.seq:
        inputs.append((MARKET_LOG, market.trades.seq))
    inputs.extend(newest.values())
    return Indicators(
        ticker=fair.ticker,
        at_ns=fair.at_ns,
        cause_ns=fair.cause_ns,
        fair=fair_seq,
        values=values,
        oldest_ms=oldest_ms,
        inputs=inputs,
    )


def signal(fair: FairValue, fair_seq: int, passed: Passed, offer: Offer, indicators_seq: int) -> Signal:
    """Make a Signal of an indicator that passed for the side of an offer."""
    return Signal(
        signal_kind=passed.kind,
        ticker=fair.ticker,
        at_ns=fair.at_ns,
        cause_ns=fair.cause_ns,
        side=offer.side,
        price_e6=offer.price_e6,
        count_e2=offer.count_e2,
        fee_e6=offer.fee_e6,
        probability=fair.probability,
        edge_usd=offer.edge_usd,
        threshold_usd=passed.threshold,
        fair=fair_seq,
        inputs=fair.inputs,
        ages_ms=fair.ages_ms,
        value=passed.value,
        indicators=indicators_seq,
    )


class Terms(NamedTuple):
    """What a decision is made on: the limit and the number wanted, and the calibrated probability of YES
    with the version of the calibration, empty without one."""

    limit_e6: int
    count_e2: int
    probability: float
    calibration: str


def decision(
    fair: FairValue, fair_seq: int, indicators_seq: int, candidate: Candidate, terms: Terms
) -> Decision:
    """Make a Decision of a candidate that no gate holds back."""
    offer = candidate.offer
    return Decision(
        ticker=fair.ticker,
        at_ns=fair.at_ns,
        cause_ns=fair.cause_ns,
        side=offer.side,
        limit_e6=terms.limit_e6,
        count_e2=terms.count_e2,
        price_e6=offer.price_e6,
        fee_e6=offer.fee_e6,
        probability=terms.probability,
        edge_usd=offer.edge_usd,
        score=candidate.score,
        reasons=candidate.reasons,
        calibration=terms.calibration,
        fair=fair_seq,
        indicators=indicators_seq,
        inputs=fair.inputs,
        ages_ms=fair.ages_ms,
    )


def withheld_decision(
    fair: FairValue, fair_seq: int, indicators_seq: int, candidate: Candidate, closed: Closed
) -> DecisionWithheld:
    """Make a DecisionWithheld of a candidate that a gate holds back."""
    offer = candidate.offer
    return DecisionWithheld(
        ticker=fair.ticker,
        at_ns=fair.at_ns,
        cause_ns=fair.cause_ns,
        side=offer.side,
        price_e6=offer.price_e6,
        edge_usd=offer.edge_usd,
        score=candidate.score,
        gate=closed.gate,
        reason=closed.reason,
        fair=fair_seq,
        indicators=indicators_seq,
    )
