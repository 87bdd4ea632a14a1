import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.blend import LONG_HORIZON_S, SHORT_HORIZON_S, Blend


@given(st.floats(0, 1e6))
def test_the_weights_of_every_horizon_sum_to_one(horizon_s: float) -> None:
    weights = Blend().weights(horizon_s)
    assert math.fsum(weights) == pytest.approx(1.0, abs=1e-12)
    assert min(weights) >= 0.0
    assert len(weights) == len(Blend().half_lives_s)


def test_between_the_two_horizons_they_go_with_the_logarithm() -> None:
    blend = Blend((1.0, 2.0), (1.0, 0.0), (0.0, 1.0))
    assert blend.weights(SHORT_HORIZON_S) == (1.0, 0.0)
    assert blend.weights(LONG_HORIZON_S) == (0.0, 1.0)
    assert blend.weights(math.sqrt(SHORT_HORIZON_S * LONG_HORIZON_S)) == pytest.approx((0.5, 0.5))
    assert blend.weights(0.0) == (1.0, 0.0)
    assert blend.weights(1e9) == (0.0, 1.0)
