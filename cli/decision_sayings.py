"""One readable line for each message about fair values, decisions and paper trading. Pure."""

import math
from collections.abc import Callable
from typing import Any

from cli.wording import (
    NOT_RISKLESS,
    POLYMARKET_GAP,
    clock_utc,
    contract_price,
    contract_side,
    count,
    countdown,
    dollars,
)
from messages import (
    INDICATORS,
    Decision,
    DecisionWithheld,
    FairValue,
    Indicators,
    Message,
    PaperAccount,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    SettlementMismatch,
    Signal,
    VolatilityState,
)


def _fair(m: FairValue) -> str:
    market = f"{contract_side(m.bid_e6, m.bid_count_e2)} - {contract_side(m.ask_e6, m.ask_count_e2)}"
    if m.withheld:
        return f"{m.ticker or 'no market'} withheld: {m.withheld}"
    return (
        f"{m.ticker} fair ${m.probability:.4f}, market {market}, edge yes {m.edge_yes_usd:+.4f} "
        f"no {m.edge_no_usd:+.4f}, index {dollars(m.index_usd)}, {countdown(m.left_s)} left"
    )


def _signal(m: Signal) -> str:
    if m.signal_kind == "edge":
        why = f"edge ${m.edge_usd:.4f} after fees (threshold ${m.threshold_usd:.4f})"
    else:
        why = f"{m.signal_kind} {m.value:+.4g} (threshold {m.threshold_usd:.4g})"
    if m.signal_kind == POLYMARKET_GAP:
        why += f", {NOT_RISKLESS}"
    return (
        f"{m.ticker} buy {m.side.upper()} at {contract_price(m.price_e6)} x {count(m.count_e2)}, "
        f"fair ${m.probability:.4f}, {why}"
    )


def _indicators(m: Indicators) -> str:
    named = zip(INDICATORS, m.values, strict=False)  # a later version may know more, an earlier one less
    known = {name: f"{name}={value:+.4g}" for name, value in named if math.isfinite(value)}
    warning = f" ({POLYMARKET_GAP}: {NOT_RISKLESS})" if POLYMARKET_GAP in known else ""
    return f"{m.ticker} {' '.join(known.values()) or 'no indicator has a value'}{warning}"


def _decision(m: Decision) -> str:
    calibrated = f", calibrated by {m.calibration}" if m.calibration else ""
    return (
        f"{m.ticker} would buy {count(m.count_e2)} {m.side.upper()} up to {contract_price(m.limit_e6)}, "
        f"fair ${m.probability:.4f}{calibrated}, edge ${m.edge_usd:.4f} after fees, score {m.score:.3g} "
        f"({', '.join(m.reasons) or 'no reason named'})"
    )


def _withheld(m: DecisionWithheld) -> str:
    return (
        f"{m.ticker} {m.side.upper()} at {contract_price(m.price_e6)} withheld by gate {m.gate}: {m.reason} "
        f"(edge ${m.edge_usd:.4f}, score {m.score:.3g})"
    )


def _mismatch(m: SettlementMismatch) -> str:
    return (
        f"{m.ticker} settled {m.result.upper()} at {dollars(m.expiration_e6 / 1e6)}; the sixty values "
        f"({m.source}) give {dollars(m.ours_cents / 100)}, {m.ours_result.upper()}"
    )


def _volatility(m: VolatilityState) -> str:
    factors = f", {len(m.factors)} half hours" if m.factors else ""
    seen = f"{m.observed_s:,.0f} s of index seen"
    return f"{seen}, {len(m.half_lives_s)} half-lives{factors}, last {dollars(m.price_usd)}"


def _paper_order(m: PaperOrder) -> str:
    return (
        f"order {m.order}: {m.ticker} {m.action} {count(m.count_e2)} {m.side.upper()} "
        f"at {contract_price(m.limit_e6)} or better, due {clock_utc(m.due_ns)}"
    )


def _paper_fill(m: PaperFill) -> str:
    done = "sold" if m.action == "sell" else "bought"
    return (
        f"order {m.order}: {m.ticker} {done} {count(m.count_e2)} {m.side.upper()} "
        f"at {contract_price(m.price_e6)}, fee ${m.fee_e6 / 1e6:.4f}"
    )


def _paper_refused(m: PaperRefused) -> str:
    what = f"order {m.order}" if m.order > 0 else f"decision {m.decision}"
    return f"{what}: {m.ticker} {count(m.count_e2)} refused: {m.reason}"


def _paper_settled(m: PaperSettled) -> str:
    return (
        f"{m.ticker} settled {m.result.upper() or '-'}: held {count(m.yes_count_e2)} YES, "
        f"{count(m.no_count_e2)} NO, cost {_cash(m.cost_e6)}, paid {_cash(m.paid_e6)}, "
        f"result {_cash(m.pnl_e6, '+')}"
    )


def _paper_account(m: PaperAccount) -> str:
    held = sum(position.yes_count_e2 > 0 or position.no_count_e2 > 0 for position in m.positions)
    return (
        f"markets held: {held}, orders open: {len(m.open)}, "
        f"{m.day or 'today'} {_cash(m.day_pnl_e6, '+')}, in total {_cash(m.total_pnl_e6, '+')}"
    )


def _cash(usd_e6: int, plus: str = "") -> str:
    sign = "-" if usd_e6 < 0 else plus
    return f"{sign}${abs(usd_e6) / 1e6:,.2f}"


WORDS: dict[type[Message], Callable[[Any], str]] = {
    FairValue: _fair,
    Signal: _signal,
    Indicators: _indicators,
    Decision: _decision,
    DecisionWithheld: _withheld,
    SettlementMismatch: _mismatch,
    VolatilityState: _volatility,
    PaperOrder: _paper_order,
    PaperFill: _paper_fill,
    PaperRefused: _paper_refused,
    PaperSettled: _paper_settled,
    PaperAccount: _paper_account,
}
