"""A listener's life without processes: logs as lists, a trader that reads them, dies and starts again."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from actors.paper.rule import PaperRule
from actors.paper.settings import Settings
from messages import (
    Decision,
    FairValue,
    FeedHealth,
    MarketBookChanged,
    MarketBookSnapshot,
    MarketDefined,
    Message,
    PaperAccount,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    Turn,
)

S = 1_000_000_000
MS = 1_000_000
T0 = 1_800_000_000 * S
TICKER = "KXBTC15M-M"
M = TypeVar("M", bound=Message)


def defined(at_ns: int = T0, **changes: Any) -> MarketDefined:
    market = MarketDefined(
        TICKER, "E", "KXBTC15M", at_ns, T0 - 60 * S, T0 + 840 * S, "active", "greater_or_equal",
        84_000_000_000, "rest", "", -1, [], "quadratic", "1",
    )  # fmt: skip
    return msgspec.structs.replace(market, **changes)


def health(at_ns: int, fresh: bool = True) -> FeedHealth:
    return FeedHealth("kalshi", 1, at_ns, fresh, 0, 0, 0, 0, -1.0, -1.0, 0.0, "" if fresh else "no book")


def snapshot(
    at_ns: int,
    bids: Iterable[tuple[int, int]] = ((480_000, 1000), (470_000, 2000)),
    asks: Iterable[tuple[int, int]] = ((520_000, 1000), (530_000, 2000)),
    ticker: str = TICKER,
) -> MarketBookSnapshot:
    return MarketBookSnapshot(ticker, 0, at_ns, 0, 1, 1, list(bids), list(asks), False)


def change(at_ns: int, is_bid: bool, price_e6: int, count_e2: int) -> MarketBookChanged:
    return MarketBookChanged(TICKER, 0, at_ns, 0, 1, 1, is_bid, price_e6, count_e2, 0)


def decision(at_ns: int, side: str = "yes", limit_e6: int = 530_000, count_e2: int = 500) -> Decision:
    return Decision(
        TICKER, at_ns, at_ns, side, limit_e6, count_e2, 520_000, 17_500, 0.6, 0.05, 1.0, ["edge"], "", 1, 2,
        [], [],
    )  # fmt: skip


def fair(at_ns: int, probability: float, bid_e6: int = 480_000, ask_e6: int = 520_000) -> FairValue:
    return FairValue(
        TICKER, at_ns, at_ns, probability, 84_000.0, 84_000_000_000, 100.0, 0, 0.0, 1e-4, bid_e6, 100, ask_e6,
        100, 0.0, 0.0, [], [], "",
    )  # fmt: skip


class Play:
    """Logs in memory, and a trader on them. said: its own log, the turns included."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.logs: dict[str, list[tuple[int, Message]]] = {"kalshi": [], "signal": []}
        self.said: list[Message] = []
        self.rule = PaperRule(self.settings)
        self.cursors = dict.fromkeys(self.logs, 0)

    def append(self, log: str, at_ns: int, *messages: Message) -> int:
        """Append to another actor's log; returns the last sequence number."""
        self.logs[log] += [(at_ns, message) for message in messages]
        return len(self.logs[log])

    def start(self, now_ns: int, meanwhile: list[MarketDefined] | None = None) -> None:
        """Start anew: recall, roll back, catch up in silence, as the listener does."""
        self.rule = PaperRule(self.settings)
        for account in self.all(PaperAccount)[-1:]:
            self.rule.recall(account, now_ns, meanwhile or [])
        records: list[tuple[int, str, int, Message]] = []
        for log, rows in self.logs.items():
            from_ns = now_ns - round(self.rule.rollback_s[log] * S)
            there = [(at_ns, log, seq, m) for seq, (at_ns, m) in enumerate(rows, 1) if from_ns <= at_ns]
            there = [row for row in there if row[0] <= now_ns]
            records += there
            before = sum(at_ns < from_ns for at_ns, _ in rows)
            self.cursors[log] = before + len(there)
        slice_end_ns, last_ns = 0, 0
        for at_ns, log, seq, message in sorted(records, key=lambda row: row[0]):
            if last_ns and at_ns >= slice_end_ns:
                assert self.rule.turn(last_ns, 0) == []
                slice_end_ns = at_ns + S // 2
            self._take(log, seq, message)
            last_ns = at_ns
        assert self.rule.turn(last_ns or now_ns, 0) == []

    def turn(self, now_ns: int, *, is_lost: bool = False) -> list[Message]:
        """Read what is there by now and speak; is_lost: killed before it could be written down."""
        has_read = False
        for log, rows in self.logs.items():
            while self.cursors[log] < len(rows) and rows[self.cursors[log]][0] <= now_ns:
                self.cursors[log] += 1
                self._take(log, self.cursors[log], rows[self.cursors[log] - 1][1])
                has_read = True
        if not has_read and now_ns < self.rule.due_ns(now_ns):
            return []
        words = self.rule.turn(now_ns, len(self.said) + 2)
        if is_lost:
            return []
        self.said += [Turn(now_ns, [], True), *words]
        return words

    def all(self, kind: type[M]) -> list[M]:
        """All that was said of a kind."""
        return [message for message in self.said if isinstance(message, kind)]

    def _take(self, log: str, seq: int, message: Message) -> None:
        if message.kind in self.rule.wanted[log]:
            self.rule.take(log, seq, message)


def outcome(said: Iterable[Message]) -> list[tuple[Any, ...]]:
    """What came of every order, whenever and in which order it was said."""
    orders = {m.order: m for m in said if isinstance(m, PaperOrder)}
    rows: list[tuple[Any, ...]] = []
    for m in said:
        if isinstance(m, PaperFill):
            rows.append(
                (
                    orders[m.order].decision,
                    "fill",
                    m.at_ns,
                    m.action,
                    m.side,
                    m.price_e6,
                    m.count_e2,
                    m.fee_e6,
                )
            )
        elif isinstance(m, PaperRefused):
            rows.append((m.decision, "refused", m.order > 0, m.count_e2, m.reason))
        elif isinstance(m, PaperSettled):
            rows.append((0, *msgspec.structs.astuple(m)))
    return sorted(rows, key=repr)


def audit(said: list[Message], decisions: dict[int, Decision]) -> None:
    """Check by the log alone that nothing was forgotten and nothing counted twice."""
    orders = [m for m in said if isinstance(m, PaperOrder)]
    fills = [m for m in said if isinstance(m, PaperFill)]
    refused = [m for m in said if isinstance(m, PaperRefused)]
    settled = [m for m in said if isinstance(m, PaperSettled)]
    account = next(m for m in reversed(said) if isinstance(m, PaperAccount))
    assert [order.order for order in orders] == list(range(1, account.next_order))
    bought = {order.decision: order.count_e2 for order in orders if order.action == "buy"}
    assert len(bought) == sum(order.action == "buy" for order in orders)
    turned_down = {m.decision: m.count_e2 for m in refused if not m.order}
    assert len(turned_down) == sum(not m.order for m in refused)
    for seq, made in decisions.items():
        if seq <= account.decided:
            assert bought.get(seq, 0) + turned_down.get(seq, 0) == made.count_e2
    done: Counter[int] = Counter()
    for order_number, count_e2 in [(m.order, m.count_e2) for m in fills] + [
        (m.order, m.count_e2) for m in refused
    ]:
        done[order_number] += count_e2
    waiting = {order.order for order in account.open}
    for order in orders:
        assert done[order.order] == (0 if order.order in waiting else order.count_e2), order
    assert len({m.ticker for m in settled}) == len(settled)
    held: Counter[tuple[str, str]] = Counter()
    cash: Counter[str] = Counter()
    for fill in fills:
        sign = 1 if fill.action == "buy" else -1
        held[fill.ticker, fill.side] += sign * fill.count_e2
        cash[fill.ticker] += sign * fill.price_e6 * fill.count_e2 // 100 + fill.fee_e6
    for one in settled:
        assert (one.yes_count_e2, one.no_count_e2) == (held[one.ticker, "yes"], held[one.ticker, "no"])
        assert one.cost_e6 == cash[one.ticker]
        assert one.pnl_e6 == one.paid_e6 - one.cost_e6
        held[one.ticker, "yes"] = held[one.ticker, "no"] = cash[one.ticker] = 0
    assert account.total_pnl_e6 == sum(one.pnl_e6 for one in settled)
    for position in account.positions:
        assert position.yes_count_e2 == held.pop((position.ticker, "yes"), 0)
        assert position.no_count_e2 == held.pop((position.ticker, "no"), 0)
        assert position.cost_e6 == cash.pop(position.ticker, 0)
    assert not any(held.values())
    assert not any(cash.values())
