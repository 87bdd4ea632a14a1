"""A series' life by the clock alone."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.kalshi.audience import Audience
from simulator.kalshi.clock import MarketClock
from simulator.kalshi.documents import market_document
from simulator.kalshi.exchange import Exchange
from simulator.kalshi.index import OfficialIndex
from simulator.kalshi.roll import FIFTEEN, HOURLY, Roll
from simulator.settings import KalshiSettings
from simulator.world import World

SECOND = 1_000_000_000


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def test_a_quarter_hour_lives_through_its_stages_in_order() -> None:
    clock, start = MarketClock(1.0), _ns("2026-08-17T04:50:00")
    index = OfficialIndex(clock, 8_400_000, start)
    roll = Roll(FIFTEEN, clock, index, random.Random(1))
    roll.begin(start)
    happened = []
    for second in range(1, 2000):
        now_ns = start + second * SECOND
        index.advance(8_400_000, now_ns)
        happened += [(second, kind, market.ticker) for kind, market in roll.turn(now_ns)]
    first, second_market = "KXBTC15M-26AUG170100-00", "KXBTC15M-26AUG170115-15"
    assert [(s, k) for s, k, t in happened if t == first] == [
        (600, "closed"),
        (603, "determined"),
        (606, "settled"),
    ]
    assert [(s, k) for s, k, t in happened if t == second_market] == [
        (600, "opened"),
        (601, "struck"),
        (1500, "closed"),
        (1503, "determined"),
        (1506, "settled"),
    ]
    assert [k for s, k, t in happened if k == "created"] == ["created", "created"]


def test_hourly_markets_stand_around_the_price_with_fixed_strikes() -> None:
    clock, start = MarketClock(1.0), _ns("2026-08-17T20:10:00")
    roll = Roll(HOURLY, clock, OfficialIndex(clock, 8_401_000, start), random.Random(1))
    roll.begin(start)
    tickers = [market.ticker for market in roll.running()]
    assert tickers[2] == "KXBTCD-26AUG1717-T83999.99"
    assert len(tickers) == 5


class Listener(Audience):
    """Keeps what is said on the lifecycle channel."""

    def __init__(self, settings: KalshiSettings) -> None:
        super().__init__(settings)
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def lifecycle(self, body: str, kind: str = "market_lifecycle_v2") -> None:
        self.heard.append((kind, json.loads(body)))


def test_a_new_market_is_announced_after_its_event() -> None:
    settings, start = KalshiSettings(), _ns("2026-08-17T04:50:00")
    listener = Listener(settings)
    exchange = Exchange(settings, World(1), listener)
    exchange.begin(start)
    exchange.turn(start + 600 * SECOND)
    kinds = [(kind, body.get("event_type")) for kind, body in listener.heard]
    assert kinds.index(("event_lifecycle", None)) < kinds.index(("market_lifecycle_v2", "created"))
    fees = [body for kind, body in listener.heard if kind == "event_fee_update"]
    assert [body["fee_type_override"] for body in fees] == ["quadratic"]
    event, created = (listener.heard[n][1] for n in range(2))
    assert created["additional_metadata"]["event_ticker"] == event["event_ticker"]
    assert created["price_ranges"][0] == {"start": "0.0000", "end": "0.1000", "step": "0.0010"}


def test_the_same_seed_and_times_give_the_same_markets_books_and_trades() -> None:
    def lived(seed: int) -> list[str]:
        settings, world = KalshiSettings(), World(seed, speed=60.0, rate=1500.0)
        exchange = Exchange(settings, world, Audience(settings))
        start = _ns("2026-08-17T04:50:00")
        exchange.begin(start)
        for turn in range(1, 800):
            for _ in range(5):
                world.advance()
            world.publish(start + turn * 10_000_000, 0)
            exchange.turn(start + turn * 10_000_000)
        return [repr(market_document(m, exchange.clock)) + repr(m.trades) for m in exchange.markets()]

    assert lived(3) == lived(3)
    assert lived(3) != lived(4)


def test_markets_pause_on_thursday_and_come_back() -> None:
    start = _ns("2026-08-20T06:59:00")  # 02:59 in New York
    settings = KalshiSettings(thursday_pause=True)
    world = World(1)
    exchange = Exchange(settings, world, Audience(settings))
    exchange.begin(start)
    world.publish(start, 0)
    market = exchange.rolls[0].running()[0]
    world.publish(start + 61 * SECOND, 0)
    exchange.turn(start + 61 * SECOND)
    assert not exchange.trading
    assert market.status in ("inactive", "closed")
    paused = [m for m in exchange.rolls[0].markets if m.status == "inactive"]
    assert all(m.book.best_bid() == m.book.best_ask() == -1 for m in paused)
    world.publish(start + 7300 * SECOND, 0)
    exchange.turn(start + 7300 * SECOND)
    assert exchange.trading


@pytest.mark.parametrize("strikes", [0, 1, 8])
def test_there_are_as_many_hourly_strikes_as_asked_for(strikes: int) -> None:
    settings, start = KalshiSettings(hourly_strikes=strikes), _ns("2026-08-17T04:50:00")
    exchange = Exchange(settings, World(1), Audience(settings))
    exchange.begin(start)
    hour = [
        market for market in exchange.markets() if market.series == "KXBTCD" and market.status == "active"
    ]
    assert len({market.strike_cents for market in hour}) == strikes


def test_a_start_that_drags_across_the_open_leaves_no_second_without_a_value() -> None:
    settings, start = KalshiSettings(), _ns("2026-08-17T04:59:57")
    world = World(1)
    exchange = Exchange(settings, world, Audience(settings))
    exchange.begin(start)
    first_turn_ns = start + 39 * SECOND // 10
    world.publish(first_turn_ns, 0)
    exchange.turn(first_turn_ns)
    assert exchange.official.last_second == first_turn_ns // SECOND
    struck = exchange.rolls[0].running()[0].strike_cents
    assert struck == exchange.official.settlement(_ns("2026-08-17T05:00:00"))
