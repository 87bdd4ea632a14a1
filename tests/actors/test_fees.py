from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.fees import Rounding, maker_fee_e6, multiplier_e6, order_fee_e6, taker_fee_e6
from tests.actors.signal.vectors import vectors

ONE = 1_000_000


@pytest.mark.parametrize(
    ("price", "one_direct", "one_cent", "hundred_cent", "hundred_direct"),
    [
        ("0.01", "0.0007", "0.01", "0.07", "0.0693"),
        ("0.05", "0.0034", "0.01", "0.34", "0.3325"),
        ("0.10", "0.0063", "0.01", "0.63", "0.63"),
        ("0.25", "0.0132", "0.02", "1.32", "1.3125"),
        ("0.50", "0.0175", "0.02", "1.75", "1.75"),
    ],
)
def test_the_published_table_comes_out_for_a_price_and_for_its_other_side(
    price: str, one_direct: str, one_cent: str, hundred_cent: str, hundred_direct: str
) -> None:
    price_e6 = int(Decimal(price) * ONE)
    for p in (price_e6, ONE - price_e6):
        assert taker_fee_e6(p, 100, ONE, Rounding.DIRECT) == Decimal(one_direct) * ONE
        assert taker_fee_e6(p, 100, ONE, Rounding.CENT) == Decimal(one_cent) * ONE
        assert taker_fee_e6(p, 10_000, ONE, Rounding.CENT) == Decimal(hundred_cent) * ONE
        assert taker_fee_e6(p, 10_000, ONE, Rounding.DIRECT) == Decimal(hundred_direct) * ONE


def test_the_documents_own_example_comes_out() -> None:
    assert taker_fee_e6(55_000, 100, ONE, Rounding.DIRECT) == 3_700  # .00363825, up to a hundredth of a cent
    assert taker_fee_e6(55_000, 100, ONE, Rounding.NON_DIRECT) == 5_000


def test_every_reference_vector_comes_out() -> None:
    columns = {
        Rounding.DIRECT: "taker_direct_0_0001",
        Rounding.NON_DIRECT: "taker_nondirect_0_01",
        Rounding.CENT: "taker_cent_ceiling",
    }
    rows = vectors("fees")["rows"]
    assert len(rows) > 40
    for row in rows:
        for rounding, column in columns.items():
            fee = taker_fee_e6(int(Decimal(row["price"]) * ONE), row["contracts"] * 100, ONE, rounding)
            assert fee == Decimal(row[column]) * ONE, (row, column)


@given(st.integers(0, 10_000), st.integers(0, 10**7), st.integers(0, 5 * ONE))
def test_it_is_the_exact_formula_rounded_up_and_never_down(
    ticks: int, count_e2: int, multiplier: int
) -> None:
    price_e6 = ticks * 100
    p = Decimal(price_e6) / ONE
    exact = Decimal("0.07") * (Decimal(multiplier) / ONE) * (Decimal(count_e2) / 100) * p * (1 - p)
    direct = exact.quantize(Decimal("0.0001"), ROUND_CEILING)
    assert taker_fee_e6(price_e6, count_e2, multiplier, Rounding.DIRECT) == direct * ONE
    cent = exact.quantize(Decimal("0.01"), ROUND_CEILING)
    assert taker_fee_e6(price_e6, count_e2, multiplier, Rounding.CENT) == cent * ONE
    net = taker_fee_e6(price_e6, count_e2, multiplier, Rounding.NON_DIRECT)
    assert direct * ONE <= net < direct * ONE + 10_000


levels = st.lists(st.tuples(st.integers(0, 10_000).map(lambda t: t * 100), st.integers(1, 10**5)), max_size=6)


@given(levels, st.sampled_from(Rounding))
def test_an_order_is_rounded_once_and_never_costs_more_than_its_parts(
    fills: list[tuple[int, int]], rounding: Rounding
) -> None:
    whole = order_fee_e6(fills, ONE, rounding)
    parts = sum(taker_fee_e6(price, count, ONE, rounding) for price, count in fills)
    unrounded = sum(Decimal(7 * count * price * (ONE - price)) / (10_000 * ONE) for price, count in fills)
    assert unrounded <= whole < unrounded + 20_000
    assert whole <= parts


@pytest.mark.parametrize("text", ["1", "1.0", "0.5", "2", "0"])
def test_a_multiplier_is_read_exactly(text: str) -> None:
    assert multiplier_e6("quadratic", text) == Decimal(text) * ONE


@pytest.mark.parametrize(
    ("fee_type", "multiplier"),
    [("", "1"), ("flat", "1"), ("quadratic", ""), ("quadratic", "x"), ("quadratic", "-1"),
     ("quadratic", "NaN"), ("quadratic", "Infinity"), ("quadratic", "0.0000001")],
)  # fmt: skip
def test_a_fee_that_is_not_known_is_not_guessed(fee_type: str, multiplier: str) -> None:
    assert multiplier_e6(fee_type, multiplier) is None


def test_every_reference_maker_fee_comes_out() -> None:
    for row in vectors("fees")["rows"]:
        price_e6, count_e2 = int(Decimal(row["price"]) * ONE), row["contracts"] * 100
        free = maker_fee_e6(price_e6, count_e2, "quadratic", ONE, Rounding.DIRECT)
        assert free == Decimal(row["maker_KXBTC15M"]) == 0
        paid = maker_fee_e6(price_e6, count_e2, "quadratic_with_maker_fees", ONE, Rounding.CENT)
        assert paid == Decimal(row["maker_if_quadratic_with_maker_fees"]) * ONE, row


@pytest.mark.parametrize(
    ("fee_type", "rate"),
    [("quadratic_with_maker_fees", "0.0175"), ("quadratic_with_combo_maker_fees", "0.035")],
)
def test_a_maker_pays_his_types_rate_times_the_multiplier_rounded_up(fee_type: str, rate: str) -> None:
    exact = Decimal(rate) * 2 * 37 * Decimal("0.31") * Decimal("0.69")
    fee_e6 = maker_fee_e6(310_000, 3700, fee_type, 2 * ONE, Rounding.DIRECT)
    assert fee_e6 == exact.quantize(Decimal("0.0001"), ROUND_CEILING) * ONE


def test_a_balance_in_whole_cents_is_rounded_even_where_the_maker_pays_nothing() -> None:
    assert maker_fee_e6(55_000, 100, "quadratic", ONE, Rounding.NON_DIRECT) == 5_000


def test_a_makers_fee_of_an_unknown_type_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        maker_fee_e6(500_000, 100, "flat", ONE, Rounding.DIRECT)
