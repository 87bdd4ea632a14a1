"""How `fit` shows a calibration and its score. Pure."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from actors.signal.calibration_file import Judged, Logistic, Trained
from cli.wording import moment_utc

if TYPE_CHECKING:
    from replay.fit.fitting import Fitted

LEAST_SHOWN = 0.01
"""Weights smaller than this are not named one by one."""
MOST_TICKERS = 3


def as_text(fitted: "Fitted", out: Path | None) -> str:
    """What was fitted on, what came of it, how it did, and what to do now."""
    file = fitted.file
    lines = [
        f"calibration {file.version}",
        f"  fitted on  {_span(file.trained)}",
        f"  tested on  {_span(file.tested)}",
        *(f"  left out   {line}" for line in _left_out(fitted)),
        f"  {_model(fitted)}",
        "",
        *_table(file.tested),
        "",
        fitted.verdict,
    ]
    if out is not None:
        lines.append(f"Written to {out}. The signal actor uses what its setting calibration_file names.")
    return "\n".join(lines)


def as_fields(fitted: "Fitted", out: Path | None) -> dict[str, Any]:
    """The same for scripts."""
    return {
        **msgspec.to_builtins(fitted.file),
        "left_out": [{"ticker": left.ticker, "why": left.why} for left in fitted.left_out],
        "verdict": fitted.verdict,
        "written_to": str(out) if out is not None else None,
    }


def _span(span: Trained | Judged) -> str:
    return (
        f"{span.markets} markets in {span.windows} windows, {moment_utc(span.from_ns)} to "
        f"{moment_utc(span.to_ns)} UTC, {span.samples:,} samples"
    )


def _left_out(fitted: "Fitted") -> list[str]:
    lines = []
    for why, count in Counter(left.why for left in fitted.left_out).items():
        tickers = [left.ticker for left in fitted.left_out if left.why == why]
        more = " …" if count > MOST_TICKERS else ""
        lines.append(f"{count}: {why} ({', '.join(tickers[:MOST_TICKERS])}{more})")
    return lines


def _model(fitted: "Fitted") -> str:
    model, penalty = fitted.file.model, fitted.file.trained.penalty
    if not isinstance(model, Logistic):
        return f"isotonic   a rising line through {len(model.knots)} points"
    if penalty is None:
        return f"logistic   log-odds x {model.slope:.3f} {model.intercept:+.3f}; no indicator earned a weight"
    weights = sorted(zip(model.features, model.weights, strict=True), key=lambda pair: -abs(pair[1]))
    named = [f"{name} {weight:+.3f}" for name, weight in weights if abs(weight) >= LEAST_SHOWN]
    return (
        f"logistic   log-odds x {model.slope:.3f} {model.intercept:+.3f}; for one standard deviation of "
        f"{', '.join(named) or 'every indicator less than 0.01'} (penalty {penalty:g})"
    )


def _table(tested: Judged) -> list[str]:
    rows = [
        ("calibrated", tested.brier, tested.log_loss),
        ("uncalibrated", tested.brier_uncalibrated, tested.log_loss_uncalibrated),
    ]
    lines = [f"{'':<34}{'Brier':>8}{'log loss':>10}"]
    lines += [f"{name:<34}{brier:>8.4f}{loss:>10.4f}" for name, brier, loss in rows]
    if tested.brier_market is not None and tested.brier_beside_market is not None:
        lines.append(f"{'market mid, where it had one':<34}{tested.brier_market:>8.4f}")
        lines.append(f"{'calibrated, on the same moments':<34}{tested.brier_beside_market:>8.4f}")
    return lines
