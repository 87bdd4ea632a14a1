"""What the signal actor says, and when."""

from actors.adapter import Freshness
from actors.fees import Rounding
from actors.market_seconds import SECOND_NS, MarketSeconds
from actors.signal.calibration import Calibration
from actors.signal.decision.decider import Decider, Situation
from actors.signal.decision.gates import Facts
from actors.signal.decision.kinds import EDGE, bars, passed
from actors.signal.decision.settings import by_kind
from actors.signal.decision.silence import Silence
from actors.signal.edge import Offer, offers
from actors.signal.intake import Intake
from actors.signal.market.mismatch import mismatch
from actors.signal.market.record import MarketRecord
from actors.signal.pricing import NO_ESTIMATE, Price, Pricing
from actors.signal.settings import Settings
from actors.signal.sources import INDEX_LOG, rollback_s, wanted
from actors.signal.words import (
    Moment,
    Terms,
    decision,
    fair_value,
    gather,
    indicators,
    signal,
    withheld_decision,
)  # fmt: skip
from messages import FairValue, Message, VolatilityState

_SHORTEST_REPEAT_NS = 100_000_000
_STATE_NS = 60 * SECOND_NS
_SHORTEST_STATE_NS = SECOND_NS
_LEVELS = 20
"""Of a side, that a decision's count is taken from."""


class _Voice:
    """What was said last of a series' running market, so that only news is said again."""

    __slots__ = ("decider", "reason", "running", "said_ns", "silence")

    def __init__(self, running: str, decider: Decider, silence: Silence) -> None:
        self.running = running
        self.decider = decider
        self.silence = silence
        self.reason = ""
        self.said_ns = 0


class SignalRule:
    """Index, books, trades and definitions in; fair values, indicators, signals and decisions out. Reads no
    clock."""

    def __init__(self, settings: Settings, calibration: Calibration | None = None) -> None:
        self._settings = settings
        self._calibration = calibration
        self._seconds = MarketSeconds(settings.speed)
        self._intake = Intake(settings, self._seconds)
        self.take = self._intake.take
        """Take one record of a log that it listens to."""
        self._pricing = Pricing(settings, self._seconds)
        self._rounding = Rounding(settings.fee_rounding)
        others = {kind: least for kind, least in by_kind(settings.thresholds).items() if least > 0.0}
        self._bars = bars({EDGE: settings.threshold_usd, **others})
        self._least_e2 = round(settings.min_contracts * 100)
        self._cooldown_ns = round(settings.cooldown_s * 1e9 / settings.speed)
        self._book_stale_ns = round(settings.book_stale_s * 1e9)
        self._repeat_ns = max(_SHORTEST_REPEAT_NS, round(SECOND_NS / settings.speed))
        self._state_every_ns = max(_SHORTEST_STATE_NS, round(_STATE_NS / settings.speed))
        self._state_ns = 0
        self._voices: dict[str, _Voice] = {}
        self._due_ns = 0
        self.wanted = wanted(settings.lead_venues)
        self.rollback_s = rollback_s(settings.lead_venues, settings.speed)

    def recall(self, message: Message) -> None:
        """Take what the actor said last of its own state, before it was started again."""
        if isinstance(message, VolatilityState):
            self._intake.index.recall(message, self.rollback_s[INDEX_LOG] * self._settings.speed)

    def turn(self, now_ns: int, next_seq: int) -> list[Message]:
        """Say a fair value of each running market if it is news, its indicators, and what follows from
        them: signals, and a decision made or withheld."""
        intake = self._intake
        if not intake.changed and not intake.compared and now_ns < self._due_ns:
            return []
        said: list[Message] = []
        for series, running in intake.shelf.running.items():
            voice = self._voices.get(series)
            if voice is None or voice.running != running:
                voice = self._voices[series] = self._voice(running)
            self._speak(voice, now_ns, next_seq, said)
        self._judge_settlements(now_ns, said)
        self._say_state(now_ns, said)
        intake.settle()
        self._due_ns = self._next_due_ns(now_ns)
        return said

    def due_ns(self, now_ns: int) -> int:
        """When a running market is due again, opens, closes, or an input goes stale."""
        return self._due_ns

    def freshness(self, now_ns: int) -> Freshness:
        """Fresh while index and market feed are; that no market runs, or has no strike, is no defect."""
        return self._intake.freshness(now_ns)

    def _voice(self, running: str) -> _Voice:
        decider = Decider(self._settings, self._bars, self._calibration)
        return _Voice(running, decider, Silence(self._cooldown_ns))

    def _speak(self, voice: _Voice, now_ns: int, next_seq: int, said: list[Message]) -> None:
        intake = self._intake
        market = intake.shelf.markets.get(voice.running) if voice.running else None
        running = market is not None and market.open_at(now_ns)
        repeated = running and abs(now_ns - voice.said_ns) >= self._repeat_ns
        price = self._pricing.price(voice.running, market, intake.index, now_ns)
        reason = price.reason
        news = reason != voice.reason or voice.said_ns == 0 or (intake.changed and not reason)
        if not (news or repeated):
            return
        found: list[Offer] = []
        if market is not None and market.quote is not None and not reason:
            found = offers(price.made.probability, market.quote, market.fee_multiplier_e6, self._rounding)
        moment = Moment(voice.running, now_ns, intake.cause_ns(), price.sigma, self._pricing.model.name)
        evidence = gather(market, intake.index, now_ns, self._book_stale_ns)
        fair = fair_value(moment, market, evidence, reason, NO_ESTIMATE if reason else price.made, found)
        fair_seq = next_seq + len(said)
        said.append(fair)
        voice.reason = reason
        voice.said_ns = now_ns
        if market is not None and running:
            self._conclude(voice, market, fair, fair_seq, price, found, said)

    def _conclude(
        self,
        voice: _Voice,
        market: MarketRecord,
        fair: FairValue,
        fair_seq: int,
        price: Price,
        found: list[Offer],
        said: list[Message],
    ) -> None:
        """Say what follows from a fair value of a running market."""
        intake = self._intake
        values, oldest_ms = intake.indicators.values(fair.at_ns, fair)
        said.append(indicators(fair, fair_seq, values, oldest_ms, market, intake.newest))
        indicators_seq = fair_seq + 1
        passes = [] if price.reason else passed(values, self._bars)
        for one in passes:
            for offer in found:
                if offer.side != one.side or offer.count_e2 < self._least_e2:
                    continue
                if voice.silence.over((one.kind, one.side), fair.at_ns):
                    voice.silence.begin((one.kind, one.side), fair.at_ns)
                    said.append(signal(fair, fair_seq, one, offer, indicators_seq))
        situation = Situation(
            fair,
            price.made.probability,
            market.quote,
            market.fee_multiplier_e6,
            market.defined.ticks if market.defined is not None else [],
            lambda: intake.indicators.levels(market.ticker, _LEVELS),
            lambda: self._facts(market, fair, price),
        )
        ruling = voice.decider.decide(values, passes, found, situation)
        if ruling is None:
            return
        if ruling.closed is not None:
            said.append(withheld_decision(fair, fair_seq, indicators_seq, ruling.candidate, ruling.closed))
            return
        terms = Terms(ruling.limit_e6, ruling.count_e2, ruling.probability, voice.decider.version)
        said.append(decision(fair, fair_seq, indicators_seq, ruling.candidate, terms))

    def _facts(self, market: MarketRecord, fair: FairValue, price: Price) -> Facts:
        index = self._intake.index
        now_ns = fair.at_ns
        return Facts(
            index.withheld() or price.incomplete,
            index.age_s(now_ns),
            market.confirmed_age_s(now_ns),
            self._intake.measured.bps(now_ns),
            index.warming_up(),
            market.book_trouble(now_ns, self._book_stale_ns),
            market.fee_multiplier_e6 is not None,
            self._seconds.market_s(round(fair.left_s * SECOND_NS)),
        )

    def _judge_settlements(self, now_ns: int, said: list[Message]) -> None:
        intake = self._intake
        while intake.compared:
            compared = intake.compared.pop(0)
            market = intake.shelf.markets.get(compared.ticker)
            alarm = mismatch(
                compared,
                market.defined if market is not None else None,
                market.averages if market is not None else {},
                intake.index.value.method if intake.index.value is not None else "",
                self._settings.decision.index_error_limit_bps,
                now_ns,
            )
            if alarm is not None:
                said.append(alarm)

    def _say_state(self, now_ns: int, said: list[Message]) -> None:
        volatility = self._intake.index.volatility
        if volatility.observed_s > 0.0 and not 0 <= now_ns - self._state_ns < self._state_every_ns:
            self._state_ns = now_ns
            said.append(volatility.state(now_ns))

    def _next_due_ns(self, now_ns: int) -> int:
        intake = self._intake
        times = [now_ns + SECOND_NS, intake.index.until_ns() + 1]
        for voice in self._voices.values():
            market = intake.shelf.markets.get(voice.running)
            if market is None or market.defined is None:
                continue
            times += [market.defined.open_ns, market.defined.close_ns]
            times.append(market.standing.until_ns(self._book_stale_ns) + 1)
            if market.open_at(now_ns):
                times.append(voice.said_ns + self._repeat_ns)
        return min(at_ns for at_ns in times if at_ns > now_ns)
