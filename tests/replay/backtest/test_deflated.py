import numpy as np
import pytest

from replay.backtest.choosing import sharpe
from replay.backtest.deflated import CONVINCING, deflate, expected_best


def test_the_best_of_many_grows_with_their_number_as_simulated() -> None:
    rng = np.random.default_rng(1)
    for tried in (5, 50, 500):
        simulated = float(rng.normal(0.0, 0.3, (4000, tried)).max(axis=1).mean())
        assert expected_best(0.3, tried) == pytest.approx(simulated, rel=0.05)
    assert expected_best(0.3, 1) == 0.0


def test_the_example_of_the_paper_comes_out() -> None:
    # Ratio 2.5 a year, 250 days a year, 1250 of them, 100 tried, variance of their ratios 0.5 a year.
    assert expected_best(np.sqrt(0.5 / 250), 100) == pytest.approx(0.1132, abs=2e-4)


def test_the_best_of_many_points_without_an_edge_is_seldom_believed() -> None:
    rng = np.random.default_rng(2)
    believed = 0
    for _ in range(200):
        gains = rng.normal(0.0, 1.0, (40, 300))
        ratios = np.array([sharpe(gain) for gain in gains])
        found = deflate(gains[int(ratios.argmax())], ratios, len(gains))
        assert found.probability is not None
        believed += found.probability >= CONVINCING
    assert believed <= 10


def test_one_with_an_edge_is_believed_and_less_so_the_more_were_tried() -> None:
    rng = np.random.default_rng(3)
    gains = rng.normal(0.0, 1.0, (20, 1000))
    gains[7] += 0.35
    ratios = np.array([sharpe(gain) for gain in gains])
    found, more = deflate(gains[7], ratios, 20), deflate(gains[7], ratios, 10_000)
    assert found.probability is not None
    assert more.probability is not None
    assert found.probability > CONVINCING
    assert more.probability < found.probability
    assert more.expected > found.expected


def test_nothing_is_said_of_what_does_not_vary() -> None:
    flat = np.ones(50)
    assert deflate(flat, np.zeros(3), 3).probability is None
    assert deflate(np.array([1.0, 2.0]), np.zeros(3), 3).probability is None
