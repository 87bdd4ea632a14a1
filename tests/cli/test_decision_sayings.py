"""Fair values, decisions and paper trades in words."""

import math

from cli.sayings import say
from messages import (
    INDICATORS,
    Decision,
    DecisionWithheld,
    Indicators,
    PaperAccount,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    Position,
    SettlementMismatch,
    Signal,
    VolatilityState,
)

S = 1_000_000_000


def test_a_signal_says_what_to_buy_at_which_price_and_why() -> None:
    signal = Signal(
        "edge", "KXBTC15M-X-30", 1, 1, "no", 610_000, 14_500, 16_700, 0.35, 0.0225, 0.02, 4, [], []
    )
    assert say(signal) == (
        "KXBTC15M-X-30 buy NO at $0.61 x 145, fair $0.3500, edge $0.0225 after fees (threshold $0.0200)"
    )


def test_a_signal_of_another_kind_says_its_value_in_its_own_unit() -> None:
    signal = Signal(
        "momentum-15", "M", 1, 1, "yes", 610_000, 100, 16_700, 0.35, 0.0225, 0.5, 4, [], [], 0.75, 5
    )
    assert say(signal) == "M buy YES at $0.61 x 1, fair $0.3500, momentum-15 +0.75 (threshold 0.5)"


def test_indicators_are_named_where_they_have_a_value() -> None:
    values = [0.01, math.nan, -0.5, 0.0]
    assert say(Indicators("M", 1, 1, 4, values, [1] * 4, [])) == (
        "M edge-yes=+0.01 maker-edge-yes=-0.5 maker-edge-no=+0"
    )
    assert say(Indicators("M", 1, 1, 4, [math.nan], [-1], [])) == "M no indicator has a value"


def test_what_rests_on_polymarket_is_never_called_riskless() -> None:
    values = [math.nan] * INDICATORS.index("polymarket-gap") + [0.04]
    assert say(Indicators("M", 1, 1, 4, values, [1] * 20, [])) == (
        "M polymarket-gap=+0.04 (polymarket-gap: settles on a different source, never riskless)"
    )
    signal = Signal(
        "polymarket-gap", "M", 1, 1, "yes", 610_000, 100, 16_700, 0.35, 0.0225, 0.05, 4, [], [], 0.06, 5
    )
    assert say(signal).endswith("(threshold 0.05), settles on a different source, never riskless")


def test_a_decision_says_how_many_up_to_which_price_and_why() -> None:
    decision = Decision(
        "M",
        1,
        1,
        "no",
        600_000,
        1_000,
        580_000,
        17_100,
        0.38,
        0.0229,
        1.5,
        ["edge", "delay"],
        "",
        4,
        5,
        [],
        [],
    )
    assert say(decision) == (
        "M would buy 10 NO up to $0.60, fair $0.3800, edge $0.0229 after fees, score 1.5 (edge, delay)"
    )
    withheld = DecisionWithheld(
        "M", 1, 1, "no", 580_000, 0.0229, 1.5, "closing", "2.0 s before the close", 4, 5
    )
    assert say(withheld) == (
        "M NO at $0.58 withheld by gate closing: 2.0 s before the close (edge $0.0229, score 1.5)"
    )


def test_a_mismatch_says_both_averages_and_both_results() -> None:
    mismatch = SettlementMismatch("M", 900 * S, 905 * S, "official", 8_400_001, 83_999_990_000, "no", "yes")
    assert say(mismatch) == ("M settled NO at $83,999.99; the sixty values (official) give $84,000.01, YES")


def test_a_volatility_state_says_how_much_it_has_seen() -> None:
    state = VolatilityState(S, 1.0, 84_000.0, [600.0, 1800.0], [1.0, 1.0], [1.0, 1.0], 1_234.0, [], [])
    assert say(state) == "1,234 s of index seen, 2 half-lives, last $84,000.00"


def test_a_paper_order_its_fills_and_its_end_are_said() -> None:
    order = PaperOrder(7, "M", S, 61 * S, 40, "buy", "yes", 610_000, 1_000)
    assert say(order) == "order 7: M buy 10 YES at $0.61 or better, due 00:01:01.000"
    fill = PaperFill(7, "M", S, "buy", "yes", 600_000, 550, 92_400, 12)
    assert say(fill) == "order 7: M bought 5.50 YES at $0.60, fee $0.0924"
    refused = PaperRefused(0, "M", S, 40, 450, "day's loss $50.00 reached")
    assert say(refused) == "decision 40: M 4.50 refused: day's loss $50.00 reached"
    settled = PaperSettled("M", S, "no", 550, 0, 3_392_400, 0, -3_392_400)
    assert say(settled) == "M settled NO: held 5.50 YES, 0 NO, cost $3.39, paid $0.00, result -$3.39"
    positions = [Position("M", 550, 0, 3_392_400), Position("N", 0, 0, 0, orders=1)]
    account = PaperAccount(S, 8, positions, "2026-11-22", 0, 1_500_000, [order], 40)
    assert say(account) == "markets held: 1, orders open: 1, 2026-11-22 +$0.00, in total +$1.50"
