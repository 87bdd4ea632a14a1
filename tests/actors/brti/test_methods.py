import pytest

from actors.brti.methods import METHODS, NO_OFFSET, Methods
from actors.brti.settings import Settings
from actors.brti.sources import Constituent
from messages import BookSnapshot, DayVolume, QuoteChanged
from tests.actors.brti.words import E8, NOW, SYMBOL, S, change, snapshot


def methods(*venues: str) -> Methods:
    return Methods(Settings(venues=list(venues), fallback=["binance"]))


def constituent(made: Methods, name: str) -> Constituent:
    source = made.sources[name]
    assert isinstance(source, Constituent)
    return source


def take(made: Methods, message: BookSnapshot) -> bool:
    return made.take_snapshot(message, constituent(made, message.venue), 1)


def two_venues() -> Methods:
    made = methods("kraken", "lmax")
    take(made, snapshot("kraken", 83_999, 84_001, NOW))
    take(made, snapshot("lmax", 84_009, 84_011, NOW))
    made.sources["kraken"].take_volume(DayVolume("kraken", SYMBOL, 0, NOW, 300 * E8))
    made.sources["lmax"].take_volume(DayVolume("lmax", SYMBOL, 0, NOW, 100 * E8))
    return made


def test_each_method_makes_its_own_value_of_the_same_books() -> None:
    made = two_venues()
    found = {name: made.compose(name, NOW, 1.0, shares=True) for name in METHODS}
    assert found["volume-weighted"].value_usd == 84_002.5
    assert found["equal-weighted"].value_usd == 84_005.0
    assert 84_000 < found["cme-cf"].value_usd < 84_010
    assert found["nowcast"].value_usd == round(found["cme-cf"].value_usd * 1.0001, 2)
    assert all([share.venue for share in one.shares] == ["kraken", "lmax"] for one in found.values())


@pytest.mark.parametrize("method", METHODS)
def test_without_shares_nothing_else_is_different(method: str) -> None:
    made = two_venues()
    whole = made.compose(method, NOW, 0.5, shares=True)
    assert made.compose(method, NOW, 0.5, shares=False) == whole._replace(shares=[])


def test_without_a_known_offset_there_is_no_nowcast() -> None:
    assert two_venues().compose("nowcast", NOW, None, shares=False).withheld == NO_OFFSET
    nothing = methods("kraken").compose("nowcast", NOW, None, shares=False)
    assert nothing.withheld == "no venue qualifies: kraken absent"


def test_it_is_complete_when_every_constituent_was_heard_of() -> None:
    made = methods("kraken", "lmax")
    take(made, snapshot("kraken", 83_999, 84_001, NOW))
    assert not made.complete()
    take(made, snapshot("lmax", 83_999, 84_001, NOW))
    assert made.complete()


def test_a_change_and_a_checkpoint_say_whether_they_are_news() -> None:
    made = two_venues()
    kraken = constituent(made, "kraken")
    assert made.take_change(change("kraken", NOW, bids=[(83_990, 3)]), kraken, 2)
    assert not take(made, snapshot("kraken", 83_999, 84_001, NOW, checkpoint=True))
    kraken.standing.withdraw()
    assert not made.take_change(change("kraken", NOW, bids=[(83_990, 4)]), kraken, 3)


@pytest.mark.parametrize("method", ["cme-cf", "volume-weighted"])
def test_it_says_when_a_venue_goes_stale(method: str) -> None:
    made = two_venues()
    made.compose(method, NOW, None, shares=False)
    assert made.stale_ns(method, NOW) == NOW + 3 * S + 1
    assert made.stale_ns(method, NOW + 60 * S) > NOW + 60 * S


def test_the_freshest_source_may_be_a_fallback() -> None:
    made = methods("kraken")
    assert made.freshest(NOW) is None
    binance = made.sources["binance"]
    made.take_quote(QuoteChanged("binance", "BTC-USDT", 0, NOW, 0, E8, E8, 2 * E8, E8), binance, 1)
    assert made.freshest(NOW) is binance
    assert made.freshest(NOW + 10 * S) is None
