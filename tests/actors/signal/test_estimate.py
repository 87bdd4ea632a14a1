import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.market_seconds import SECOND_NS, MarketSeconds
from actors.settlement import SecondValues, look
from actors.signal.estimate import Spot, estimate
from actors.signal.model import LOG_NORMAL, NORMAL, Model, model_named
from tests.actors.signal.vectors import vectors

CLOSE = 1_700_000_000


def seen(cents: dict[int, int]) -> SecondValues:
    """cents: seconds before the close -> value."""
    values = SecondValues(MarketSeconds(1.0), SECOND_NS)
    for before in sorted(cents, reverse=True):
        values.put(CLOSE - before, cents[before])
    return values


def value(
    values: SecondValues, left_s: float, spot: Spot, strike: float = 84_000.0, model: Model = NORMAL
) -> float:
    return estimate(look(values, CLOSE), values, left_s, spot, strike, model).probability


PURE = Spot(84_010.0, 5e-5, 0.0, True)
MODELS = [NORMAL, LOG_NORMAL, model_named("student-t", 4.5)]


@pytest.mark.parametrize(
    ("model", "name", "off"),
    [(NORMAL, "p_closed_normal", 4e-4), (LOG_NORMAL, "p_closed_lognormal_mm", 1.05e-4)],
)
def test_every_reference_vector_comes_out_of_the_minute_as_it_is_recorded(
    model: Model, name: str, off: float
) -> None:
    checked = 0
    for row in vectors("fair_value")["rows"]:
        known = row["n_known"]
        if row["window"] != "[T-60,T-1]":
            continue
        total = round(known * (row["running_average"] or 0.0) * 100)
        values = seen({60 - number: total // known + (number < total % known) for number in range(known)})
        if known:
            assert sum(values.cents.values()) == total
        spot = Spot(row["spot"], row["sigma_per_sqrt_s"], 0.0, False)
        made = estimate(look(values, CLOSE), values, row["seconds_to_close"], spot, row["strike"], model)
        assert (made.known, made.missing) == (known, [])
        assert made.probability == pytest.approx(row[name], abs=5.1e-7), row["id"]
        if row["p_mc"] is not None:
            assert made.probability == pytest.approx(row["p_mc"], abs=off), row["id"]
        checked += 1
    assert checked == 20


def test_inside_the_minute_it_is_the_tabled_value() -> None:
    values = seen(dict.fromkeys(range(60, 44, -1), 8_399_500))
    made = estimate(look(values, CLOSE), values, 45.0, Spot(84_020.0, 5e-5, 0.0, True), 84_000.0)
    assert made.probability == pytest.approx(0.866845, abs=1e-6)
    assert (made.known, made.known_mean_usd, made.missing) == (16, 83_995.0, [])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_it_runs_on_continuously_while_a_value_is_on_its_way(model: Model) -> None:
    values = seen(dict.fromkeys(range(60, 30, -1), 8_401_000))
    just_before = value(values, 30.0 + 1e-9, PURE, model=model)
    on_its_way = value(values, 30.0 - 1e-9, PURE, model=model)
    values.put(CLOSE - 30, 8_401_000)
    arrived = value(values, 30.0 - 1e-9, PURE, model=model)
    assert just_before == pytest.approx(on_its_way, abs=1e-4)
    assert on_its_way == pytest.approx(arrived, abs=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_one_second_before_the_close_the_rule_decides(model: Model) -> None:
    tie = {before: 8_400_000 - (before % 2) for before in range(60, 0, -1)}  # mean 83,999.995
    made = estimate(look(seen(tie), CLOSE), seen(tie), 1.0, PURE, 84_000.0, model)
    assert (made.probability, made.sd_usd, made.delta, made.vega) == (1.0, 0.0, 0.0, 0.0)
    below = tie | {60: 8_399_999}
    assert value(seen(below), 1.0, PURE, model=model) == 0.0


@given(st.lists(st.integers(8_399_000, 8_401_000), min_size=60, max_size=60), st.floats(0.001, 1.0))
def test_the_decided_value_is_that_of_integers_alone(cents: list[int], left_s: float) -> None:
    values = seen({60 - number: cent for number, cent in enumerate(cents)})
    settled = (2 * sum(cents) + 60) // 120
    for strike_cents in (settled - 1, settled, settled + 1):
        expected = 1.0 if settled >= strike_cents else 0.0
        assert value(values, left_s, PURE, strike_cents / 100) == expected


def test_it_says_how_it_moves() -> None:
    values = seen(dict.fromkeys(range(60, 44, -1), 8_399_500))
    made = estimate(look(values, CLOSE), values, 45.0, Spot(84_020.0, 5e-5, 0.0, True), 84_000.0)
    assert made.sd_usd == pytest.approx(11.999230731940003)
    up = value(values, 45.0, Spot(84_020.5, 5e-5, 0.0, True))
    down = value(values, 45.0, Spot(84_019.5, 5e-5, 0.0, True))
    assert made.delta == pytest.approx(up - down, rel=1e-3)
    livelier = value(values, 45.0, Spot(84_020.0, 5.005e-5, 0.0, True))
    assert made.vega == pytest.approx((livelier - made.probability) / 1e-3, rel=1e-2)


def test_the_error_of_the_proxy_keeps_the_end_open_and_the_official_values_close_it() -> None:
    values = seen(dict.fromkeys(range(60, 0, -1), 8_400_100))
    open_end = value(values, 0.5, Spot(84_001.0, 5e-5, 1e-4, True))
    assert open_end == pytest.approx(0.5 * math.erfc(-1.005 / 8.4001 / math.sqrt(2)))
    assert value(values, 0.5, Spot(84_001.0, 5e-5, 1e-4, False)) == 1.0


def test_missing_values_are_named_and_drawn_between_their_neighbours() -> None:
    whole = {before: 8_400_000 + 100 * (60 - before) for before in range(60, 40, -1)}
    holed = {before: cents for before, cents in whole.items() if before not in (50, 49)}
    values = seen(holed)
    made = estimate(look(values, CLOSE), values, 41.0, PURE, 84_010.0)
    assert made.missing == [50, 49]
    assert made.known == 18
    assert made.probability == pytest.approx(value(seen(whole), 41.0, PURE, 84_010.0), abs=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(
    cents=st.dictionaries(st.integers(1, 60), st.integers(8_300_000, 8_500_000)),
    left_s=st.floats(0.001, 900),
    strike=st.floats(83_000, 85_000),
)
def test_it_is_a_probability_that_falls_with_the_strike(
    model: Model, cents: dict[int, int], left_s: float, strike: float
) -> None:
    values = seen({before: cents[before] for before in cents if before >= left_s})
    low, high = (value(values, left_s, PURE, at, model) for at in (strike, strike + 10))
    assert 0.0 <= high <= low + 1e-15 <= 1.0 + 1e-15
