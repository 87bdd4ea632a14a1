"""A score over chosen windows of one or several runs: the same as live."""

from collections.abc import Sequence

import msgspec
import numpy as np

from replay.backtest.judged import Decisions, Judged, Window, decisions_of
from replay.score.bootstrap import Floats, Interval, mean_interval, ratio_interval
from replay.score.bought import DECISION, pick
from replay.score.report import KindScore, kind_score


class Pooled(msgspec.Struct, frozen=True):
    """Windows of one point, or of those chosen one after the other. Money in dollars, fees paid.

    pnl_usd: of the paper account, in all; per_window: windows without a trade count 0; per_contract: bought.
    traded: windows with a fill. fair_better: squared error of the market's mid less that of the fair value,
    every 10 market seconds. decisions: as `score` has them, an order arriving after the paper account's
    latency; None where there were none. disagreeing: markets whose PnL by the paper account is not what its
    fills make it. lost: records of the runs that could not be read.
    """

    windows: int
    markets: int
    traded: int
    fills: int
    contracts: float
    fees_usd: float
    pnl_usd: float
    per_window: Interval
    per_contract: Interval
    fair_better: Interval
    decisions: KindScore | None
    disagreeing: list[str]
    lost: int


def windows_of(judged: Sequence[Judged]) -> list[Window]:
    """The windows of several sessions, by close time; one that two sessions saw is added up."""
    found: dict[int, Window] = {}
    for one in judged:
        for window in one.windows:
            before = found.get(window.close_ns)
            found[window.close_ns] = window if before is None else _add(before, window)
    return [found[close_ns] for close_ns in sorted(found)]


def pool(parts: Sequence[tuple[Sequence[Judged], Sequence[int]]], tried: int) -> Pooled:
    """Score windows. parts: what runs gave, and the close times to take of it. tried: points among which the
    one scored was chosen on these same windows; 1 if it was chosen before them."""
    windows: list[Window] = []
    rows: list[Decisions] = []
    for judged, wanted in parts:
        windows += [window for window in windows_of(judged) if window.close_ns in set(wanted)]
        found = decisions_of(judged)
        inside = np.isin(found.bought.close_ns, np.array(wanted, dtype=np.int64))
        rows.append(Decisions(pick(found.bought, inside), found.yes[inside]))
    close_ns = np.array([window.close_ns for window in windows], dtype=np.int64)
    pnl_usd = _column(windows, "pnl_usd")
    bought = _column(windows, "bought")
    better = _column(windows, "mid_squares") - _column(windows, "fair_squares")
    runs = {id(one): one for judged, _ in parts for one in judged}.values()
    return Pooled(
        windows=len(windows),
        markets=sum(window.markets for window in windows),
        traded=sum(window.fills > 0 for window in windows),
        fills=sum(window.fills for window in windows),
        contracts=float(bought.sum()),
        fees_usd=float(_column(windows, "fees_usd").sum()),
        pnl_usd=float(pnl_usd.sum()),
        per_window=mean_interval(pnl_usd, close_ns),
        per_contract=ratio_interval(pnl_usd, bought, close_ns),
        fair_better=ratio_interval(better, _column(windows, "samples"), close_ns, 1.0),
        decisions=_decisions(rows, tried, len(windows)),
        disagreeing=sorted({ticker for one in runs for ticker in one.disagreeing}),
        lost=sum(one.lost for one in runs),
    )


def _decisions(rows: Sequence[Decisions], tried: int, windows: int) -> KindScore | None:
    columns = zip(*(row.bought for row in rows), strict=True)
    joined = [np.concatenate(column, axis=-1) for column in columns]
    if not joined or not joined[0].size:
        return None
    bought = type(rows[0].bought)(*joined)
    yes = np.concatenate([row.yes for row in rows])
    by_time = np.argsort(bought.at_ns, kind="stable")
    return kind_score(DECISION, pick(bought, by_time), yes[by_time], tried, windows)


def _column(windows: Sequence[Window], field: str) -> Floats:
    return np.array([getattr(window, field) for window in windows], dtype=np.float64)


def _add(one: Window, other: Window) -> Window:
    return msgspec.structs.replace(
        other,
        open_ns=min(one.open_ns, other.open_ns),
        markets=max(one.markets, other.markets),
        **{
            field: getattr(one, field) + getattr(other, field)
            for field in (
                "pnl_usd", "fees_usd", "bought", "fills", "samples", "fair_squares", "mid_squares",
            )
        },
    )  # fmt: skip
