import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.blend import LONG_HORIZON_S, SHORT_HORIZON_S, Blend


@given(st.floats(0, 1e6))
def test_the_weights_of_every_horizon_sum_to_one(horizon_s: float) -> None:
    blend = Blend()
    count = len(blend.half_lives_s)
    weights = [blend.mean(horizon_s, [float(at == place) for at in range(count)]) for place in range(count)]
    assert math.fsum(weights) == pytest.approx(1.0, abs=1e-12)
    assert min(weights) >= 0.0


def test_between_the_two_horizons_they_go_with_the_logarithm() -> None:
    blend = Blend((1.0, 2.0), (1.0, 0.0), (0.0, 1.0))
    known = [3.0, 5.0]
    assert blend.mean(SHORT_HORIZON_S, known) == 3.0
    assert blend.mean(LONG_HORIZON_S, known) == 5.0
    assert blend.mean(math.sqrt(SHORT_HORIZON_S * LONG_HORIZON_S), known) == pytest.approx(4.0)
    assert blend.mean(0.0, known) == 3.0
    assert blend.mean(1e9, known) == 5.0
