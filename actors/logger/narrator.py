"""What of a log is worth a line for people: changes of state, not messages."""

from typing import NamedTuple

from messages import (
    ActorStarted,
    ActorStateChanged,
    ActorStopped,
    BookWithdrawn,
    Decision,
    DecisionWithheld,
    DriftSeen,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    FeedOpened,
    IndexValue,
    MarketBookWithdrawn,
    MarketChecked,
    MarketDefined,
    MarketRoleChanged,
    Message,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    RecordsLost,
    SegmentStored,
    SettlementCompared,
    SettlementMismatch,
    Signal,
    StoreTrimmed,
    StoreTroubled,
)

MOST_MARKETS = 40


class Told(NamedTuple):
    """A line to be written, but for its time and place.

    Levels: INFO life cycle, WARNING degraded and mending itself, ERROR a child died, CRITICAL given up.
    """

    level: str
    event: str
    fields: dict[str, str]


class Narrator:
    """Turns one log's messages into lines. `told` is what was said last, and all that it remembers."""

    def __init__(self, told: dict[str, str]) -> None:
        self._told = told

    def tell(self, message: Message) -> Told | None:
        """Say what a message changes; None if nothing that is worth a line."""
        if isinstance(message, FeedHealth):
            return self._health(message)
        if isinstance(message, IndexValue):
            return self._index(message)
        if isinstance(message, FairValue):
            return self._fair_value(message)
        if isinstance(message, MarketDefined):
            return self._market(message)
        if isinstance(message, MarketRoleChanged):
            return self._role(message)
        if isinstance(message, ActorStarted):
            self._told.clear()
        return _plainly(message)

    def _is_new(self, key: str, value: str) -> bool:
        if self._told.get(key) == value:
            return False
        self._told[key] = value
        return True

    def _health(self, health: FeedHealth) -> Told | None:
        if not self._is_new("fresh", "yes" if health.fresh else health.reason or "no"):
            return None
        if health.fresh:
            return Told("INFO", "feed fresh", {"conn": str(health.conn)})
        return Told("WARNING", "feed not fresh", {"conn": str(health.conn), "reason": health.reason})

    def _index(self, value: IndexValue) -> Told | None:
        if not (value.chosen and (value.shares or value.withheld)):
            return None  # of another method, or between grid times, where it does not name its venues
        left_out = {out.venue: out.why for out in value.left_out}
        composition = value.withheld or " ".join(f"{venue}:{why}" for venue, why in left_out.items())
        if not self._is_new("index", composition or "whole"):
            return None
        if value.withheld:
            return Told("WARNING", "index withheld", {"reason": value.withheld})
        if left_out:
            return Told("WARNING", "index incomplete", left_out)
        return Told("INFO", "index whole", {"venues": ",".join(share.venue for share in value.shares)})

    def _fair_value(self, fair: FairValue) -> Told | None:
        if not self._is_new("fair", f"{fair.ticker} {fair.withheld}"):
            return None
        if fair.withheld:
            return Told("INFO", "fair value withheld", {"ticker": fair.ticker, "reason": fair.withheld})
        strike = {"strike": _dollars(fair.strike_e6), "probability": f"{fair.probability:.4f}"}
        return Told("INFO", "fair value", {"ticker": fair.ticker, **strike})

    def _market(self, market: MarketDefined) -> Told | None:
        key = f"market {market.ticker}"
        before = self._told.get(key, "").split("|")
        now = [str(market.strike_e6), market.result, str(market.expiration_e6), market.status]
        if not self._is_new(key, "|".join(now)):
            return None
        self._forget_old_markets()
        fields = {"ticker": market.ticker, "status": market.status}
        if market.strike_e6 >= 0:
            fields |= {"strike": _dollars(market.strike_e6), "source": market.strike_source}
        if market.expiration_e6 >= 0:
            fields["settlement"] = _dollars(market.expiration_e6)
        if market.result:
            fields["result"] = market.result
        if len(before) != len(now):
            event = "market defined"
        elif market.result and before[1:3] != now[1:3]:
            event = "market settled"
        else:
            event = "strike" if before[0] != now[0] else "market changed"
        return Told("INFO", event, fields)

    def _role(self, role: MarketRoleChanged) -> Told | None:
        if not self._is_new(f"role {role.series}", f"{role.running} {role.upcoming}"):
            return None
        fields = {"series": role.series, "running": role.running, "upcoming": role.upcoming}
        return Told("INFO", "market roll", fields)

    def _forget_old_markets(self) -> None:
        markets = [key for key in self._told if key.startswith("market ")]
        for key in markets[:-MOST_MARKETS]:
            del self._told[key]


def _plainly(message: Message) -> Told | None:
    """Messages that are each worth a line."""
    if isinstance(message, ActorStarted):
        fields = {"session": message.session, "pid": str(message.pid), "version": message.version}
        return Told("INFO", "started", fields)
    if isinstance(message, ActorStopped):
        if message.fault == "none":
            return Told("INFO", "stopped", {"reason": message.reason})
        return Told("ERROR", "failed", {"reason": message.reason, "fault": message.fault})
    if isinstance(message, ActorStateChanged):
        return _state(message)
    if isinstance(message, FeedOpened):
        fields = {"conn": str(message.conn), "mode": message.mode, "url": message.url, "local": message.local}
        return Told("INFO", "feed opened", fields)
    if isinstance(message, FeedClosed):
        level = "INFO" if message.fault == "none" else "WARNING"
        fields = {"conn": str(message.conn), "reason": message.reason, "fault": message.fault}
        return Told(level, "feed closed", fields)
    if isinstance(message, FeedGap):
        if not message.from_ns:
            return Told("INFO", "first data", {"conn": str(message.conn)})
        length = f"{(message.to_ns - message.from_ns) / 1e9:.3f}"
        fields = {"conn": str(message.conn), "length_s": length, "reason": message.reason}
        return Told("WARNING", "gap", fields)
    if isinstance(message, DriftSeen):
        fields = {"what": message.what, "name": message.name, "count": str(message.count)}
        return Told("WARNING", "drift", fields)
    if isinstance(message, BookWithdrawn):
        return Told("WARNING", "book withdrawn", {"symbol": message.symbol, "reason": message.reason})
    if isinstance(message, MarketBookWithdrawn):
        return Told("WARNING", "book withdrawn", {"ticker": message.ticker, "reason": message.reason})
    if isinstance(message, RecordsLost):
        fields = {"log": message.log, "first": str(message.first), "last": str(message.last)}
        return Told("ERROR", "records lost", {**fields, "reason": message.reason})
    if isinstance(message, MarketChecked):
        if not message.differences:
            return Told("INFO", "market checked", {"ticker": message.ticker, "result": message.result})
        fields = {"ticker": message.ticker, "differences": "; ".join(message.differences)}
        return Told("ERROR", "market contradicted", fields)
    if isinstance(message, SettlementCompared):
        errors = {f"{ours.method}_bps": f"{ours.error_bps:+.3f}" for ours in message.averages}
        fields = {"ticker": message.ticker, "settlement": _dollars(message.expiration_e6)}
        return Told("INFO", "index settled", fields | errors)
    if isinstance(message, SettlementMismatch):
        fields = {"ticker": message.ticker, "source": message.source}
        fields |= {"ours": _dollars(message.ours_cents * 10_000), "theirs": _dollars(message.expiration_e6)}
        fields |= {"our_result": message.ours_result, "result": message.result}
        return Told("ERROR", "settlement mismatch", fields)
    return _decided(message)


def _decided(message: Message) -> Told | None:
    """A signal, or a decision made or withheld."""
    if isinstance(message, Signal):
        return _signal(message)
    if isinstance(message, Decision):
        fields = {
            "ticker": message.ticker,
            "side": message.side,
            "limit": _dollars(message.limit_e6, 4),
            "count": f"{message.count_e2 / 100:.2f}",
            "probability": f"{message.probability:.4f}",
            "edge": f"{message.edge_usd:.4f}",
            "score": f"{message.score:.2f}",
            "reasons": " ".join(message.reasons),
            "fair": str(message.fair),
        }
        return Told("INFO", "decision", fields)
    if isinstance(message, DecisionWithheld):
        fields = {"ticker": message.ticker, "side": message.side, "edge": f"{message.edge_usd:.4f}"}
        return Told("INFO", "decision withheld", fields | {"gate": message.gate, "reason": message.reason})
    return _traded(message)


def _traded(message: Message) -> Told | None:
    """What became of a decision on paper."""
    if isinstance(message, (PaperOrder, PaperFill)):
        fields = {"order": str(message.order), "ticker": message.ticker, "action": message.action}
        fields |= {"side": message.side, "count": f"{message.count_e2 / 100:.2f}"}
        if isinstance(message, PaperOrder):
            fields |= {"limit": _dollars(message.limit_e6, 4), "decision": str(message.decision)}
            return Told("INFO", "paper order", fields)
        fields |= {"price": _dollars(message.price_e6, 4), "fee": f"{message.fee_e6 / 1e6:.4f}"}
        return Told("INFO", "paper fill", fields | {"book": str(message.book)})
    if isinstance(message, PaperRefused):
        fields = {"order": str(message.order), "ticker": message.ticker, "decision": str(message.decision)}
        fields |= {"count": f"{message.count_e2 / 100:.2f}", "reason": message.reason}
        return Told("INFO", "paper refused", fields)
    if isinstance(message, PaperSettled):
        fields = {"ticker": message.ticker, "result": message.result}
        fields |= {"yes": f"{message.yes_count_e2 / 100:.2f}", "no": f"{message.no_count_e2 / 100:.2f}"}
        return Told("INFO", "paper settled", fields | {"pnl": f"{message.pnl_e6 / 1e6:+.4f}"})
    return _stored(message)


def _stored(message: Message) -> Told | None:
    """What the store has put away or let go, and what it cannot put away."""
    if isinstance(message, SegmentStored):
        fields = {"log": message.log, "first": str(message.first), "last": str(message.last)}
        fields |= {"bytes": str(message.archive_bytes + message.tables_bytes)}
        if not message.lost:
            return Told("INFO", "segment stored", fields)
        return Told("ERROR", "damaged segment stored", fields | {"lost": str(message.lost)})
    if isinstance(message, StoreTrimmed):
        fields = {"log": message.log, "first": str(message.first), "last": str(message.last)}
        fields |= {"bytes": str(message.freed_bytes), "limit": message.limit}
        return Told("INFO", "segment trimmed", fields)
    if isinstance(message, StoreTroubled):
        fields = {"log": message.log, "first": str(message.first)}
        if not message.reason:
            return Told("INFO", "store goes on", fields)
        return Told("ERROR", "store troubled", fields | {"reason": message.reason})
    return None


def _state(change: ActorStateChanged) -> Told:
    died = change.was in ("starting", "running") and change.now in ("starting", "backoff")
    level = "CRITICAL" if change.now == "failed" else "ERROR" if died else "INFO"
    fields = {"name": change.name, "was": change.was, "now": change.now, "reason": change.reason}
    if change.pid:
        fields["pid"] = str(change.pid)
    fields["restarts"] = str(change.restarts)
    if change.delay_s:
        fields["delay_s"] = f"{change.delay_s:.3f}"
    return Told(level, "child", fields)


def _signal(signal: Signal) -> Told:
    fields = {
        "kind": signal.signal_kind,
        "ticker": signal.ticker,
        "side": signal.side,
        "price": _dollars(signal.price_e6, 4),
        "count": f"{signal.count_e2 / 100:.2f}",
        "probability": f"{signal.probability:.4f}",
        "edge": f"{signal.edge_usd:.4f}",
        "fair": str(signal.fair),
    }
    return Told("INFO", "signal", fields)


def _dollars(amount_e6: int, places: int = 2) -> str:
    return f"{amount_e6 / 1e6:.{places}f}" if amount_e6 >= 0 else "unknown"
