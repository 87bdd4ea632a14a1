"""The world of a recording."""

from simulator.recorded.world import RecordedWorld
from simulator.world import START_USD


def test_time_moves_and_no_venue_owes_anything() -> None:
    world = RecordedWorld(60.0, {"kraken": 61_000.0, "kalshi": 0.0})
    world.advance()
    assert world.step_no == 1
    assert [world.due(name) for name in ("kraken", "kalshi")] == [0, 0]


def test_prices_begin_where_they_were_recorded_and_the_index_is_the_recorded_one() -> None:
    world = RecordedWorld(1.0, {"kraken": 61_000.0, "lmax": 0.0})
    assert world.price("kraken") == 61_000.0
    assert world.price("lmax") == START_USD
    world.index_usd = 61_000.07
    world.publish(1, 1)
    assert world.index(5) == world.spot() == 61_000.07
    assert not world.publisher.values
