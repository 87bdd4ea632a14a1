import math
import statistics

import pytest

from simulator.kalshi.fair import expected_probability, mean_fade, probability
from simulator.world import STEP_S, World

SPEED = 900.0


@pytest.mark.parametrize(
    ("spot", "strike", "sigma", "left_s", "average", "known", "expected"),
    [
        # Monte Carlo of 40 million paths and the closed form beside it: reference §4.2.
        (84000, 84000, 5e-5, 900, 0, 0, 0.50002),
        (84050, 84000, 5e-5, 600, 0, 0, 0.69253),
        (83900, 84000, 5e-5, 300, 0, 0, 0.06948),
        (84010, 84000, 5e-5, 61, 0, 0, 0.70057),
        (84010, 84000, 5e-5, 60, 84010, 1, 0.70518),
        (83980, 84000, 5e-5, 30, 84010, 31, 0.24371),
        (84001, 84000, 5e-5, 2, 83999.99, 59, 0.56712),
        (83990, 84000, 5e-5, 1, 83999.995, 60, 1.0),
        (84010, 84000, 5e-5, 1, 83999.9949, 60, 0.0),
    ],
)
def test_the_closed_form_agrees_with_the_published_table(
    spot: float, strike: float, sigma: float, left_s: float, average: float, known: int, expected: float
) -> None:
    got = probability(spot, round(strike * 100), sigma, left_s, known, round(average * known * 100))
    assert got == pytest.approx(expected, abs=2e-5)


def test_the_coming_volatility_and_jumps_are_priced_in() -> None:
    """Against the path itself: from many starts, how often it ends above, by the price said at the start."""
    said: list[float] = []
    came: list[float] = []
    for seed in range(400):
        world = World(seed, SPEED)
        for _ in range(300):
            world.advance()
        start = world.spot()
        strike_cents = round(start * (1.0 + 0.0012 * (-1) ** seed) * 100)
        said.append(expected_probability(start, strike_cents, world.log_volatility(), 600.0, 0, 0))
        values = []
        for _ in range(round(600.0 / SPEED / STEP_S)):
            world.advance()
            values.append(world.spot())
        seconds = [values[-1 - round(second / SPEED / STEP_S)] for second in range(60)]
        came.append(float(statistics.fmean(seconds) >= strike_cents / 100))
    for below, above in ((0.0, 0.5), (0.5, 1.0)):
        group = [(p, c) for p, c in zip(said, came, strict=True) if below <= p < above]
        mean = statistics.fmean(p for p, _ in group)
        error = math.sqrt(mean * (1 - mean) / len(group))
        assert abs(statistics.fmean(c for _, c in group) - mean) < 3 * error


def test_without_a_known_volatility_it_lies_between_the_extremes() -> None:
    calm, wild = (probability(84_100, 8_400_000, sigma, 300, 0, 0) for sigma in (2e-5, 1.2e-4))
    assert wild < expected_probability(84_100, 8_400_000, 0.0, 300, 0, 0) < calm
    assert expected_probability(84_100, 8_400_000, 0.0, 1, 60, 60 * 8_400_000) == 1.0


def test_a_distance_of_the_index_fades_until_the_values_come() -> None:
    assert mean_fade(900.0, 0, 10.0) < 1e-30
    assert mean_fade(30.0, 30, 1e9) == pytest.approx(1.0)
    assert mean_fade(2.0, 59, 1e-3) < 1e-6
    assert 0.0 < mean_fade(60.0, 0, 20.0) < mean_fade(20.0, 40, 20.0) < 1.0
    assert mean_fade(0.0, 60, 10.0) == 0.0
