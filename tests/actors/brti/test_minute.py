import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.brti.minute import Minute, average, cents_of_e6, compare
from actors.settlement import settlement_cents, sum_up
from messages import MarketDefined
from tests.actors.signal.vectors import vectors

S = 1_000_000_000
CLOSE = 1_700_000_100


def market(
    strike_e6: int = -1, expiration_e6: int = -1, strike_type: str = "greater_or_equal"
) -> MarketDefined:
    return MarketDefined(
        "KXBTC15M-T", "KXBTC15M-E", "KXBTC15M", 1, (CLOSE - 900) * S, CLOSE * S, "active", strike_type,
        strike_e6, "rest", "", expiration_e6, [], "quadratic", "1",
    )  # fmt: skip


def minute(cents: dict[int, int], strike_e6: int = -1, expiration_e6: int = -1) -> Minute:
    made = Minute(market(strike_e6, expiration_e6), CLOSE)
    for before, value in cents.items():
        made.put("official", CLOSE - before, value)
    return made


@pytest.mark.parametrize("above_cents", [0, 1])
def test_every_reference_case_is_summed_rounded_and_judged_as_stated(above_cents: int) -> None:
    for case in vectors("settlement_check")["synthetic_cases"]:
        strike_cents = case["strike_cents"] + above_cents
        made = Minute(market(strike_e6=strike_cents * 10_000), CLOSE)
        for number, cents in enumerate([*case["prints_cents_T60_to_T1"], case["print_at_T_cents"]]):
            made.put("official", CLOSE - 60 + number, cents)
        window = sum_up(made.cents["official"], CLOSE, CLOSE)
        stated = average(made, "official", window, (CLOSE - 1) * S, CLOSE * S)
        assert (stated.known, stated.sum_cents, stated.average_cents) == (
            60, case["sum_cents"], case["settle_cents"],
        )  # fmt: skip
        assert (stated.missing, stated.remaining, stated.locked_share) == ([], 0, 1.0)
        says = case["result_at_strike_plus_1"] if above_cents else case["result_at_strike"].split()[0]
        assert stated.result == says
        assert stated.required_usd == 0.0


def test_an_average_so_far_says_what_the_rest_must_bring() -> None:
    made = minute({60: 100, 58: 301}, strike_e6=2_000_000)
    window = sum_up(made.cents["official"], CLOSE - 57, CLOSE)
    stated = average(made, "official", window, (CLOSE - 58) * S, (CLOSE - 57) * S + 1)
    assert (stated.known, stated.sum_cents, stated.average_cents) == (2, 401, 201)
    assert (stated.missing, stated.remaining) == ([59, 57], 56)
    assert stated.required_sum_cents == 60 * 200 - 30 - 401
    assert stated.required_usd == pytest.approx(stated.required_sum_cents / 5800)
    assert (stated.strike_cents, stated.result, stated.locked_share) == (200, "", 2 / 60)
    assert (stated.stamp_ns, stated.at_ns) == ((CLOSE - 58) * S, (CLOSE - 57) * S + 1)


def test_without_a_strike_nothing_is_required_and_nothing_decided() -> None:
    made = minute(dict.fromkeys(range(1, 61), 100))
    stated = average(made, "official", sum_up(made.cents["official"], CLOSE, CLOSE), 1, 2)
    assert (stated.strike_cents, stated.required_sum_cents, stated.required_usd) == (-1, 0, 0.0)
    assert (stated.result, stated.average_cents) == ("", 100)


def test_a_strike_that_another_rule_settles_is_none() -> None:
    assert Minute(market(84_000_000_000, strike_type="between"), CLOSE).strike_cents() == -1
    assert Minute(market(84_000_000_000, strike_type=""), CLOSE).strike_cents() == 8_400_000
    assert Minute(market(84_000_000_001), CLOSE).strike_cents() == 8_400_001
    assert Minute(market(0), CLOSE).strike_cents() == -1


@given(
    st.dictionaries(st.integers(1, 60), st.integers(1, 10**8), max_size=60),
    st.integers(1, 10**8),
    st.integers(1, 10**8),
)
def test_the_required_sum_is_exactly_what_tips_the_result(
    known: dict[int, int], strike_cents: int, guess: int
) -> None:
    made = minute(known, strike_e6=strike_cents * 10_000)
    window = sum_up(made.cents.get("official", {}), CLOSE - 61, CLOSE)
    stated = average(made, "official", window, 1, 2)
    assert stated.known + stated.remaining + len(stated.missing) == 60
    rest = stated.required_sum_cents
    assert settlement_cents(stated.sum_cents + rest) >= strike_cents
    assert settlement_cents(stated.sum_cents + rest - 1) < strike_cents
    if stated.remaining == 0:
        assert stated.result == ("yes" if settlement_cents(stated.sum_cents) >= strike_cents else "no")
    else:
        ends_yes = settlement_cents(stated.sum_cents + guess) >= strike_cents
        assert ends_yes == (guess >= rest)


def test_a_comparison_holds_every_source_that_saw_a_value_the_official_first() -> None:
    cents = {
        "cme-cf": dict.fromkeys(range(60), 8_400_840),
        "equal-weighted": {},
        "official": dict.fromkeys(range(60), 8_400_000),
        "nowcast": {1: 8_400_001, 2: 8_400_002},
    }
    said = compare(market(83_000_000_000, 84_000_000_000), cents, 7)
    assert [(one.method, one.average_usd, one.known) for one in said.averages] == [
        ("official", 84_000.0, 60), ("cme-cf", 84_008.4, 60), ("nowcast", 84_000.02, 2),
    ]  # fmt: skip
    assert said.averages[0].error_bps == 0.0
    assert said.averages[1].error_bps == pytest.approx(1.0)
    assert (said.strike_e6, said.expiration_e6, said.at_ns) == (83_000_000_000, 84_000_000_000, 7)


def test_it_is_ready_when_settled_and_whole_or_past_hope() -> None:
    assert not minute({}, expiration_e6=84_000_000_000).ready(CLOSE + 100)
    assert not minute({5: 1}).ready(CLOSE + 100)
    made = minute({5: 1}, expiration_e6=84_000_000_000)
    assert not made.ready(CLOSE - 2)
    assert made.ready(CLOSE - 1)
    made.compared = True
    assert not made.ready(CLOSE - 1)
    assert minute(dict.fromkeys(range(1, 61), 1), expiration_e6=84_000_000_000).ready(CLOSE - 30)


def test_a_value_outside_of_the_sixty_is_not_kept() -> None:
    assert minute({0: 1, 61: 1, -5: 1}).cents == {}


@given(st.integers(1, 10**12))
def test_the_official_value_is_rounded_half_up_to_cents(value_e6: int) -> None:
    assert cents_of_e6(value_e6) == math.floor(Fraction(value_e6, 10_000) + Fraction(1, 2))
