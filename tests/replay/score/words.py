"""What the actors say, for tests: one market, and messages about it."""

from messages import (
    DOLLAR_E6,
    INDICATORS,
    Decision,
    DecisionWithheld,
    FairValue,
    Indicators,
    MarketDefined,
    MarketQuoteChanged,
    Signal,
)
from tests.replay.score.made import BEGIN, QUARTER, S

TICKER = "KXBTC15M-26NOV221915-15"


def defined(
    ticker: str = TICKER, window: int = 0, result: str = "", fee: str = "quadratic", at_ns: int = 0
) -> MarketDefined:
    open_ns = BEGIN + window * QUARTER
    expiration_e6 = 84_001 * DOLLAR_E6 if result else -1
    return MarketDefined(
        ticker, ticker[:-3], "KXBTC15M", at_ns or open_ns, open_ns, open_ns + QUARTER,
        "finalized" if result else "active", "greater_or_equal", 84_000 * DOLLAR_E6, "rest", result,
        expiration_e6, [], fee, "1",
    )  # fmt: skip


def quote(
    at_s: float, bid_e6: int, ask_e6: int, ticker: str = TICKER, count_e2: int = 10_000
) -> MarketQuoteChanged:
    at_ns = BEGIN + round(at_s * S)
    return MarketQuoteChanged(ticker, 1, at_ns, 0, bid_e6, count_e2, ask_e6, count_e2)


def fair(at_s: float, probability: float, ticker: str = TICKER, withheld: str = "") -> FairValue:
    at_ns = BEGIN + round(at_s * S)
    return FairValue(
        ticker, at_ns, at_ns, -1.0 if withheld else probability, 84_000.0, 84_000 * DOLLAR_E6,
        900.0 - at_s, 0, 0.0, 5e-5, 400_000, 100, 420_000, 100, 0.0, 0.0, [], [], withheld,
    )  # fmt: skip


def indicators(at_s: float, ticker: str = TICKER, **values: float) -> Indicators:
    at_ns = BEGIN + round(at_s * S)
    row = [values.get(name.replace("-", "_"), float("nan")) for name in INDICATORS]
    return Indicators(ticker, at_ns, at_ns, 1, row, [-1] * len(row), [])


def signal(
    at_s: float, side: str = "yes", price_e6: int = 420_000, ticker: str = TICKER, kind: str = "edge",
    probability: float = 0.5, fee_e6: int = 17_100,
) -> Signal:  # fmt: skip
    at_ns = BEGIN + round(at_s * S)
    return Signal(kind, ticker, at_ns, at_ns, side, price_e6, 100, fee_e6, probability, 0.05, 0.02, 1, [], [])


def decision(
    at_s: float, side: str = "yes", price_e6: int = 420_000, limit_e6: int = 440_000, ticker: str = TICKER
) -> Decision:
    at_ns = BEGIN + round(at_s * S)
    return Decision(
        ticker,
        at_ns,
        at_ns,
        side,
        limit_e6,
        100,
        price_e6,
        17_100,
        0.5,
        0.05,
        1.0,
        ["edge"],
        "",
        1,
        2,
        [],
        [],
    )


def withheld(
    at_s: float, gate: str, reason: str, side: str = "yes", price_e6: int = 420_000, ticker: str = TICKER
) -> DecisionWithheld:
    at_ns = BEGIN + round(at_s * S)
    return DecisionWithheld(ticker, at_ns, at_ns, side, price_e6, 0.05, 1.0, gate, reason, 1, 2)
