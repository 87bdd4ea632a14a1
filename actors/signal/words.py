"""The signal actor's messages, put together."""

from typing import NamedTuple

from actors.signal.contract import Contract
from actors.signal.edge import Offer, edge_of
from actors.signal.estimate import Estimate
from actors.signal.index import IndexFollower
from actors.signal.sources import INDEX_LOG, MARKET_LOG
from messages import FairValue, MarketQuoteChanged, Signal

SIGNAL_KIND = "edge"


class Evidence(NamedTuple):
    """What a value rests on. index_usd: 0.0 unless it may be used; quote: None unless it may."""

    index_usd: float
    sigma: float
    quote: MarketQuoteChanged | None
    inputs: list[tuple[str, int]]
    ages_ms: list[int]


class SignalTerms(NamedTuple):
    """What a Signal takes: edge, contracts, and silence since the last one of that side."""

    threshold_usd: float
    least_e2: int
    cooldown_ns: int


def gather(contract: Contract | None, index: IndexFollower, now_ns: int, book_stale_ns: int) -> Evidence:
    """Name the records that a value rests on, with their ages: index, quote, definition."""
    inputs: list[tuple[str, int]] = []
    ages_ms: list[int] = []
    index_usd = 0.0
    quote = None
    if index.value is not None:
        inputs.append((INDEX_LOG, index.seq))
        ages_ms.append((now_ns - index.value.at_ns) // 1_000_000)
        index_usd = 0.0 if index.trouble(now_ns) else index.value.value_usd
    if contract is not None and contract.quote is not None:
        inputs.append((MARKET_LOG, contract.quote_seq))
        ages_ms.append((now_ns - contract.quote.recv_ns) // 1_000_000)
        quote = None if contract.book_trouble(now_ns, book_stale_ns) else contract.quote
    sigma = index.volatility.sigma
    if contract is not None and contract.defined is not None:
        inputs.append((MARKET_LOG, contract.defined_seq))
        ages_ms.append((now_ns - contract.defined.at_ns) // 1_000_000)
        sigma = index.sigma(now_ns, contract.defined.close_ns)
    return Evidence(index_usd, sigma, quote, inputs, ages_ms)


def fair_value(
    ticker: str,
    contract: Contract | None,
    evidence: Evidence,
    now_ns: int,
    cause_ns: int,
    withheld: str,
    made: Estimate,
    found: list[Offer],
    model: str = "normal",
) -> FairValue:
    """Make a FairValue; `withheld` says why there is no probability, and is empty where there is one.

    model: the name of the closed form that `made` comes from.
    """
    defined = contract.defined if contract is not None else None
    quote = evidence.quote
    return FairValue(
        ticker=ticker,
        at_ns=now_ns,
        cause_ns=cause_ns,
        probability=made.probability,
        index_usd=evidence.index_usd,
        strike_e6=defined.strike_e6 if defined is not None else -1,
        left_s=(defined.close_ns - now_ns) / 1e9 if defined is not None else 0.0,
        known=made.known,
        known_mean_usd=made.known_mean_usd,
        sigma=evidence.sigma,
        bid_e6=quote.bid_e6 if quote is not None else -1,
        bid_count_e2=quote.bid_count_e2 if quote is not None else 0,
        ask_e6=quote.ask_e6 if quote is not None else -1,
        ask_count_e2=quote.ask_count_e2 if quote is not None else 0,
        edge_yes_usd=edge_of("yes", found),
        edge_no_usd=edge_of("no", found),
        inputs=evidence.inputs,
        ages_ms=evidence.ages_ms,
        withheld=withheld,
        missing=made.missing,
        model=model,
        sd_usd=made.sd_usd,
        delta=made.delta,
        vega=made.vega,
    )


def signals(
    contract: Contract, fair: FairValue, fair_seq: int, found: list[Offer], terms: SignalTerms
) -> list[Signal]:
    """Make a Signal of every offer good enough, and begin that side's silence."""
    made: list[Signal] = []
    for offer in found:
        if offer.edge_usd < terms.threshold_usd or offer.count_e2 < terms.least_e2:
            continue
        # A silence longer than the cooldown is one from before the clock was set back.
        if 0 < contract.cooled_until_ns[offer.side] - fair.at_ns <= terms.cooldown_ns:
            continue
        contract.cooled_until_ns[offer.side] = fair.at_ns + terms.cooldown_ns
        made.append(
            Signal(
                signal_kind=SIGNAL_KIND,
                ticker=contract.ticker,
                at_ns=fair.at_ns,
                cause_ns=fair.cause_ns,
                side=offer.side,
                price_e6=offer.price_e6,
                count_e2=offer.count_e2,
                fee_e6=offer.fee_e6,
                probability=fair.probability,
                edge_usd=offer.edge_usd,
                threshold_usd=terms.threshold_usd,
                fair=fair_seq,
                inputs=fair.inputs,
                ages_ms=fair.ages_ms,
            )
        )
    return made
