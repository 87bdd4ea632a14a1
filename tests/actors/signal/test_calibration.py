import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.signal.calibration import Calibration, inputs, load, mid_usd, standardised
from actors.signal.calibration_file import FEATURES, Logistic, encode
from messages import INDICATORS, FairValue
from tests.actors.signal.calibrations import FITTED_NS, ISOTONIC, LOGISTIC, made

NONE = [math.nan] * len(INDICATORS)


def values(**told: float) -> list[float]:
    """Indicators by name, `_` for `-`."""
    return [told.get(name.replace("-", "_"), math.nan) for name in INDICATORS]


def odds(probability: float) -> float:
    return math.log(probability / (1.0 - probability))


def test_a_logistic_calibration_is_its_formula() -> None:
    found = Calibration(LOGISTIC, "v").evaluate(0.7, 480_000, 520_000, values(momentum_15=3.5))
    gap = (odds(0.5) - odds(0.7) - 0.25) / 2.0
    expected = -0.1 + 0.5 * odds(0.7) + 0.3 * gap - 0.2 * (3.5 + 0.5) / 4.0
    assert odds(found) == pytest.approx(expected)


def test_a_feature_without_a_value_says_nothing() -> None:
    calibration = Calibration(LOGISTIC, "v")
    plain = -0.1 + 0.5 * odds(0.7)
    assert odds(calibration.evaluate(0.7, -1, -1, NONE)) == pytest.approx(plain)
    assert odds(calibration.evaluate(0.7, -1, -1, [])) == pytest.approx(plain)


def test_a_feature_speaks_no_louder_than_five_standard_deviations() -> None:
    calibration = Calibration(LOGISTIC, "v")
    far = calibration.evaluate(0.7, -1, -1, values(momentum_15=1e12))
    assert far == calibration.evaluate(0.7, -1, -1, values(momentum_15=-0.5 + 5 * 4.0))
    assert calibration.evaluate(0.7, -1, -1, values(momentum_15=math.inf)) == far
    assert standardised(math.nan, 3.0, 1.0) == 0.0


def test_an_isotonic_calibration_is_the_line_through_its_knots() -> None:
    calibration = Calibration(ISOTONIC, "v")
    for at, to in [(0.125, 0.063), (0.25, 0.125), (0.375, 0.3125), (0.75, 0.7495)]:
        assert calibration.evaluate(at, -1, -1, NONE) == pytest.approx(to)


def test_beyond_its_knots_an_isotonic_calibration_is_level() -> None:
    inner = Calibration(type(ISOTONIC)([(0.4, 0.3), (0.6, 0.7)]), "v")
    assert [inner.evaluate(p, -1, -1, NONE) for p in (0.01, 0.4, 0.6, 0.99)] == [0.3, 0.3, 0.7, 0.7]


@pytest.mark.parametrize("model", [LOGISTIC, ISOTONIC])
@pytest.mark.parametrize("probability", [-1.0, 0.0, 1.0])
def test_what_is_withheld_or_certain_stays_what_it_is(model: Logistic, probability: float) -> None:
    assert Calibration(model, "v").evaluate(probability, 480_000, 520_000, NONE) == probability


@given(
    st.floats(0.0, 1.0, exclude_min=True, exclude_max=True),
    st.integers(-1, 999_999),
    st.integers(-1, 999_999),
    st.lists(st.floats(), min_size=len(INDICATORS), max_size=len(INDICATORS)),
)
def test_whatever_goes_in_a_probability_comes_out(
    probability: float, bid_e6: int, ask_e6: int, found: list[float]
) -> None:
    for model in (LOGISTIC, ISOTONIC):
        assert 0.0 < Calibration(model, "v").evaluate(probability, bid_e6, ask_e6, found) < 1.0


def test_the_bits_are_the_same_on_every_machine() -> None:
    calibration = Calibration(LOGISTIC, "v")
    found = calibration.evaluate(0.7123, 610_000, 640_000, values(momentum_15=1.75))
    assert found.hex() == "0x1.126414a2a21a4p-1"
    assert Calibration(ISOTONIC, "v").evaluate(0.7123, -1, -1, NONE).hex() == "0x1.6c7aeeb3a761ep-1"


def test_every_indicator_can_be_a_feature_at_its_own_place() -> None:
    told = [float(place) for place in range(len(INDICATORS))]
    found = inputs(FEATURES, 0.5, 490_000, 510_000, told)
    assert found[0] == 0.0
    assert found[1:] == told


def test_a_fair_value_is_calibrated_with_its_own_quote() -> None:
    fair = FairValue(
        "M", 1, 1, 0.7, 84_000.0, 1, 300.0, 0, 0.0, 1e-5, 480_000, 1, 520_000, 1, 0.0, 0.0, [], [], ""
    )
    calibration = Calibration(LOGISTIC, "v")
    assert calibration.probability(fair, NONE) == calibration.evaluate(0.7, 480_000, 520_000, NONE)


@pytest.mark.parametrize(
    ("bid_e6", "ask_e6", "mid"),
    [(480_000, 530_000, 0.505), (-1, 100_000, 0.05), (900_000, -1, 0.95)],
)
def test_the_markets_own_probability_is_its_mid(bid_e6: int, ask_e6: int, mid: float) -> None:
    assert mid_usd(bid_e6, ask_e6) == pytest.approx(mid)


@pytest.mark.parametrize(("bid_e6", "ask_e6"), [(-1, -1), (-1, 110_000), (890_000, -1)])
def test_a_book_with_one_side_far_from_the_end_has_no_mid(bid_e6: int, ask_e6: int) -> None:
    assert math.isnan(mid_usd(bid_e6, ask_e6))


def test_a_file_is_loaded_with_its_version(tmp_path: Path) -> None:
    file = made()
    (tmp_path / "c.json").write_bytes(encode(file))
    loaded = load(tmp_path / "c.json", FITTED_NS)
    assert loaded.version == file.version
    assert loaded.evaluate(0.7, -1, -1, NONE) == Calibration(LOGISTIC, "").evaluate(0.7, -1, -1, NONE)
