import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.score.bootstrap import Floats, Ints
from replay.score.probability import bins, brier, log_loss, murphy, probability_score, skill
from tests.replay.score.made import close_ns

VECTORS = Path(__file__).parents[4] / "shared" / "reference" / "brti_vectors.json"


def at(count: int) -> Ints:
    return np.array([close_ns(window) for window in range(count)], dtype=np.int64)


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


@pytest.mark.skipif(not VECTORS.exists(), reason="the reference vectors are not here")
def test_the_reference_scores_come_out_to_the_printed_digits() -> None:
    vector = json.loads(VECTORS.read_text())["scores"]
    p, y = floats(*vector["p"]), floats(*vector["y"])
    assert brier(p, y) == pytest.approx(vector["brier"], abs=1e-15)
    assert log_loss(p, y) == pytest.approx(vector["logloss"], abs=1e-14)
    assert float(y.mean()) == vector["base"]
    assert skill(p, y, np.full(len(y), vector["base"])) == pytest.approx(vector["bss"], abs=1e-14)


def test_a_certainty_that_fails_costs_much_and_not_everything() -> None:
    assert log_loss(floats(1.0), floats(0.0)) == pytest.approx(13.8155, abs=1e-3)
    assert log_loss(floats(1.0), floats(1.0)) == pytest.approx(1e-6, rel=1e-3)


def test_where_the_reference_made_no_error_there_is_no_skill_to_speak_of() -> None:
    assert skill(floats(0.9), floats(1.0), floats(1.0)) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_parts_of_the_brier_score_make_it_up(rows: list[tuple[float, bool]]) -> None:
    p, y = floats(*(p for p, _ in rows)), floats(*(float(y) for _, y in rows))
    parts = murphy(p, y)
    whole = parts.reliability - parts.resolution + parts.uncertainty + parts.within
    assert whole == pytest.approx(brier(p, y), abs=1e-12)
    assert parts.reliability >= 0.0
    assert parts.resolution >= 0.0


def test_the_reliability_table_counts_windows_for_its_intervals() -> None:
    close = np.array([close_ns(0)] * 9 + [close_ns(1)], dtype=np.int64)
    row = bins(np.full(10, 0.95), floats(*[1.0] * 9, 0.0), close)[9]
    assert (row.from_p, row.to_p, row.count, row.windows, row.share) == (0.9, 1.0, 10, 2, 0.9)
    assert row.low is not None
    assert row.low < 0.4
    empty = bins(np.full(10, 0.95), np.ones(10), close)[0]
    assert (empty.count, empty.share) == (0, None)


def test_a_certainty_of_one_is_in_the_last_row() -> None:
    assert [row.count for row in bins(floats(0.0, 1.0), floats(0.0, 1.0), at(2))] == [1, *[0] * 8, 1]


def test_who_knows_more_than_the_market_beats_it_and_who_knows_less_does_not() -> None:
    rng = np.random.default_rng(5)
    truth = rng.uniform(0.05, 0.95, 2000)
    y = (rng.random(2000) < truth).astype(np.float64)
    blurred = np.clip(truth + rng.normal(size=2000) * 0.2, 0.01, 0.99)
    good, bad = probability_score(truth, blurred, y, at(2000)), probability_score(blurred, truth, y, at(2000))
    assert good.better.low is not None
    assert good.better.low > 0.0
    assert bad.better.high is not None
    assert bad.better.high < 0.0
    assert good.skill is not None
    assert good.skill > 0.0
    assert good.brier == pytest.approx(bad.brier_reference)


def test_a_moment_without_a_mid_or_a_result_is_in_neither_score() -> None:
    p, mid, y = floats(0.5, 0.5, 0.5, np.nan), floats(0.4, np.nan, 0.4, 0.4), floats(1.0, 1.0, np.nan, 1.0)
    found = probability_score(p, mid, y, at(4))
    assert (found.count, found.brier) == (1, 0.25)
    assert found.brier_reference == pytest.approx(0.36)
    nothing = probability_score(p[1:], mid[1:], y[1:], at(3))
    assert (nothing.count, nothing.brier, nothing.skill, nothing.bins) == (0, None, None, [])
