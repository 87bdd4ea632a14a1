import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from actors.settlement import settlement_cents
from actors.signal.fairvalue import Minute, Worth, averaged_time_s, log_variance, worth
from actors.signal.model import LOG_NORMAL, NORMAL, Model, model_named
from tests.actors.signal.vectors import vectors

STUDENT = model_named("student-t", 4.5)
MODELS = [NORMAL, LOG_NORMAL, STUDENT]


def fair(
    spot: float,
    strike: float,
    sigma: float,
    first_s: float,
    known_mean: float,
    known: int,
    model: Model = NORMAL,
) -> Worth:
    """The closed form on an integer clock: every value due is known."""
    settled = known * known_mean
    if known == 60:
        settled = settlement_cents(round(known_mean * 100 * 60)) * 60 / 100
    minute = Minute(settled, 60 - known, 60 - known, first_s)
    return worth(minute, spot, sigma, 0.0, strike, model)


# Spot, strike, sigma, seconds left, mean and number of the known values; the simulated probability of
# 40 million paths and its standard error; the closed form, normal and log-normal. From the project's
# reference tables.
TABLE = [
    (84000, 84000, 5e-5, 900, 0, 0, 0.49962, 8e-5, 0.50002, 0.49972),
    (84050, 84000, 5e-5, 600, 0, 0, 0.69246, 7e-5, 0.69253, 0.69238),
    (83900, 84000, 5e-5, 300, 0, 0, 0.06951, 4e-5, 0.06948, 0.06954),
    (84100, 84000, 3.3e-5, 300, 0, 0, 0.98739, 2e-5, 0.98735, 0.98739),
    (84000, 84080, 8e-5, 180, 0, 0, 0.15681, 6e-5, 0.15676, 0.15676),
    (84030, 84000, 5e-5, 120, 0, 0, 0.78848, 7e-5, 0.78842, 0.78839),
    (83990, 84000, 3.3e-5, 90, 0, 0, 0.30415, 7e-5, 0.30414, 0.30411),
    (84010, 84000, 5e-5, 61, 0, 0, 0.70057, 7e-5, 0.70057, 0.70054),
    (84010, 84000, 5e-5, 60, 84010, 1, 0.70519, 7e-5, 0.70518, 0.70515),
    (84020, 84000, 5e-5, 45, 83995, 16, 0.86686, 5e-5, 0.86684, 0.86685),
    (83980, 84000, 5e-5, 30, 84010, 31, 0.24366, 7e-5, 0.24371, 0.24370),
    (84000, 84000, 5e-5, 30, 84003, 31, 0.59482, 8e-5, 0.59490, 0.59487),
    (83985, 84000, 5e-5, 15, 84004, 46, 0.42385, 8e-5, 0.42383, 0.42381),
    (84010, 84000, 5e-5, 10, 83998.5, 51, 0.57720, 8e-5, 0.57715, 0.57713),
    (83990, 84000, 5e-5, 5, 84000.6, 56, 0.39541, 8e-5, 0.39543, 0.39542),
    (84001, 84000, 5e-5, 2, 83999.99, 59, 0.56719, 8e-5, 0.56712, 0.56711),
    (83990, 84000, 5e-5, 1, 83999.995, 60, 1.0, 0.0, 1.0, 1.0),
    (84010, 84000, 5e-5, 1, 83999.9949, 60, 0.0, 0.0, 0.0, 0.0),
    (84000, 84500, 2e-4, 900, 0, 0, 0.15513, 6e-5, 0.15502, 0.15503),
    (84420, 84000, 5e-5, 900, 0, 0, 0.999661, 3e-6, 0.99966, 0.99967),
]


@pytest.mark.parametrize("row", TABLE)
def test_both_forms_give_the_tabled_digits_and_are_close_to_simulation(row: tuple[float, ...]) -> None:
    spot, strike, sigma, left_s, known_mean, known, simulated, error, normal, log_normal = row
    first_s = left_s - 60 if left_s > 60 else 1.0
    for model, tabled in ((NORMAL, normal), (LOG_NORMAL, log_normal)):
        value = fair(spot, strike, sigma, first_s, known_mean, int(known), model).probability
        assert value == pytest.approx(tabled, abs=6e-6)
        assert value == pytest.approx(simulated, abs=5e-4)  # three digits
        assert value == pytest.approx(simulated, abs=4e-4 + 3 * error)


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = vectors("fair_value")["rows"]
    assert len(found) == 21
    return found


def priced(row: dict[str, Any], model: Model) -> Worth:
    return fair(
        row["spot"], row["strike"], row["sigma_per_sqrt_s"], row["t_first_remaining"] or 0.0,
        row["running_average"] or 0.0, row["n_known"], model,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("model", "name", "off"),
    [(NORMAL, "p_closed_normal", 4e-4), (LOG_NORMAL, "p_closed_lognormal_mm", 1.05e-4)],
)
def test_every_reference_vector_comes_out_to_the_printed_digit(model: Model, name: str, off: float) -> None:
    for row in rows():
        made = priced(row, model)
        assert made.probability == pytest.approx(row[name], abs=5.1e-7), row["id"]
        if row["p_mc"] is not None:
            assert made.probability == pytest.approx(row["p_mc"], abs=off), row["id"]


def test_the_standard_deviations_of_every_reference_vector_come_out() -> None:
    for row in rows():
        assert priced(row, NORMAL).sd_usd == pytest.approx(row["sd_A"], rel=1e-12), row["id"]
        if row["m_remaining"]:
            averaged = averaged_time_s(row["t_first_remaining"], 1.0, row["m_remaining"])
            assert averaged == pytest.approx(row["V_seconds"], rel=1e-12)
            for model in (NORMAL, LOG_NORMAL):
                assert priced(row, model).sd_usd == pytest.approx(row["mc_sd_A"], rel=5e-4), row["id"]


def test_without_the_half_cent_the_last_seconds_would_be_wrong() -> None:
    for row in rows():
        if row["m_remaining"]:
            minute = Minute(
                row["n_known"] * (row["running_average"] or 0.0), row["m_remaining"], row["m_remaining"],
                row["t_first_remaining"],
            )  # fmt: skip
            bare = worth(
                minute, row["spot"], row["sigma_per_sqrt_s"], 0.0, row["strike"] + 0.005, NORMAL
            ).probability
            assert bare == pytest.approx(row["p_closed_normal_no_rounding"], abs=5.1e-7), row["id"]


def times(first_s: float, step_s: float, count: int) -> list[float]:
    return [first_s + number * step_s for number in range(count)]


@given(st.floats(0, 900), st.floats(0.01, 2), st.integers(1, 60))
def test_the_averaged_time_is_the_double_sum_over_all_pairs(
    first_s: float, step_s: float, count: int
) -> None:
    due = times(first_s, step_s, count)
    plain = sum(min(a, b) for a in due for b in due) / count**2
    assert averaged_time_s(first_s, step_s, count) == pytest.approx(plain, rel=1e-9, abs=1e-9)


@given(st.floats(1e-6, 1e-3), st.floats(0, 4000), st.integers(1, 60))
def test_the_variance_of_the_logarithm_is_that_of_the_double_sum(
    sigma: float, first_s: float, count: int
) -> None:
    due = times(first_s, 1.0, count)
    above = math.fsum(math.expm1(sigma**2 * min(a, b)) for a in due for b in due) / count**2
    assert log_variance(sigma, first_s, 1.0, count) == pytest.approx(math.log1p(above), rel=1e-7, abs=1e-18)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(known=st.integers(0, 58), distance=st.floats(-60, 60))
def test_the_value_runs_on_without_a_step_when_a_second_begins(
    model: Model, known: int, distance: float
) -> None:
    spot = 84_000.0 + distance
    ahead = 60 - known
    settled = known * 84_003.0
    due = worth(Minute(settled, ahead, ahead, 1e-12), spot, 5e-5, 0.0, 84_000.0, model)
    begun = worth(Minute(settled, ahead, ahead - 1, 1.0), spot, 5e-5, 0.0, 84_000.0, model)
    known_now = worth(Minute(settled + spot, ahead - 1, ahead - 1, 1.0), spot, 5e-5, 0.0, 84_000.0, model)
    assert due.probability == pytest.approx(begun.probability, abs=1e-5)
    assert begun.probability == pytest.approx(known_now.probability, abs=1e-9)
    assert due.sd_usd == pytest.approx(known_now.sd_usd, rel=1e-5)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_half_a_cent_below_the_strike_is_enough(model: Model) -> None:
    settled = Minute(60 * 83_999.995, 0, 0, 0.0)
    assert worth(settled, 84_000.0, 5e-5, 0.0, 83_999.9999, model).probability == 1.0
    assert worth(settled, 84_000.0, 5e-5, 0.0, 84_000.0001, model).probability == 0.0
    assert worth(settled, 84_000.0, 5e-5, 5.0, 84_000.0, model).probability == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_without_motion_and_error_there_is_nothing_to_weigh(model: Model) -> None:
    made = worth(Minute(0.0, 60, 60, 840.0), 84_001.0, 0.0, 0.0, 84_000.0, model)
    assert made == Worth(1.0, 0.0, 0.0, 0.0)


def test_a_strike_that_the_known_values_have_reached_already_needs_nothing_more() -> None:
    made = worth(Minute(59 * 84_000.0, 1, 1, 1.0), 84_000.0, 5e-5, 0.0, 60_000.0, LOG_NORMAL)
    assert (made.probability, made.delta, made.vega) == (1.0, 0.0, 0.0)


def test_the_error_of_the_index_adds_to_the_variance() -> None:
    minute = Minute(0.0, 60, 60, 240.0)
    for model in MODELS:
        pure = worth(minute, 84_050.0, 5e-5, 0.0, 84_000.0, model)
        erring = worth(minute, 84_050.0, 5e-5, 40.0, 84_000.0, model)
        assert erring.sd_usd == pytest.approx(math.hypot(pure.sd_usd, 40.0))
        assert 0.5 < erring.probability < pure.probability


def test_student_has_more_far_out_and_less_at_the_shoulder_than_the_normal() -> None:
    minute = Minute(0.0, 60, 60, 240.0)
    sd = worth(minute, 84_000.0, 5e-5, 0.0, 84_000.0, NORMAL).sd_usd
    for sigmas, fatter in ((1.0, False), (2.5, True), (4.0, True)):
        strike = 84_000.0 + sigmas * sd
        thin = worth(minute, 84_000.0, 5e-5, 0.0, strike, NORMAL).probability
        fat = worth(minute, 84_000.0, 5e-5, 0.0, strike, STUDENT).probability
        assert (fat > thin) is fatter


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(
    known=st.integers(0, 60),
    begun=st.integers(0, 3),
    first_s=st.floats(0.001, 4000),
    strike=st.floats(10_000, 200_000),
    sigma=st.floats(1e-7, 1e-2),
    error=st.just(0.0) | st.floats(1e-6, 100),
)
def test_it_is_a_probability_that_falls_with_the_strike_and_rises_with_the_index(
    model: Model, known: int, begun: int, first_s: float, strike: float, sigma: float, error: float
) -> None:
    moving = 60 - known
    minute = Minute(known * 84_000.0, moving, max(0, moving - begun), first_s)
    made = worth(minute, 84_000.0, sigma, error, strike, model)
    assert 0.0 <= made.probability <= 1.0
    assert all(math.isfinite(number) for number in astuple(made))
    higher = worth(minute, 84_000.0, sigma, error, strike + 5, model)
    assert higher.probability <= made.probability + 1e-12
    if known * 84_000.0 / 60 + 1 < strike < 100_000 and sigma <= 1e-3:  # below, the sd grows faster than z
        assert made.delta >= -1e-12
