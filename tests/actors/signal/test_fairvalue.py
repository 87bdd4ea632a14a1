import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.settlement import settlement_cents
from actors.signal.fairvalue import averaged_time_s, mean_sd_usd, probability
from tests.actors.signal.vectors import vectors


def fair(spot: float, strike: float, sigma: float, left_s: float, known_mean: float, known: int) -> float:
    ahead = 60 - known
    first_s = left_s - 60 if left_s > 60 else 1.0
    mean = (known * known_mean + ahead * spot) / 60
    if not ahead:
        mean = settlement_cents(round(known_mean * 100 * 60)) / 100
    return probability(mean, strike, mean_sd_usd(spot, sigma, first_s, 1.0, ahead, 60))


# Spot, strike, sigma, seconds left, mean and number of the known values; the simulated probability of
# 40 million paths and its standard error; the closed form. From the project's reference tables.
TABLE = [
    (84000, 84000, 5e-5, 900, 0, 0, 0.49962, 8e-5, 0.50002),
    (84050, 84000, 5e-5, 600, 0, 0, 0.69246, 7e-5, 0.69253),
    (83900, 84000, 5e-5, 300, 0, 0, 0.06951, 4e-5, 0.06948),
    (84100, 84000, 3.3e-5, 300, 0, 0, 0.98739, 2e-5, 0.98735),
    (84000, 84080, 8e-5, 180, 0, 0, 0.15681, 6e-5, 0.15676),
    (84030, 84000, 5e-5, 120, 0, 0, 0.78848, 7e-5, 0.78842),
    (83990, 84000, 3.3e-5, 90, 0, 0, 0.30415, 7e-5, 0.30414),
    (84010, 84000, 5e-5, 61, 0, 0, 0.70057, 7e-5, 0.70057),
    (84010, 84000, 5e-5, 60, 84010, 1, 0.70519, 7e-5, 0.70518),
    (84020, 84000, 5e-5, 45, 83995, 16, 0.86686, 5e-5, 0.86684),
    (83980, 84000, 5e-5, 30, 84010, 31, 0.24366, 7e-5, 0.24371),
    (84000, 84000, 5e-5, 30, 84003, 31, 0.59482, 8e-5, 0.59490),
    (83985, 84000, 5e-5, 15, 84004, 46, 0.42385, 8e-5, 0.42383),
    (84010, 84000, 5e-5, 10, 83998.5, 51, 0.57720, 8e-5, 0.57715),
    (83990, 84000, 5e-5, 5, 84000.6, 56, 0.39541, 8e-5, 0.39543),
    (84001, 84000, 5e-5, 2, 83999.99, 59, 0.56719, 8e-5, 0.56712),
    (83990, 84000, 5e-5, 1, 83999.995, 60, 1.0, 0.0, 1.0),
    (84010, 84000, 5e-5, 1, 83999.9949, 60, 0.0, 0.0, 0.0),
    (84000, 84500, 2e-4, 900, 0, 0, 0.15513, 6e-5, 0.15502),
    (84420, 84000, 5e-5, 900, 0, 0, 0.999661, 3e-6, 0.99966),
]


@pytest.mark.parametrize("row", TABLE)
def test_the_closed_form_gives_the_tabled_digits_and_is_close_to_simulation(row: tuple[float, ...]) -> None:
    spot, strike, sigma, left_s, known_mean, known, simulated, error, tabled = row
    value = fair(spot, strike, sigma, left_s, known_mean, int(known))
    assert value == pytest.approx(tabled, abs=6e-6)
    assert value == pytest.approx(simulated, abs=4e-4 + 3 * error)


def test_every_reference_vector_comes_out() -> None:
    rows = [row for row in vectors("fair_value")["rows"] if row["window"] == "[T-60,T-1]"]
    assert len(rows) >= 19
    for row in rows:
        value = fair(
            row["spot"], row["strike"], row["sigma_per_sqrt_s"], row["seconds_to_close"],
            row["running_average"] or 0.0, row["n_known"],
        )  # fmt: skip
        assert value == pytest.approx(row["p_closed_normal"], abs=6e-7), row["id"]
        if row["p_mc"] is not None:
            assert value == pytest.approx(row["p_mc"], abs=4e-4 + 3 * row["mc_se"]), row["id"]
        if row["m_remaining"]:
            first_s = row["t_first_remaining"]
            assert averaged_time_s(first_s, 1.0, row["m_remaining"]) == pytest.approx(row["V_seconds"])
            sd = mean_sd_usd(row["spot"], row["sigma_per_sqrt_s"], first_s, 1.0, row["m_remaining"], 60)
            assert sd == pytest.approx(row["sd_A"])


@given(st.floats(0, 900), st.floats(0.01, 2), st.integers(1, 60))
def test_the_closed_form_is_the_double_sum_over_all_pairs(first_s: float, step_s: float, count: int) -> None:
    times = [first_s + number * step_s for number in range(count)]
    plain = sum(min(a, b) for a in times for b in times) / count**2
    assert averaged_time_s(first_s, step_s, count) == pytest.approx(plain, rel=1e-9, abs=1e-9)


@given(st.integers(1, 59))
def test_the_variance_runs_on_without_a_step_when_a_value_becomes_due(count: int) -> None:
    before = mean_sd_usd(84_000, 5e-5, 0.0, 1.0, count + 1, 60)
    after = mean_sd_usd(84_000, 5e-5, 1.0, 1.0, count, 60)
    assert before == pytest.approx(after)


def test_half_a_cent_below_the_strike_is_enough() -> None:
    assert probability(83_999.995, 84_000.0, 0.0) == 1.0
    assert probability(83_999.994, 84_000.0, 0.0) == 0.0
    assert probability(83_999.995, 84_000.0, 5.0) == 0.5


@given(st.floats(-500, 500), st.floats(0.001, 200))
def test_it_is_a_probability_and_symmetric_about_the_threshold(distance: float, sd: float) -> None:
    above = probability(83_999.995 + distance, 84_000.0, sd)
    below = probability(83_999.995 - distance, 84_000.0, sd)
    assert 0.0 <= above <= 1.0
    assert above + below == pytest.approx(1.0, abs=1e-6)
    assert not math.isnan(above)
