import pytest

from messages import DOLLAR_E6, PaperFill, PaperOrder, PaperRefused, PaperSettled
from replay.score.outcomes import Outcomes
from replay.score.paper import PaperLedger
from tests.replay.score.made import BEGIN, QUARTER
from tests.replay.score.words import defined


def fill(ticker: str, side: str, price_e6: int, count: int, fee_e6: int, action: str = "buy") -> PaperFill:
    return PaperFill(1, ticker, BEGIN, action, side, price_e6, count * 100, fee_e6, 9)


def settled(ticker: str, result: str, pnl_e6: int) -> PaperSettled:
    return PaperSettled(ticker, BEGIN, result, 0, 0, 0, 0, pnl_e6)


def outcomes() -> Outcomes:
    known = Outcomes()
    for place, (ticker, result) in enumerate({"a": "yes", "b": "no", "c": ""}.items()):
        known.take(defined(ticker, place, result))
    return known


def test_the_accounts_own_profit_is_told_and_agrees_with_its_fills() -> None:
    ledger = PaperLedger()
    ledger.take(PaperOrder(1, "a", BEGIN, BEGIN, 5, "buy", "yes", 500_000, 300))
    ledger.take(fill("a", "yes", 400_000, 2, 33_600))
    ledger.take(fill("a", "yes", 410_000, 1, 17_000))
    ledger.take(settled("a", "yes", 3 * DOLLAR_E6 - 1_210_000 - 50_600))
    ledger.take(fill("b", "yes", 400_000, 10, 168_000))
    ledger.take(settled("b", "no", -4_168_000))
    found = ledger.sum_up(outcomes())
    assert (found.orders, found.fills, found.contracts, found.settled, found.open) == (1, 3, 13.0, 2, 0)
    assert found.pnl_usd == pytest.approx(1.7394 - 4.168)
    assert found.fees_usd == pytest.approx(0.2186)
    assert found.per_contract.mean == pytest.approx((1.7394 - 4.168) / 13)
    assert (found.disagreeing, found.unchecked) == ([], 0)
    first, second = ledger.markets(outcomes())
    assert (first.ticker, first.close_ns, first.bought, first.fills) == ("a", BEGIN + QUARTER, 3.0, 2)
    assert first.fees_usd == pytest.approx(0.0506)
    assert (second.pnl_usd, second.agrees) == (-4.168, True)


def test_an_exit_brings_its_price_less_its_fee() -> None:
    ledger = PaperLedger()
    ledger.take(fill("b", "no", 400_000, 2, 33_600))
    ledger.take(fill("b", "no", 600_000, 2, 33_600, "sell"))
    ledger.take(settled("b", "no", 400_000 - 67_200))
    assert ledger.sum_up(outcomes()).disagreeing == []


def test_a_fill_that_the_account_forgot_is_named() -> None:
    ledger = PaperLedger()
    ledger.take(fill("b", "yes", 400_000, 10, 168_000))
    ledger.take(settled("b", "no", 0))
    ledger.take(settled("never filled", "no", 5))
    found = ledger.sum_up(outcomes())
    assert (found.disagreeing, found.unchecked) == (["b"], 1)


def test_what_is_open_and_what_was_refused_is_counted() -> None:
    ledger = PaperLedger()
    assert not ledger.spoke
    ledger.take(fill("c", "yes", 400_000, 1, 16_800))
    for seconds in (3, 4):
        ledger.take(PaperRefused(1, "c", BEGIN, 5, 100, f"the book is {seconds} s old"))
    found = ledger.sum_up(outcomes())
    assert (ledger.spoke, found.open, found.settled, found.pnl_usd) == (True, 1, 0, 0.0)
    assert [(row.reason, row.count) for row in found.refused] == [("the book is N s old", 2)]
    assert found.per_market.mean is None
