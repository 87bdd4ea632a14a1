"""Recorded logs -> what is judged. Each record is read once; only what is judged is kept."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from actors.fees import Rounding
from messages import (
    ActorStarted,
    Decision,
    DecisionWithheld,
    FairValue,
    FeedClosed,
    FeedGap,
    FeedHealth,
    Indicators,
    MarketBookWithdrawn,
    MarketDefined,
    MarketQuoteChanged,
    Message,
    PaperFill,
    PaperOrder,
    PaperRefused,
    PaperSettled,
    Signal,
)
from messages.errors import UnknownKindError
from messages.log import Record
from replay.records import Missing, Tell, read_between
from replay.score import bought, samples
from replay.score.bought import Act, Bought, Clock, act_of, judge
from replay.score.marks import Quotes
from replay.score.outcomes import Outcomes
from replay.score.paper import PaperLedger
from replay.score.samples import Sampled, Sampler
from replay.score.withheld import Counter
from replay.sessions import Session, settings_of

MARKET_LOG: Final = "kalshi"
SIGNAL_LOG: Final = "signal"
PAPER_LOG: Final = "paper"
KINDS: Final = {
    MARKET_LOG: frozenset(
        cls.kind
        for cls in (
            ActorStarted, FeedClosed, FeedGap, FeedHealth, MarketBookWithdrawn, MarketDefined,
            MarketQuoteChanged,
        )
    ),
    SIGNAL_LOG: frozenset(
        cls.kind for cls in (ActorStarted, Decision, DecisionWithheld, FairValue, Indicators, Signal)
    ),
    PAPER_LOG: frozenset(cls.kind for cls in (PaperFill, PaperOrder, PaperRefused, PaperSettled)),
}  # fmt: skip
"""What is read of each log."""
LINGER_S = 120.0
"""Market seconds after the close until a market's quotes are let go, for gaps that are noted late."""
LEAST_LINGER_NS = 10_000_000_000


class Recorded(NamedTuple):
    """All that is judged. kinds, markets: names, in the order in which the columns number them. speaking:
    markets that had a fair value, or a reason for none. undefined: signals of markets of which no
    definition is recorded. lost: records that damage or retention took. settings: in how many different ways
    the signal actor was set."""

    sessions: list[Session]
    kinds: list[str]
    markets: list[str]
    speaking: set[str]
    bought: Bought
    sampled: Sampled
    undefined: int
    lost: int
    settings: int
    withheld: Counter
    paper: PaperLedger
    outcomes: Outcomes


def read(data_dir: Path, sessions: Sequence[Session], latency_ms: float, tell: Tell) -> Recorded:
    """Read what these sessions said, in the order of time. latency_ms: of an order, in market time.

    May take long: some 10 s for a million records.
    """
    reading = Reading(latency_ms)
    for number, session in enumerate(sessions):
        reading.begin(session)

        def part(share: float, number: int = number) -> None:
            tell((number + share) / len(sessions))

        for log, record in _merged(data_dir, session, part, reading.miss):
            with suppress(UnknownKindError, msgspec.DecodeError):
                reading.take(log, record.message(), record.at_ns)
        reading.end()
    return reading.recorded(list(sessions))


class _Market:
    """What is held of a market while it may still be asked about."""

    def __init__(self) -> None:
        self.quotes = Quotes()
        self.acts: list[Act] = []
        self.sampler: Sampler | None = None


class Reading:
    """Takes the messages of one session after the other; lets go of each market when it is over."""

    def __init__(self, latency_ms: float) -> None:
        self._latency_ms = latency_ms
        self._clock = Clock(1.0, 0)
        self._rounding = Rounding.DIRECT
        self._open: dict[str, _Market] = {}
        self._known: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._bought: list[Bought] = []
        self._sampled: list[Sampled] = []
        self._speaking: set[str] = set()
        self._undefined = 0
        self._lost = 0
        self._settings: set[str] = set()
        self._end_ns = 0
        self._look_ns = 0
        self._fresh = True
        self._withheld = Counter()
        self._paper = PaperLedger()
        self._outcomes = Outcomes()

    def begin(self, session: Session) -> None:
        """A session begins: its clock holds."""
        self._clock = Clock(session.speed, round(self._latency_ms * 1e6 / session.speed))
        self._look_ns = session.from_ns
        self._end_ns = session.from_ns

    def end(self) -> None:
        """The session's records are all taken: what is open is judged by what there is."""
        for ticker in list(self._open):
            self._finish(ticker)

    def miss(self, missing: Missing) -> None:
        """Records could not be read."""
        self._lost += missing.last - missing.first + 1

    def take(self, log: str, message: Message, at_ns: int) -> None:
        """Take one record, oldest first over all logs. at_ns: when it was appended."""
        if at_ns >= self._look_ns:
            self._look_ns = at_ns + self._clock.real_ns(60.0)
            self._let_go(at_ns)
        if log == MARKET_LOG:
            self._end_ns = at_ns
            self._take_market(message)
        elif log == SIGNAL_LOG:
            self._take_signal(message)
        else:
            self._paper.take(message)

    def recorded(self, sessions: list[Session]) -> Recorded:
        """All of it."""
        return Recorded(
            sessions=sessions,
            kinds=list(self._kinds),
            markets=list(self._known),
            speaking=self._speaking,
            bought=bought.join(self._bought),
            sampled=samples.join(self._sampled),
            undefined=self._undefined,
            lost=self._lost,
            settings=len(self._settings),
            withheld=self._withheld,
            paper=self._paper,
            outcomes=self._outcomes,
        )

    def _take_market(self, message: Message) -> None:
        if isinstance(message, MarketQuoteChanged):
            self._market(message.ticker).quotes.quote(
                message.recv_ns, message.bid_e6, message.bid_count_e2, message.ask_e6, message.ask_count_e2
            )
        elif isinstance(message, MarketDefined):
            self._outcomes.take(message)
        elif isinstance(message, MarketBookWithdrawn):
            self._market(message.ticker).quotes.withdraw(message.at_ns)
        elif isinstance(message, FeedHealth):
            if message.fresh != self._fresh:
                self._fresh = message.fresh
                for market in self._open.values():
                    market.quotes.doubt(message.at_ns, not message.fresh)
        elif isinstance(message, FeedGap):
            for market in self._open.values():
                market.quotes.blank(message.from_ns, message.to_ns)
        elif isinstance(message, FeedClosed | ActorStarted):
            for market in self._open.values():
                market.quotes.withdraw(message.at_ns)

    def _take_signal(self, message: Message) -> None:
        if isinstance(message, FairValue):
            self._withheld.take(message, self._clock)
            if message.ticker:
                self._speaking.add(message.ticker)
                sampler = self._sampler(message.ticker)
                if sampler is not None:
                    sampler.take(message)
        elif isinstance(message, Indicators):
            sampler = self._sampler(message.ticker)
            if sampler is not None:
                sampler.take_indicators(message)
        elif isinstance(message, Signal | Decision | DecisionWithheld):
            if isinstance(message, DecisionWithheld):
                self._withheld.take(message, self._clock)
            self._market(message.ticker).acts.append(act_of(message))
        elif isinstance(message, ActorStarted):
            self._settings.add(message.settings)
            with suppress(ValueError):
                self._rounding = Rounding(settings_of(message).get("fee_rounding", Rounding.DIRECT.value))

    def _market(self, ticker: str) -> _Market:
        market = self._open.get(ticker)
        if market is None:
            market = self._open[ticker] = _Market()
        return market

    def _sampler(self, ticker: str) -> Sampler | None:
        market = self._market(ticker)
        if market.sampler is None:
            defined = self._outcomes.defined(ticker)
            if defined is None:
                return None
            market.sampler = Sampler(defined.close_ns, self._clock)
        return market.sampler

    def _let_go(self, now_ns: int) -> None:
        linger_ns = max(LEAST_LINGER_NS, self._clock.real_ns(LINGER_S))
        for ticker in list(self._open):
            defined = self._outcomes.defined(ticker)
            if defined is not None and now_ns > defined.close_ns + linger_ns:
                self._finish(ticker)

    def _finish(self, ticker: str) -> None:
        market = self._open.pop(ticker)
        self._withheld.forget(ticker)
        defined = self._outcomes.defined(ticker)
        if defined is None:
            self._undefined += len(market.acts)
            return
        if not market.acts and market.sampler is None:
            return
        place = self._known.setdefault(ticker, len(self._known))
        marks = market.quotes.marks(self._end_ns)
        if market.acts:
            for act in market.acts:
                self._kinds.setdefault(act.kind, len(self._kinds))
            self._bought.append(
                judge(market.acts, place, self._kinds, marks, defined, self._clock, self._rounding)
            )
        if market.sampler is not None:
            self._sampled.append(market.sampler.sampled(marks, place))


def _merged(
    data_dir: Path, session: Session, tell: Tell, miss: Callable[[Missing], None]
) -> Iterator[tuple[str, Record]]:
    """The records of all three logs in the order of time. The market's come first where times are equal."""
    shares = dict.fromkeys(KINDS, 0.0)

    def records(log: str) -> Iterator[tuple[str, Record]]:
        def share(done: float) -> None:
            shares[log] = done
            tell(sum(shares.values()) / len(shares))

        for record in read_between(data_dir, log, session.from_ns, session.to_ns, KINDS[log], share, miss):
            yield log, record
        share(1.0)

    return heapq.merge(*(records(log) for log in KINDS), key=lambda entry: entry[1].at_ns)
