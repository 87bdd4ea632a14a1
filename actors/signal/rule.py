"""What the signal actor says, and when."""

from actors.adapter import Freshness
from actors.fees import Rounding
from actors.market_seconds import SECOND_NS, MarketSeconds
from actors.settlement import WINDOW, look
from actors.signal.contract import Contract
from actors.signal.edge import Offer, offers
from actors.signal.estimate import Estimate, Spot, estimate
from actors.signal.index import INDEX_ID, IndexFollower
from actors.signal.model import model_named
from actors.signal.settings import Settings
from actors.signal.sources import INDEX_LOG, MARKET_LOG
from actors.signal.words import SignalTerms, fair_value, gather, signals
from messages import (
    ActorStarted,
    FeedClosed,
    FeedGap,
    FeedHealth,
    IndexValue,
    MarketBookWithdrawn,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    Message,
    OfficialIndexPublished,
    VolatilityState,
)

_INDEX_KINDS = frozenset({IndexValue.kind})
_MARKET_KINDS = frozenset(
    cls.kind
    for cls in (
        ActorStarted, FeedClosed, FeedGap, FeedHealth, MarketBookWithdrawn, MarketDefined,
        MarketQuoteChanged, MarketRoleChanged, OfficialIndexPublished,
    )
)  # fmt: skip
_NONE = Estimate(-1.0, 0, 0.0, [])
_SHORTEST_REPEAT_NS = 100_000_000
_STATE_S = 60.0
"""Market seconds between two VolatilityStates; never more than one in a real second."""


class _Voice:
    """What was said last of a series, so that only news is said again."""

    __slots__ = ("changed", "reason", "running", "said_ns")

    def __init__(self) -> None:
        self.running = ""
        self.changed = True
        self.reason = ""
        self.said_ns = 0


class SignalRule:
    """Index, definitions and quotes in; fair values and signals out. Reads no clock."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seconds = MarketSeconds(settings.speed)
        self._index = IndexFollower(settings, self._seconds)
        self._rounding = Rounding(settings.fee_rounding)
        self._model = model_named(settings.model, settings.tail_degrees)
        self._book_stale_ns = round(settings.book_stale_s * 1e9)
        self._terms = SignalTerms(
            settings.threshold_usd,
            round(settings.min_contracts * 100),
            round(settings.cooldown_s * 1e9 / settings.speed),
        )
        self._repeat_ns = max(_SHORTEST_REPEAT_NS, round(SECOND_NS / settings.speed))
        self._state_ns = max(SECOND_NS, round(_STATE_S * SECOND_NS / settings.speed))
        self._stated_ns = 0
        self._contracts: dict[str, Contract] = {}
        self._voices: dict[str, _Voice] = {}
        self._feed_ns = 0
        self._feed_reason = "Kalshi's feed has not reported yet"
        self._cause_ns = 0
        self._turn_cause_ns = 0
        self._changed = False
        self._due_ns = 0
        self.wanted: dict[str, frozenset[int]] = {MARKET_LOG: _MARKET_KINDS, INDEX_LOG: _INDEX_KINDS}
        # Feeds restate what they know every 10 s; the index of a closing minute must be seen again.
        self.rollback_s: dict[str, float] = {MARKET_LOG: 15.0, INDEX_LOG: 30.0 + 120.0 / settings.speed}

    # -- in

    def recall(self, message: Message) -> None:
        """Take what the actor said last of its own state, before it was started again."""
        if isinstance(message, VolatilityState):
            self._index.recall(message, self.rollback_s[INDEX_LOG] * self._settings.speed)

    def take(self, log: str, seq: int, message: Message) -> None:
        """Take one record of the index's or the market feed's log."""
        if isinstance(message, IndexValue):
            if message.chosen and message.index_id == INDEX_ID and self._index.take(message, seq):
                self._input(message.cause_ns)
        elif isinstance(message, MarketQuoteChanged):
            self._take_quote(seq, message)
        elif isinstance(message, FeedHealth):
            self._take_health(message)
        elif isinstance(message, OfficialIndexPublished):
            if message.index_id == INDEX_ID and self._index.take_official(message):
                self._input(message.recv_ns)
        elif isinstance(message, MarketDefined):
            self._take_definition(seq, message)
        elif isinstance(message, MarketRoleChanged):
            self._take_role(message)
        elif isinstance(message, MarketBookWithdrawn):
            if self._contract(message.ticker).standing.withdraw():
                self._input(message.at_ns)
        elif isinstance(message, FeedGap):
            for contract in self._contracts.values():
                if contract.standing.gap(message.to_ns):
                    self._input(message.to_ns)
        elif isinstance(message, (FeedClosed, ActorStarted)):
            self._feed_reason = "Kalshi's feed is starting"
            for contract in self._contracts.values():
                if contract.standing.withdraw():
                    self._input(message.at_ns)

    def _take_quote(self, seq: int, quote: MarketQuoteChanged) -> None:
        contract = self._contract(quote.ticker)
        before = contract.quote
        back = contract.standing.quoted(quote.recv_ns)
        contract.quote = quote
        contract.quote_seq = seq
        if back or before is None or _touch(before) != _touch(quote):
            self._input(quote.recv_ns)

    def _take_health(self, health: FeedHealth) -> None:
        self._feed_ns = health.at_ns
        self._feed_reason = "" if health.fresh else health.reason or "Kalshi's feed is not fresh"
        for contract in self._contracts.values():
            if contract.standing.health(health):
                self._input(health.at_ns)

    def _take_definition(self, seq: int, defined: MarketDefined) -> None:
        contract = self._contract(defined.ticker)
        before = contract.defined
        contract.define(defined, seq)
        if before is None or _pricing(before) != _pricing(defined):
            self._input(defined.at_ns)

    def _take_role(self, role: MarketRoleChanged) -> None:
        voice = self._voices.setdefault(role.series, _Voice())
        if voice.running != role.running or voice.said_ns == 0:
            voice.running = role.running
            voice.reason = ""
            self._input(role.at_ns)
        of_series = [t for t, c in self._contracts.items() if c.defined and c.defined.series == role.series]
        for ticker in of_series:
            if ticker not in (role.running, role.upcoming):
                del self._contracts[ticker]

    def _contract(self, ticker: str) -> Contract:
        contract = self._contracts.get(ticker)
        if contract is None:
            contract = self._contracts[ticker] = Contract(ticker)
        return contract

    def _input(self, stamp_ns: int) -> None:
        self._changed = True
        self._turn_cause_ns = max(self._turn_cause_ns, stamp_ns)

    # -- out

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        """Say a fair value of each running market if it is news, and the signals that follow from it."""
        if not self._changed and now_ns < self._due_ns:
            return []
        self._cause_ns = self._turn_cause_ns or self._cause_ns
        said: list[Message] = []
        for voice in self._voices.values():
            self._speak(voice, now_ns, next_seq, said)
        if self._index.volatility.observed_s > 0 and abs(now_ns - self._stated_ns) >= self._state_ns:
            said.append(self._index.volatility.state(now_ns))
            self._stated_ns = now_ns
        self._changed = False
        self._turn_cause_ns = 0
        self._due_ns = self._next_due_ns(now_ns)
        return said

    def due_ns(self, now_ns: int) -> int:
        """When a running market is due again, opens, closes, or an input goes stale."""
        return self._due_ns

    def freshness(self, now_ns: int) -> Freshness:
        """Fresh while index and market feed are; that no market runs, or has no strike, is no defect."""
        age_ms = self._age_ms(now_ns)
        why_not = self._index.trouble(now_ns) or self._feed_reason
        if not why_not and abs(now_ns - self._feed_ns) > self._book_stale_ns:
            why_not = f"Kalshi's feed has been silent for more than {self._settings.book_stale_s:g} s"
        if not why_not and not self._voices:
            why_not = "Kalshi's feed has not named a running market yet"
        for voice in self._voices.values():
            contract = self._contracts.get(voice.running)
            if not why_not and contract is not None and not contract.not_priced(now_ns):
                why_not = contract.book_trouble(now_ns, self._book_stale_ns)
        return Freshness(not why_not, age_ms, why_not)

    def _age_ms(self, now_ns: int) -> int:
        stamps = [c.quote.recv_ns for c in self._contracts.values() if c.quote is not None]
        if self._index.value is not None:
            stamps.append(self._index.value.cause_ns)
        newest_ns = max(stamps, default=0)  # a value that was withheld before any quote came has no cause: 0
        return (now_ns - newest_ns) // 1_000_000 if newest_ns > 0 else -1

    def _speak(self, voice: _Voice, now_ns: int, next_seq: int, said: list[Message]) -> None:
        contract = self._contracts.get(voice.running) if voice.running else None
        running = contract is not None and contract.open_at(now_ns)
        repeated = running and abs(now_ns - voice.said_ns) >= self._repeat_ns
        reason, made = self._price(voice.running, contract, now_ns)
        news = reason != voice.reason or voice.said_ns == 0 or (self._changed and not reason)
        if not (news or repeated):
            return
        found: list[Offer] = []
        if contract is not None and contract.quote is not None and not reason:
            found = offers(made.probability, contract.quote, contract.fee_multiplier_e6, self._rounding)
        fair_seq = next_seq + len(said)
        evidence = gather(contract, self._index, now_ns, self._book_stale_ns)
        fair = fair_value(
            voice.running, contract, evidence, now_ns, self._cause_ns, reason, made, found, self._model.name
        )
        said.append(fair)
        voice.reason = reason
        voice.said_ns = now_ns
        if contract is not None:
            said.extend(signals(contract, fair, fair_seq, found, self._terms))

    def _price(self, ticker: str, contract: Contract | None, now_ns: int) -> tuple[str, Estimate]:
        """The reason to withhold the value, or the value."""
        if contract is None:
            return ("the market is not defined yet" if ticker else "no market runs"), _NONE
        reason = (
            contract.not_priced(now_ns)
            or self._index.trouble(now_ns)
            or contract.book_trouble(now_ns, self._book_stale_ns)
            or self._index.warming_up()
        )
        defined = contract.defined
        value = self._index.value
        if reason or defined is None or value is None:
            return reason, _NONE
        values = self._index.settles
        window = look(values, self._seconds.nearest(defined.close_ns))
        if len(window.missing) > self._settings.missing_limit:
            return f"{len(window.missing)} of {WINDOW} settlement values are missing", _NONE
        spot = Spot(
            value.value_usd,
            self._index.sigma(now_ns, defined.close_ns),
            self._settings.index_error_bps / 1e4,
            self._settings.settle_on == "proxy",
        )
        left_s = self._seconds.market_s(defined.close_ns - now_ns)
        return "", estimate(window, values, left_s, spot, defined.strike_e6 / 1e6, self._model)

    def _next_due_ns(self, now_ns: int) -> int:
        times = [now_ns + SECOND_NS, self._index.until_ns() + 1]
        for voice in self._voices.values():
            contract = self._contracts.get(voice.running)
            if contract is None or contract.defined is None:
                continue
            times += [contract.defined.open_ns, contract.defined.close_ns]
            times.append(contract.standing.until_ns(self._book_stale_ns) + 1)
            if contract.open_at(now_ns):
                times.append(voice.said_ns + self._repeat_ns)
        return min(at_ns for at_ns in times if at_ns > now_ns)


def _touch(quote: MarketQuoteChanged) -> tuple[int, int, int, int]:
    return quote.bid_e6, quote.bid_count_e2, quote.ask_e6, quote.ask_count_e2


def _pricing(defined: MarketDefined) -> tuple[object, ...]:
    return (
        defined.open_ns, defined.close_ns, defined.status, defined.strike_type, defined.strike_e6,
        defined.fee_type, defined.fee_multiplier,
    )  # fmt: skip
