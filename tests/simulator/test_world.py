import math
import statistics
from itertools import pairwise

import pytest

from simulator.settings import VENUES
from simulator.world import STEP_S, World


def _path(world: World, steps: int) -> list[float]:
    prices = []
    for _ in range(steps):
        world.advance()
        prices.append(world.spot())
    return prices


def test_the_same_seed_gives_the_same_path_and_prices_by_step_number() -> None:
    one, other = World(7, 60.0), World(7, 60.0)
    for _ in range(2000):
        one.advance()
        other.advance()
        assert [one.price(venue) for venue in VENUES] == [other.price(venue) for venue in VENUES]
    assert _path(World(8, 60.0), 100) != _path(World(7, 60.0), 100)


def test_asking_for_messages_does_not_move_the_path() -> None:
    asked, left_alone = World(7), World(7)
    for _ in range(500):
        asked.advance()
        for venue in VENUES:
            asked.due(venue)
        left_alone.advance()
    assert asked.spot() == left_alone.spot()


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_the_path_moves_as_much_as_bitcoin_per_market_second(speed: float) -> None:
    prices = _path(World(3, speed), 50_000)
    returns = [math.log(b / a) for a, b in pairwise(prices)]
    sigma = statistics.pstdev(returns) / math.sqrt(STEP_S * speed)
    assert 2e-5 < sigma < 1.5e-4


def test_every_venue_gets_its_share_of_the_rate() -> None:
    world = World(5, rate=1500.0)
    sent = dict.fromkeys(VENUES, 0)
    steps = 50_000
    for _ in range(steps):
        world.advance()
        for venue in VENUES:
            sent[venue] += world.due(venue)
    assert sum(sent.values()) / (steps * STEP_S) == pytest.approx(1500.0, rel=0.02)
    for venue in VENUES:
        assert sent[venue] / sum(sent.values()) == pytest.approx(world.share(venue), rel=0.1)


def test_makers_look_up_at_every_fifth_step() -> None:
    world, turns = World(1), []
    for _ in range(20):
        world.advance()
        if world.is_turn():
            turns.append(world.step_no)
    assert turns == [5, 10, 15, 20]


def test_a_laggard_shows_a_jump_after_the_leader() -> None:
    world = World(1)
    for _ in range(1000):
        world.advance()
    spots = {world.step_no: world.spot()}
    for _ in range(120):
        world.advance()
        spots[world.step_no] = world.spot()
    past = spots[world.step_no - 75]
    assert world.price("bitstamp") == pytest.approx(past, rel=1e-4)


def test_the_index_of_no_exchange_is_the_path_in_whole_cents() -> None:
    world = World(1)
    world.advance()
    assert world.index(10**18) == pytest.approx(world.spot(), abs=0.005)
