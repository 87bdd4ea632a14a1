import random
from statistics import fmean, stdev

from simulator.polymarket.price import StreamPrice


def test_the_price_keeps_its_distance_from_the_path_and_wanders_around_it() -> None:
    price = StreamPrice(0.5, random.Random(1))
    off = [price.turn(100_000.0) / 100_000.0 - 1.0 for _ in range(20_000)]
    assert 3e-5 < fmean(off) < 5e-5
    assert 1.5e-5 < stdev(off) < 2.5e-5


def test_the_same_seed_gives_the_same_prices() -> None:
    one, other = (StreamPrice(0.01, random.Random(7)) for _ in range(2))
    assert [one.turn(84_000.0) for _ in range(50)] == [other.turn(84_000.0) for _ in range(50)]
