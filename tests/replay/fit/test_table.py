import math

import numpy as np
import pytest

from actors.signal.calibration import inputs
from messages import INDICATORS
from replay.fit.table import pick, samples, table
from tests.replay.fit.made import STEPS, markets, right

MADE = markets(3, right, seed=2)


def test_every_sample_is_a_row_with_its_markets_end() -> None:
    found = table(MADE, ())
    assert found.features.shape == (3 * STEPS, 0)
    assert found.outcome.tolist() == [market.outcome for market in MADE for _ in range(STEPS)]
    assert found.at_ns[STEPS] == MADE[1].at_ns[0]
    assert found.known_ns[STEPS] == MADE[1].known_ns
    assert found.mid == pytest.approx(np.clip(found.probability, 0.03, 0.97), abs=1e-6)


def test_every_window_weighs_one_however_many_markets_and_samples_it_has() -> None:
    short = MADE[0]._replace(
        ticker="other", at_ns=MADE[0].at_ns[:5], probability=MADE[0].probability[:5],
        bid_e6=MADE[0].bid_e6[:5], ask_e6=MADE[0].ask_e6[:5], values=MADE[0].values[:5],
    )  # fmt: skip
    found = table([*MADE, short], ())
    for market in MADE:
        assert found.weight[found.close_ns == market.close_ns].sum() == pytest.approx(1.0)


def test_features_are_what_the_calibration_itself_would_take() -> None:
    features = ("market", "momentum-5", "polymarket-gap")
    found = table(MADE, features)
    for row, sample in zip(found.features, (s for m in MADE for s in samples(m)), strict=True):
        assert row.tolist() == pytest.approx(inputs(features, *sample), nan_ok=True)
    assert math.isnan(found.features[0, 2])
    assert found.features[7, 1] == MADE[0].values[7, INDICATORS.index("momentum-5")]


def test_some_rows_can_be_picked() -> None:
    whole = table(MADE, ("market",))
    picked = pick(whole, whole.close_ns == MADE[1].close_ns)
    assert len(picked.outcome) == len(picked.features) == STEPS
