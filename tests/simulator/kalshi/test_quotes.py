"""What the quotes are worth to somebody who knows the path itself: nothing without a delay, much with one."""

from collections.abc import Iterator

import pytest

from simulator.kalshi.audience import Audience
from simulator.kalshi.exchange import Exchange
from simulator.kalshi.fair import expected_probability
from simulator.kalshi.market import Market
from simulator.settings import KalshiSettings
from simulator.world import STEP_NS, World

START_NS = 1_786_942_000 * 1_000_000_000
SPEED = 60.0


def lived(settings: KalshiSettings, steps: int) -> Iterator[tuple[Market, float]]:
    """The running quarter hour and what it is worth, after every step that makers could answer."""
    world = World(4, SPEED, 1500.0)
    exchange = Exchange(settings, world, Audience(settings))
    world.publish(START_NS, 0)
    exchange.begin(START_NS)
    for step in range(1, steps):
        now_ns = START_NS + step * STEP_NS
        world.publish(now_ns, 0)
        world.advance()
        exchange.follow(now_ns)
        exchange.step(now_ns)
        for market in exchange.rolls[0].running():
            if market.strike_cents is not None:
                left_s = (market.close_ns - now_ns) / 1e9 * SPEED
                known, cents = exchange.official.known(market.close_ns)
                spot_usd, log_vol = world.spot(), world.log_volatility()
                yield (
                    market,
                    expected_probability(spot_usd, market.strike_cents, log_vol, left_s, known, cents),
                )


def gain(market: Market, fair: float) -> float:
    """What the better side brings now, per contract and after the taker's fee."""
    bid, ask, bid_size, ask_size = market.quote_e4()
    sides = [(fair, ask / 1e4)] * bool(ask_size) + [(1 - fair, 1 - bid / 1e4)] * bool(bid_size)
    return max((worth - price - 0.07 * price * (1 - price) for worth, price in sides), default=-1.0)


def test_without_a_delay_no_quote_is_worth_its_price_and_fee() -> None:
    gains = [gain(*seen) for seen in lived(KalshiSettings(quote_delay_ms=0, quote_noise=0.0), 12_000)]
    assert len(gains) > 10_000
    assert max(gains) < 0.002


def test_the_noise_of_the_quotes_stays_below_spread_and_fee() -> None:
    gains = [gain(*seen) for seen in lived(KalshiSettings(quote_delay_ms=0), 12_000)]
    assert sum(one > 0.005 for one in gains) < len(gains) / 1000


@pytest.mark.parametrize("delay_ms", [5_000.0, 20_000.0])
def test_with_a_delay_they_are_often_worth_more(delay_ms: float) -> None:
    gains = [gain(*seen) for seen in lived(KalshiSettings(quote_delay_ms=delay_ms), 12_000)]
    assert sum(one > 0.02 for one in gains) > len(gains) / 20
