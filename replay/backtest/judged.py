"""What is kept of one run over one session: enough to score any choice of its windows as live."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from replay.score.bootstrap import Floats, Ints
from replay.score.bought import DECISION, HORIZONS_S, Bought, pick
from replay.score.outcomes import WON, Outcomes
from replay.score.reading import Recorded
from replay.sessions import Session

_INTS = {"at_ns", "close_ns", "later", "mark_ns"}
_LEFT_OUT = {"market", "kind"}
"""Numbers of names that hold within one run alone."""


class Window(msgspec.Struct, frozen=True):
    """All markets that closed together, under one configuration.

    open_ns: when the first of them opened. pnl_usd: of the paper account, fees paid; 0.0 where it did not
    trade. bought: contracts. samples: of fair value and mid every 10 market seconds; fair_squares,
    mid_squares: the sums of their squared errors.
    """

    close_ns: int
    open_ns: int
    markets: int
    pnl_usd: float
    fees_usd: float
    bought: float
    fills: int
    samples: int
    fair_squares: float
    mid_squares: float


class Decisions(NamedTuple):
    """Decisions of the composite and what followed each. yes: how its market ended, NaN where unknown."""

    bought: Bought
    yes: Floats


class Judged(msgspec.Struct, frozen=True):
    """One run over one session.

    windows: that closed within the session and settled, by close time. unsettled: markets that closed
    there and whose result is not recorded, or came too late for the paper account. disagreeing: settled
    markets whose PnL by the paper account is not what its fills make it. lost: records that could not be
    read. decisions: columns by name, None for NaN; see `decisions_of`.
    """

    windows: list[Window]
    unsettled: int
    disagreeing: list[str]
    lost: int
    decisions: dict[str, list[Any]]


def judge(recorded: Recorded, session: Session) -> Judged:
    """Sum up one session that was run and read. session: as it was run, its ends as they were cut."""
    outcomes = recorded.outcomes
    inside = [
        defined
        for ticker in outcomes.tickers()
        if (defined := outcomes.defined(ticker)) is not None
        and session.from_ns < defined.close_ns < session.to_ns
    ]
    held = recorded.paper.open()
    waiting = {defined.close_ns for defined in inside if defined.ticker in held}
    opened: dict[int, list[int]] = {}
    for defined in inside:
        if defined.result in WON and defined.close_ns not in waiting:
            opened.setdefault(defined.close_ns, []).append(defined.open_ns)
    traded = recorded.paper.markets(outcomes)
    sampled = recorded.sampled
    yes = _ended(outcomes, recorded.markets)[sampled.market]
    known = ~(np.isnan(yes) | np.isnan(sampled.probability) | np.isnan(sampled.mid))
    windows = []
    for close_ns in sorted(opened):
        of = [market for market in traded if market.close_ns == close_ns]
        at = known & (sampled.close_ns == close_ns)
        windows.append(
            Window(
                close_ns=close_ns,
                open_ns=min(opened[close_ns]),
                markets=len(opened[close_ns]),
                pnl_usd=sum(market.pnl_usd for market in of),
                fees_usd=sum(market.fees_usd for market in of),
                bought=sum(market.bought for market in of),
                fills=sum(market.fills for market in of),
                samples=int(at.sum()),
                fair_squares=float(((sampled.probability[at] - yes[at]) ** 2).sum()),
                mid_squares=float(((sampled.mid[at] - yes[at]) ** 2).sum()),
            )
        )
    return Judged(
        windows=windows,
        unsettled=sum(not defined.result or defined.close_ns in waiting for defined in inside),
        disagreeing=[market.ticker for market in traded if market.agrees is False],
        lost=recorded.lost,
        decisions=_columns(recorded),
    )


def decisions_of(judged: Sequence[Judged]) -> Decisions:
    """The decisions of several sessions as they were read, by time."""
    fields = [field for field in Bought._fields if field not in _LEFT_OUT]
    joined: dict[str, Any] = {}
    for field in [*fields, "yes"]:
        parts = [_array(field, one.decisions[field]) for one in judged]
        joined[field] = np.concatenate(parts, axis=-1) if parts else _array(field, _none_of(field))
    numbers: Ints = np.zeros(len(joined["at_ns"]), dtype=np.int64)
    bought = Bought(market=numbers, kind=numbers, **{field: joined[field] for field in fields})
    by_time = np.argsort(bought.at_ns, kind="stable")
    return Decisions(pick(bought, by_time), joined["yes"][by_time])


def _columns(recorded: Recorded) -> dict[str, list[Any]]:
    number = recorded.kinds.index(DECISION) if DECISION in recorded.kinds else -1
    of = pick(recorded.bought, recorded.bought.kind == number)
    columns = {field: getattr(of, field).tolist() for field in Bought._fields if field not in _LEFT_OUT}
    return columns | {"yes": _ended(recorded.outcomes, recorded.markets)[of.market].tolist()}


def _ended(outcomes: Outcomes, tickers: Sequence[str]) -> Floats:
    return np.array([outcomes.yes(ticker) for ticker in tickers], dtype=np.float64)


def _array(field: str, values: list[Any]) -> Any:
    return np.array(values, dtype=np.int64 if field in _INTS else np.float64)


def _none_of(field: str) -> list[Any]:
    return [[] for _ in HORIZONS_S] if field in ("marks", "mark_ns") else []
