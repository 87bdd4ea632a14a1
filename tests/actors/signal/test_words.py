import math

from actors.market_seconds import MarketSeconds
from actors.signal.decision.composite import Candidate
from actors.signal.decision.gates import Closed
from actors.signal.decision.kinds import Passed
from actors.signal.edge import Offer
from actors.signal.estimate import Estimate
from actors.signal.index import IndexFollower
from actors.signal.market.record import MarketRecord
from actors.signal.settings import Settings
from actors.signal.words import (
    Evidence,
    Moment,
    Terms,
    decision,
    fair_value,
    gather,
    indicators,
    signal,
    withheld_decision,
)
from messages import INDICATORS, FairValue, MarketQuoteChanged, MarketTraded

S = 1_000_000_000
INDEX = IndexFollower(Settings(), MarketSeconds(1.0))
OFFER = Offer("no", 300_000, 700, 14_700, 0.05)


def quoted() -> MarketRecord:
    market = MarketRecord("M")
    market.quote, market.quote_seq = MarketQuoteChanged("M", 0, 2 * S, 0, 490_000, 5, 510_000, 7), 9
    market.standing.quoted(2 * S)
    return market


def fair() -> FairValue:
    evidence = Evidence(84_000.0, quoted().quote, [("kalshi", 9)], [1000])
    made = Estimate(0.5, 3, 84_001.0, [7], 12.0, 0.01, -0.02)
    found = [Offer("yes", 510_000, 7, 17_500, -0.0275)]
    return fair_value(Moment("M", 3 * S, 2 * S, 5e-5, "normal"), quoted(), evidence, "", made, found)


def test_evidence_names_what_there_is_with_its_age() -> None:
    evidence = gather(quoted(), INDEX, 3 * S, 3 * S)
    assert (evidence.inputs, evidence.ages_ms) == ([("kalshi", 9)], [1000])
    assert evidence.quote is not None
    assert evidence.index_usd == 0.0


def test_a_quote_that_does_not_stand_is_named_and_not_shown() -> None:
    market = quoted()
    market.standing.withdraw()
    evidence = gather(market, INDEX, 3 * S, 3 * S)
    assert evidence.inputs == [("kalshi", 9)]
    assert evidence.quote is None


def test_a_fair_value_shows_the_estimate_beside_the_quote() -> None:
    made = fair()
    assert (made.probability, made.known, made.missing, made.sd_usd) == (0.5, 3, [7], 12.0)
    assert (made.delta, made.vega, made.model, made.sigma) == (0.01, -0.02, "normal", 5e-5)
    assert (made.bid_e6, made.ask_count_e2, made.edge_yes_usd) == (490_000, 7, -0.0275)
    assert math.isnan(made.edge_no_usd)
    assert (made.at_ns, made.cause_ns, made.strike_e6) == (3 * S, 2 * S, -1)


def test_indicators_name_the_newest_record_of_everything_they_rest_on() -> None:
    market = quoted()
    market.book_seq = 11
    market.trades.take(MarketTraded("M", 0, S, 0, "t", 1, 1, taker_buys_yes=True, is_block=False), 8)
    values, ages = [0.0] * len(INDICATORS), [1] * len(INDICATORS)
    made = indicators(fair(), 100, values, ages, market, {"coinbase": ("coinbase", 5)})
    assert made.inputs == [("kalshi", 9), ("kalshi", 11), ("kalshi", 8), ("coinbase", 5)]
    assert (made.fair, made.at_ns, made.values, made.oldest_ms) == (100, 3 * S, values, ages)


def test_a_signal_says_what_could_be_bought_and_what_for() -> None:
    made = signal(fair(), 100, Passed("delay", "no", -0.04, 0.02), OFFER, 101)
    assert (made.signal_kind, made.side, made.price_e6, made.count_e2) == ("delay", "no", 300_000, 700)
    assert (made.value, made.threshold_usd, made.edge_usd, made.fee_e6) == (-0.04, 0.02, 0.05, 14_700)
    assert (made.fair, made.indicators, made.inputs) == (100, 101, [("kalshi", 9)])


def test_a_decision_names_its_terms_and_a_withheld_one_its_gate() -> None:
    candidate = Candidate(OFFER, 1.5, ["edge", "delay"])
    made = decision(fair(), 100, 101, candidate, Terms(320_000, 700, 0.48, "v1"))
    assert (made.side, made.limit_e6, made.count_e2, made.price_e6) == ("no", 320_000, 700, 300_000)
    assert (made.probability, made.calibration, made.score) == (0.48, "v1", 1.5)
    assert (made.reasons, made.fair, made.indicators) == (["edge", "delay"], 100, 101)
    held = withheld_decision(fair(), 100, 101, candidate, Closed("book", "the book is withdrawn"))
    assert (held.side, held.gate, held.reason) == ("no", "book", "the book is withdrawn")
    assert (held.price_e6, held.edge_usd, held.score, held.fair) == (300_000, 0.05, 1.5, 100)
