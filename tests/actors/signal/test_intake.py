from actors.market_seconds import MarketSeconds
from actors.signal.intake import Intake
from actors.signal.settings import Settings
from actors.signal.sources import wanted
from messages import (
    FeedHealth,
    IndexCompared,
    IndexValue,
    MarketBookChanged,
    MarketRoleChanged,
    MarketTraded,
    MethodError,
    QuoteChanged,
    SettlementAverage,
)
from tests.actors.signal.driver import CLOSE, OPEN, TICKER, S, defined

NOW = OPEN + 10 * S


def intake() -> Intake:
    made = Intake(Settings(), MarketSeconds(1.0))
    made.take("kalshi", 1, MarketRoleChanged("KXBTC15M", NOW, TICKER, ""))
    made.take("kalshi", 2, defined())
    made.settle()
    return made


def test_every_kind_that_is_wanted_is_taken() -> None:
    made = Intake(Settings(), MarketSeconds(1.0))
    kinds = set().union(*wanted(["coinbase"]).values())
    assert kinds == {type_.kind for type_ in made._takes}


def test_trades_and_levels_of_the_running_market_are_news_and_of_others_not() -> None:
    made = intake()
    change = MarketBookChanged("OTHER", 0, NOW, 0, 1, 1, True, 490_000, 100, 100)
    made.take("kalshi", 3, change)
    assert not made.changed
    trade = MarketTraded(TICKER, 0, NOW + 5, 0, "t", 490_000, 100, taker_buys_yes=True, is_block=False)
    made.take("kalshi", 4, trade)
    assert made.changed
    assert made.cause_ns() == NOW + 5
    assert made.shelf.market(TICKER).trades.seq == 4
    assert made.shelf.market("OTHER").book_seq == 3


def test_after_a_turn_nothing_is_news_and_the_cause_is_remembered() -> None:
    made = intake()
    assert not made.changed
    assert made.cause_ns() == NOW


def test_a_venue_is_watched_and_moves_nothing_by_itself() -> None:
    made = intake()
    made.take(
        "coinbase", 7, QuoteChanged("coinbase", "BTC-USD", 0, NOW, 0, 84_000 * 10**8, 1, 84_001 * 10**8, 1)
    )
    made.take("coinbase", 8, FeedHealth("coinbase", 1, NOW, False, 0, 0, 0, 0, -1.0, -1.0, 0.0, "silent"))
    assert not made.changed
    assert made.newest == {"coinbase": ("coinbase", 7)}
    assert made.freshness(NOW).why_not == "no index value yet"


def test_the_error_is_measured_of_the_chosen_method() -> None:
    made = intake()
    made.take("brti", 1, IndexValue("BRTI", "cme-cf", NOW, NOW, 84_000.0, [], [], True, ""))
    for second in range(20):
        errors = [MethodError("cme-cf", 84_000.0, 2.0), MethodError("nowcast", 84_000.0, 9.0)]
        stamp_ns = NOW + second * S
        compared = IndexCompared("BRTI", stamp_ns, stamp_ns, stamp_ns, 84_000_000_000, errors, 0.3, [])
        made.take("brti", 2 + second, compared)
    assert made.measured.bps(NOW + 20 * S) == 2.0


def test_the_settlement_average_so_far_stands_with_its_market() -> None:
    made = intake()
    average = SettlementAverage(
        TICKER, "official", CLOSE, NOW, NOW, 1, 8_400_000, 8_400_000, 59, [], 8_400_000, 1, 1.0, 1 / 60, ""
    )
    made.take("brti", 1, average)
    assert made.shelf.market(TICKER).averages == {"official": average}
