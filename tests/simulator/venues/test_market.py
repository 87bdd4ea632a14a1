import time

import pytest

from simulator.settings import Settings
from simulator.venues.binance import BinanceUsVenue, BinanceVenue
from simulator.venues.bitstamp import BitstampVenue
from simulator.venues.bullish import BullishVenue
from simulator.venues.coinbase import CoinbaseVenue
from simulator.venues.cryptocom import CryptocomVenue
from simulator.venues.exchange import Exchange
from simulator.venues.gemini import GeminiVenue
from simulator.venues.itbit import ItbitVenue
from simulator.venues.kraken import KrakenVenue
from simulator.venues.lmax import LmaxVenue
from simulator.venues.market import Market
from simulator.world import STEP_S, World

VENUES = (
    CoinbaseVenue,
    KrakenVenue,
    BitstampVenue,
    GeminiVenue,
    CryptocomVenue,
    BullishVenue,
    ItbitVenue,
    LmaxVenue,
    BinanceVenue,
    BinanceUsVenue,
)
NOW_NS = 1_795_380_000_000_000_000


def market_of(venue_class: type[Exchange], seed: int = 1) -> tuple[Market, World]:
    world = World(seed)
    return venue_class(Settings(), world).market, world  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize("venue_class", VENUES)
def test_the_book_follows_the_worlds_price_and_is_never_crossed(venue_class: type[Exchange]) -> None:
    market, world = market_of(venue_class)
    for _ in range(2_000):
        world.advance()
        market.move(NOW_NS, world)
        assert market.book.best_bid() < market.book.best_ask()
        assert market.book.mid_usd() == pytest.approx(world.price(market.name), rel=2e-4)


@pytest.mark.parametrize("venue_class", VENUES)
def test_the_same_seed_makes_the_same_market(venue_class: type[Exchange]) -> None:
    one, other = (market_of(venue_class) for _ in range(2))
    for market, world in (one, other):
        for _ in range(200):
            world.advance()
            market.move(NOW_NS, world)
            market.trade(NOW_NS)
    assert one[0].book.bids() == other[0].book.bids()
    assert [deal[:4] for deal in one[0].deals] == [deal[:4] for deal in other[0].deals]
    assert market_of(venue_class, seed=2)[0].book.bids() != market_of(venue_class)[0].book.bids()


def test_trades_are_numbered_and_move_the_days_figures() -> None:
    market, _ = market_of(CoinbaseVenue)
    before, number = market.day_volume(NOW_NS), market.last().trade_id
    sizes = [market.trade(NOW_NS)[0].size for _ in range(50)]
    assert market.last().trade_id == number + 50
    assert market.day_volume(NOW_NS) == pytest.approx(before + sum(sizes), abs=100)
    assert market.day_low <= market.last().price <= market.day_high
    assert market.day_low <= market.vwap(NOW_NS) <= market.day_high


def test_what_was_traded_a_day_ago_leaves_the_volume() -> None:
    market, _ = market_of(CoinbaseVenue)
    now_ns = time.time_ns()
    before = market.day_volume(now_ns)
    later_ns = now_ns + 12 * 3_600 * 1_000_000_000
    assert market.day_volume(later_ns) == pytest.approx(before / 2, rel=1e-3)


def test_recent_trades_come_newest_first() -> None:
    market, _ = market_of(KrakenVenue)
    numbers = [deal.trade_id for deal in market.recent(10)]
    assert numbers == list(range(market.last().trade_id, market.last().trade_id - 10, -1))


@pytest.mark.parametrize("venue_class", VENUES)
def test_a_venue_sends_its_share_of_the_worlds_rate(venue_class: type[Exchange]) -> None:
    world = World(1, rate=1_000.0)
    venue = venue_class(Settings(), world)  # type: ignore[call-arg, arg-type]
    first, moved = venue.market.last().trade_id, 0
    profile = venue.market.profile
    real_move = venue.market.move

    def counting_move(now_ns: int, of_world: World) -> object:
        nonlocal moved
        moved += 1
        return real_move(now_ns, of_world)

    venue.market.move = counting_move  # type: ignore[method-assign, assignment]
    for _ in range(15_000):
        world.advance()
        venue.step(NOW_NS, world)
    sent = moved * profile.move_frames + (venue.market.last().trade_id - first) * profile.trade_frames
    assert sent / (15_000 * STEP_S) == pytest.approx(1_000 * World(1).share(venue.name), rel=0.1)


def test_what_is_decided_elsewhere_counts_as_told() -> None:
    market, _ = market_of(KrakenVenue)
    market.forget_deals(NOW_NS)
    assert len(market.deals) == 1
    before = market.last().trade_id
    deal = market.print("sell", 840_000, 5, NOW_NS)
    assert (deal.trade_id, deal.price, deal.size, market.last()) == (before + 1, 840_000, 5, deal)
    mean = market.vwap(NOW_NS)
    market.set_day_volume(12_345_678, NOW_NS)
    assert market.day_volume(NOW_NS) == 12_345_678
    assert abs(market.vwap(NOW_NS) - mean) <= 1
