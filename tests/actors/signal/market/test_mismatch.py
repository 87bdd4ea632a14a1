from typing import Any

import msgspec
import pytest

from actors.signal.market.mismatch import mismatch
from messages import (
    MarketDefined,
    MethodAverage,
    SettlementAverage,
    SettlementCompared,
    SettlementMismatch,
)

S = 1_000_000_000
DEFINED = MarketDefined(
    "M", "E", "KXBTC15M", S, 0, 900 * S, "finalized", "greater_or_equal", 84_000_000_000, "rest", "yes",
    84_001_230_000, [], "quadratic", "1",
)  # fmt: skip


def compared(*averages: MethodAverage, **changes: Any) -> SettlementCompared:
    plain = SettlementCompared("M", 900 * S, 910 * S, 84_000_000_000, 84_001_230_000, "yes", list(averages))
    return msgspec.structs.replace(plain, **changes)


def average(method: str, usd: float, known: int = 60) -> MethodAverage:
    return MethodAverage(method, usd, known, (usd / 84_001.23 - 1.0) * 1e4)


def found(settled: SettlementCompared, defined: MarketDefined | None = DEFINED) -> SettlementMismatch | None:
    return mismatch(settled, defined, {}, "cme-cf", 3.0, 911 * S)


def test_official_values_that_give_the_average_to_the_cent_agree() -> None:
    assert found(compared(average("official", 84_001.23), average("cme-cf", 84_900.0))) is None


def test_a_cent_of_difference_is_a_mismatch_with_both_figures() -> None:
    assert found(compared(average("official", 84_001.24))) == SettlementMismatch(
        ticker="M",
        close_ns=900 * S,
        at_ns=911 * S,
        source="official",
        ours_cents=8_400_124,
        expiration_e6=84_001_230_000,
        result="yes",
        ours_result="yes",
    )


def test_the_same_average_with_another_result_is_a_mismatch() -> None:
    made = found(compared(average("official", 84_001.23), result="no"))
    assert made is not None
    assert (made.result, made.ours_result) == ("no", "yes")


def test_without_all_official_values_the_chosen_method_may_be_off_by_its_band() -> None:
    partly = average("official", 84_500.0, known=59)
    assert found(compared(partly, average("cme-cf", 84_020.0))) is None
    made = found(compared(partly, average("cme-cf", 84_040.0)))
    assert made is not None
    assert (made.source, made.ours_cents) == ("cme-cf", 8_404_000)


@pytest.mark.parametrize("averages", [[], [average("cme-cf", 80_000.0, 59)], [average("nowcast", 80_000.0)]])
def test_what_is_not_all_known_accuses_nobody(averages: list[MethodAverage]) -> None:
    assert found(compared(*averages)) is None


def test_an_unknown_strike_or_another_rule_has_no_result_of_ours() -> None:
    settled = compared(average("official", 84_001.23), result="no", strike_e6=-1)
    assert found(settled) is None
    another = msgspec.structs.replace(DEFINED, strike_type="greater")
    assert found(compared(average("official", 84_001.23), result="no"), another) is None


def test_the_exact_sum_counts_where_it_was_said() -> None:
    said = SettlementAverage(
        "M", "official", 900 * S, 900 * S, 899 * S, 60, 1, 8_400_123, 0, [], 8_400_000, 0, 0.0, 1.0, "yes"
    )
    settled = compared(average("official", 84_001.24))
    assert mismatch(settled, DEFINED, {"official": said}, "cme-cf", 3.0, 911 * S) is None
