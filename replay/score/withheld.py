"""What was not said, how often, for how long, and why."""

import re

import msgspec

from messages import DecisionWithheld, FairValue
from replay.score.bought import Clock
from replay.score.samples import FRESH_S

_FIGURE = re.compile(r"\d[\d,]*(\.\d+)?")


class Reason(msgspec.Struct, frozen=True):
    """One reason, its figures replaced by N. count: how often it was said; market_s: for how long it held,
    as far as it was said again; 0.0 where only events are counted."""

    reason: str
    count: int
    market_s: float


class Gate(msgspec.Struct, frozen=True):
    """Decisions that one gate withheld. reasons: in words, the most frequent first."""

    gate: str
    count: int
    reasons: list[Reason]


class Withheld(msgspec.Struct, frozen=True):
    """given_s: market seconds for which a fair value stood; fair: for which none did, and why; gates: of
    decisions."""

    given_s: float
    fair: list[Reason]
    gates: list[Gate]


class Counter:
    """Counts what was withheld, in the order in which it was said."""

    def __init__(self) -> None:
        self._last: dict[str, FairValue] = {}
        self._given_s = 0.0
        self._fair: dict[str, list[float]] = {}
        self._gates: dict[str, dict[str, int]] = {}

    def take(self, message: FairValue | DecisionWithheld, clock: Clock) -> None:
        """Take a message in."""
        if isinstance(message, DecisionWithheld):
            reasons = self._gates.setdefault(message.gate, {})
            reason = plain_reason(message.reason)
            reasons[reason] = reasons.get(reason, 0) + 1
            return
        before = self._last.get(message.ticker)
        self._last[message.ticker] = message
        if before is not None:
            lasted_s = (message.at_ns - before.at_ns) * clock.speed / 1e9
            self._hold(before.withheld, min(max(0.0, lasted_s), FRESH_S))
        if message.withheld:
            self._row(message.withheld)[0] += 1

    def forget(self, ticker: str) -> None:
        """A market is over."""
        self._last.pop(ticker, None)

    def sum_up(self) -> Withheld:
        """All that was counted, the most frequent first."""
        fair = [Reason(reason, int(count), held) for reason, (count, held) in self._fair.items()]
        gates = [
            Gate(gate, sum(reasons.values()), count_reasons(reasons)) for gate, reasons in self._gates.items()
        ]
        return Withheld(
            self._given_s,
            sorted(fair, key=lambda row: (-row.market_s, -row.count)),
            sorted(gates, key=lambda row: -row.count),
        )

    def _hold(self, reason: str, held_s: float) -> None:
        if reason:
            self._row(reason)[1] += held_s
        else:
            self._given_s += held_s

    def _row(self, reason: str) -> list[float]:
        return self._fair.setdefault(plain_reason(reason), [0.0, 0.0])


def count_reasons(counts: dict[str, int]) -> list[Reason]:
    """Counted reasons, the most frequent first."""
    return [Reason(reason, count, 0.0) for reason, count in sorted(counts.items(), key=lambda item: -item[1])]


def plain_reason(reason: str) -> str:
    """A reason without its figures, so that the same one is counted as one."""
    return _FIGURE.sub("N", reason)
