import pytest

from actors.market_seconds import MarketSeconds
from actors.signal.contract import Contract
from actors.signal.edge import Offer
from actors.signal.estimate import Estimate
from actors.signal.index import IndexFollower
from actors.signal.settings import Settings
from actors.signal.words import SignalTerms, fair_value, gather, signals
from messages import FairValue, MarketQuoteChanged

S = 1_000_000_000
TERMS = SignalTerms(0.02, 100, 5 * S)
INDEX = IndexFollower(Settings(), MarketSeconds(1.0))


def quoted() -> Contract:
    contract = Contract("M")
    contract.quote, contract.quote_seq = MarketQuoteChanged("M", 0, 2 * S, 0, 490_000, 5, 510_000, 7), 9
    contract.standing.quoted(2 * S)
    return contract


def fair(at_ns: int) -> FairValue:
    evidence = gather(None, INDEX, at_ns, 3 * S)
    return fair_value("M", None, evidence, at_ns, at_ns, "", Estimate(0.5, 0, 0.0, []), [])


def test_evidence_names_what_there_is_with_its_age() -> None:
    evidence = gather(quoted(), INDEX, 3 * S, 3 * S)
    assert (evidence.inputs, evidence.ages_ms) == ([("kalshi", 9)], [1000])
    assert evidence.quote is not None
    assert evidence.index_usd == 0.0


def test_a_quote_that_does_not_stand_is_named_and_not_shown() -> None:
    contract = quoted()
    contract.standing.withdraw()
    evidence = gather(contract, INDEX, 3 * S, 3 * S)
    assert evidence.inputs == [("kalshi", 9)]
    assert evidence.quote is None


@pytest.mark.parametrize(
    ("edge", "count_e2", "wanted"), [(0.02, 100, 1), (0.0199, 100, 0), (0.02, 99, 0), (0.5, 1, 0)]
)
def test_a_signal_takes_the_edge_and_the_size(edge: float, count_e2: int, wanted: int) -> None:
    offer = Offer("yes", 500_000, count_e2, 17_500, edge)
    assert len(signals(Contract("M"), fair(S), 1, [offer], TERMS)) == wanted


def test_the_cooldown_ends_on_time_and_also_when_the_clock_was_set_back() -> None:
    contract = Contract("M")
    offer = Offer("yes", 500_000, 100, 17_500, 0.05)
    times = [1000 * S, 1005 * S - 1, 1005 * S, 10 * S]
    assert [len(signals(contract, fair(at_ns), 1, [offer], TERMS)) for at_ns in times] == [1, 0, 1, 1]
