"""The logistic fit finds what was put into made markets, and nothing that was not."""

import numpy as np
import pytest

from actors.signal.calibration_file import FEATURES
from messages import INDICATORS
from replay.fit.dataset import Market
from replay.fit.logistic import USED, WITHOUT_SIDE, fit_logistic
from tests.replay.fit.made import late, markets, right, too_sure


def test_a_probability_that_is_right_is_left_alone() -> None:
    model, _ = fit_logistic(markets(300, right, seed=3))
    assert model.slope == pytest.approx(1.0, abs=0.15)
    assert model.intercept == pytest.approx(0.0, abs=0.15)
    assert model.weights == pytest.approx([0.0] * len(model.features), abs=0.1)


def test_noise_earns_no_weight() -> None:
    assert fit_logistic(markets(120, right, seed=1))[1] is None


def blind(made: list[Market]) -> list[Market]:
    """Without the market's mid, which knows the truth."""
    none = -np.ones_like(made[0].bid_e6)
    return [market._replace(bid_e6=none, ask_e6=none) for market in made]


def test_a_probability_that_is_too_sure_is_drawn_to_the_middle() -> None:
    model, _ = fit_logistic(blind(markets(300, too_sure, seed=4)))
    assert model.slope == pytest.approx(0.5, abs=0.1)
    assert model.intercept == pytest.approx(-0.35, abs=0.2)
    assert "market" not in model.features


def test_an_indicator_that_knows_more_gets_the_weight_that_it_deserves() -> None:
    made = blind(markets(300, late, seed=5, informed=True))
    model, penalty = fit_logistic(made)
    assert penalty is not None
    place = model.features.index("momentum-15")
    per_unit = model.weights[place] / model.scales[place]
    assert per_unit == pytest.approx(1.0, abs=0.3)
    others = [weight for number, weight in enumerate(model.weights) if number != place]
    assert max(map(abs, others)) < 0.3 * model.weights[place]


def test_a_market_that_knows_more_gets_the_weight() -> None:
    model, _ = fit_logistic(markets(300, late, seed=6))
    place = model.features.index("market")
    assert model.weights[place] / model.scales[place] == pytest.approx(model.slope, abs=0.5)


def test_what_never_had_a_value_or_never_changed_is_no_feature() -> None:
    made = markets(150, late, seed=5, informed=True)
    for market in made:
        market.values[:, INDICATORS.index("trade-flow")] = 0.25
    model, penalty = fit_logistic(made)
    assert penalty is not None
    assert {"polymarket-gap", "trade-flow"} & set(model.features) == set()
    assert "momentum-15" in model.features


def test_what_has_no_side_is_never_a_feature() -> None:
    assert set(FEATURES) - set(USED) == WITHOUT_SIDE


def test_the_same_markets_give_the_same_model() -> None:
    made = markets(40, too_sure, seed=7)
    assert fit_logistic(made) == fit_logistic(made)
