import pytest

from actors.kalshi.definitions import Market
from actors.kalshi.settled import check, expected_result

NOW = 1_786_943_000 * 1_000_000_000
ROW = {"floor_strike": 63441.03, "strike_type": "greater_or_equal", "result": "yes",
       "expiration_value": "63500.00", "status": "finalized"}  # fmt: skip


def market(**row: object) -> Market:
    made = Market("KXBTC15M-A-00")
    made.take_lifecycle({"event_type": "metadata_updated", "floor_strike": 63441.03}, 1)
    made.take_lifecycle({"event_type": "determined", "result": "yes"}, 2)
    made.take_rest(ROW | row)
    return made


def test_a_market_that_says_the_same_again_has_no_differences() -> None:
    said = check(market(), ROW, NOW, 9)
    assert said.differences == []
    assert (said.strike_e6, said.result, said.expiration_e6, said.frame) == (
        63_441_030_000, "yes", 63_500_000_000, 9
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "difference"),
    [
        ({"floor_strike": 63441.0}, "strike was 63441.03 (lifecycle), REST has 63441.00"),
        ({"result": "no"}, "result was yes, is no"),
    ],
)
def test_what_was_told_twice_and_differently_is_named_with_both_figures(
    row: dict[str, object], difference: str
) -> None:
    assert difference in check(market(**row), ROW | row, NOW, 9).differences


def test_an_amended_settlement_is_named() -> None:
    made = market()
    amended = ROW | {"expiration_value": "63500.01"}
    made.take_rest(amended)
    assert check(made, amended, NOW, 9).differences == ["settlement was 63500.00, is 63500.01"]


def test_a_result_that_does_not_follow_is_named() -> None:
    row = ROW | {"expiration_value": "63441.02"}
    said = check(market(expiration_value="63441.02"), row, NOW, 9)
    assert said.differences == [
        "result is yes, but no follows from settlement 63441.02, strike 63441.03 (greater_or_equal)"
    ]


def test_a_strike_that_only_the_market_before_gave_is_named() -> None:
    made = Market("KXBTC15M-A-00")
    made.take_previous(63_441_030_000)
    row = {"result": "no", "expiration_value": "63500.00"}
    made.take_rest(row)
    assert check(made, row, NOW, 9).differences == ["strike was 63441.03 (previous), REST has none"]


@pytest.mark.parametrize(
    ("kind", "expiration_e6", "result"),
    [("greater_or_equal", 5, "yes"), ("greater", 5, "no"), ("greater", 6, "yes"), ("between", 5, ""),
     ("greater_or_equal", -1, "")],
)  # fmt: skip
def test_what_follows_from_strike_and_settlement(kind: str, expiration_e6: int, result: str) -> None:
    assert expected_result(kind, 5, expiration_e6) == result
