import pytest

from actors.market_seconds import MarketSeconds
from actors.signal.index import IndexFollower
from actors.signal.market.record import MarketRecord
from actors.signal.pricing import NO_ESTIMATE, Pricing
from actors.signal.settings import Settings
from messages import IndexValue, Share
from tests.actors.signal.driver import CLOSE, OPEN, S, defined

SETTINGS = Settings(warm_up_s=0.0)
SECONDS = MarketSeconds(1.0)
NOW = OPEN + 100 * S


def follower(at_ns: int = NOW, usd: float = 84_000.0, withheld: str = "") -> IndexFollower:
    index = IndexFollower(SETTINGS, SECONDS)
    shares = [Share("kraken", 84_000.0, 1.0, False, 0, 1)]
    index.take(IndexValue("BRTI", "m", at_ns, at_ns, 84_000.0, shares, [], True, "", at_ns), 1)
    index.take(IndexValue("BRTI", "m", at_ns, at_ns, usd, shares, [], True, withheld, at_ns), 2)
    return index


def market(quoted_ns: int = NOW) -> MarketRecord:
    made = MarketRecord("M")
    made.define(defined(), 1)
    made.standing.quoted(quoted_ns)
    return made


def test_with_everything_in_order_there_is_a_value_and_no_reason() -> None:
    index = follower()
    price = Pricing(SETTINGS, SECONDS).price("M", market(), index, NOW)
    assert (price.reason, price.incomplete) == ("", "")
    assert price.made.probability == pytest.approx(0.5, abs=0.01)
    assert price.sigma == index.sigma(NOW, SECONDS.market_s(CLOSE - NOW))


def test_what_would_be_is_known_also_where_it_must_not_be_used() -> None:
    pricing = Pricing(SETTINGS, SECONDS)
    used = pricing.price("M", market(), follower(), NOW).made.probability
    withdrawn = market()
    withdrawn.standing.withdraw()
    price = pricing.price("M", withdrawn, follower(), NOW)
    assert (price.reason, price.made.probability) == ("the book is withdrawn", used)
    price = pricing.price("M", market(), follower(usd=0.0, withheld="no venue"), NOW)
    assert (price.reason, price.made.probability) == ("the index is withheld: no venue", used)
    price = pricing.price("M", market(NOW + 2 * S), follower(), NOW + 2 * S)
    assert price.reason == "the index is older than 1 s"
    assert price.made.probability == pytest.approx(used, abs=0.01)


def test_what_has_no_price_has_no_estimate_either() -> None:
    pricing = Pricing(SETTINGS, SECONDS)
    assert pricing.price("", None, follower(), NOW).reason == "no market runs"
    assert pricing.price("M", None, follower(), NOW).reason == "the market is not defined yet"
    price = pricing.price("M", market(), follower(), CLOSE)
    assert (price.reason, price.made) == ("the market is closed", NO_ESTIMATE)
    price = pricing.price("M", market(), IndexFollower(SETTINGS, SECONDS), NOW)
    assert (price.reason, price.made) == ("no index value yet", NO_ESTIMATE)


def test_too_many_missing_settlement_values_are_a_reason_of_their_own() -> None:
    late_ns = CLOSE - 40 * S
    price = Pricing(SETTINGS, SECONDS).price("M", market(late_ns), follower(late_ns), late_ns)
    assert price.incomplete == price.reason == "20 of 60 settlement values are missing"
