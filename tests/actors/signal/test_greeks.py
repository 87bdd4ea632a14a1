import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.signal.fairvalue import Minute, worth
from actors.signal.greeks import log_greeks, normal_greeks
from actors.signal.model import LOG_NORMAL, NORMAL, Model, model_named

MODELS = [NORMAL, LOG_NORMAL, model_named("student-t", 4.5)]
SPOT, STRIKE, SIGMA = 84_000.0, 84_000.0, 5e-5


def chance(minute: Minute, model: Model, error: float, spot: float, sigma: float) -> float:
    """The error is relative: it moves with the index."""
    return worth(minute, spot, sigma, error * spot, STRIKE, model).probability


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(
    known=st.integers(0, 59),
    begun=st.integers(0, 2),
    first_s=st.floats(0.5, 900),
    away=st.floats(-3, 3),
    error=st.sampled_from([0.0, 1e-5, 1e-4]),
)
def test_delta_and_vega_are_the_slopes_of_the_probability(
    model: Model, known: int, begun: int, first_s: float, away: float, error: float
) -> None:
    moving = 60 - known
    ahead = max(1, moving - begun)
    plain = Minute(0.0, moving, ahead, first_s)
    sd = worth(plain, SPOT, SIGMA, error * SPOT, STRIKE, NORMAL).sd_usd
    minute = replace(plain, settled_usd=60 * (STRIKE + away * sd) - moving * SPOT)
    made = worth(minute, SPOT, SIGMA, error * SPOT, STRIKE, model)
    step = 1e-4 * sd * 60 / moving
    delta = (
        chance(minute, model, error, SPOT + step, SIGMA) - chance(minute, model, error, SPOT - step, SIGMA)
    ) / (2 * step)
    up, down = SIGMA * math.exp(1e-4), SIGMA * math.exp(-1e-4)
    vega = (chance(minute, model, error, SPOT, up) - chance(minute, model, error, SPOT, down)) / 2e-4
    assert made.delta == pytest.approx(delta, rel=1e-4, abs=1e-6 * moving / 60 / sd)
    assert made.vega == pytest.approx(vega, rel=1e-3, abs=1e-6)


def test_at_the_money_delta_is_the_density_over_the_deviation_and_vega_is_nothing() -> None:
    made = normal_greeks(NORMAL.tail.density(0.0), 0.0, SPOT, 1.0, 50.0, 50.0)
    assert made.delta == pytest.approx(1 / math.sqrt(2 * math.pi) / 50.0)
    assert made.vega == 0.0


def test_one_basis_point_of_index_costs_what_the_tables_say() -> None:
    bp = SPOT / 1e4
    for left_s, sigma, cents in (
        (900, 3.3e-5, 4.1),
        (300, 3.3e-5, 7.5),
        (120, 3.3e-5, 13.6),
        (300, 5e-5, 5.0),
    ):
        made = worth(Minute(0.0, 60, 60, left_s - 60), SPOT, sigma, 0.0, STRIKE, NORMAL)
        assert 100 * made.delta * bp == pytest.approx(cents, abs=0.06)


def test_both_forms_agree_where_the_motion_is_small() -> None:
    minute = Minute(0.0, 60, 60, 240.0)
    normal = worth(minute, SPOT + 30, SIGMA, 0.0, STRIKE, NORMAL)
    log_normal = worth(minute, SPOT + 30, SIGMA, 0.0, STRIKE, LOG_NORMAL)
    assert log_normal.delta == pytest.approx(normal.delta, rel=2e-3)
    assert log_normal.vega == pytest.approx(normal.vega, rel=2e-3)


def test_where_only_the_error_is_left_the_volatility_moves_nothing() -> None:
    assert normal_greeks(0.3, 1.0, SPOT, 0.0, 5.0, 0.0).vega == 0.0
    assert log_greeks(0.3, 1.0, SPOT, 0.0, 1e-8, 0.0).vega == 0.0
