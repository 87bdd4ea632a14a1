from typing import Any

import msgspec
import pytest

from actors.fees import Rounding
from actors.paper.exits import exits
from messages import FairValue

ONE = 1_000_000


def found(edge_usd: float = 0.01, **changes: Any) -> list[tuple[str, int]]:
    fair = FairValue(
        "M", 1, 1, 0.5, 84_000.0, 84_000_000_000, 100.0, 0, 0.0, 1e-4, 480_000, 100, 520_000, 100, 0.0, 0.0,
        [], [], "",
    )  # fmt: skip
    changed = msgspec.structs.replace(fair, **changes)
    return [(one.side, one.limit_e6) for one in exits(changed, ONE, Rounding.DIRECT, edge_usd)]


@pytest.mark.parametrize(
    ("probability", "sold"),
    [
        (0.5, []),
        (0.4525, []),  # .48 - .0175 - .4525 = .01 in decimals; the fee of .48 is .0175 rounded up
        (0.45, [("yes", 480_000)]),
        (0.2, [("yes", 480_000)]),
        (0.9, [("no", 480_000)]),
    ],
)
def test_a_side_is_sold_when_its_bid_less_the_fee_beats_its_worth_by_the_edge(
    probability: float, sold: list[tuple[str, int]]
) -> None:
    assert found(probability=probability, edge_usd=0.0101) == sold


def test_a_negative_edge_sells_at_a_price_below_the_fair_value() -> None:
    assert found(edge_usd=-0.05) == [("yes", 480_000), ("no", 480_000)]


def test_nothing_is_sold_on_a_value_that_is_withheld_or_into_an_empty_side() -> None:
    assert found(probability=-1.0, withheld="no index") == []
    assert found(probability=0.0, bid_e6=-1, bid_count_e2=0) == []
    assert found(probability=1.0, ask_e6=-1, ask_count_e2=0) == []
