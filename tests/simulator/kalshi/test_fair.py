import pytest

from simulator.kalshi.fair import probability


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
