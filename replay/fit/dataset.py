"""Recorded sessions -> one table of samples for each market: what was thought, and how it ended."""

from array import array
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from messages import INDICATORS, FairValue, Indicators, MarketDefined, Message
from messages.errors import UnknownKindError
from replay.records import Tell, read_between
from replay.sessions import EVER_NS, Session

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

EVERY_S: Final = 10.0
"""Market seconds between two samples of a market: what is said on every update says more in busy seconds."""
YES: Final = {"yes": 1.0, "no": 0.0}
_READ: Final = {
    "kalshi": frozenset({MarketDefined.kind}),
    "signal": frozenset({FairValue.kind, Indicators.kind}),
}


class Market(NamedTuple):
    """One market's samples, oldest first, and its end.

    session: in which it was first sampled. open_ns: 0 where not known. outcome: 1.0 for YES, 0.0 for NO,
    NaN where it is not known or neither. known_ns: when the result was first recorded, 0 for never.
    probability: fair, uncalibrated; within 0 and 1, both excluded. bid_e6, ask_e6: -1 for an empty side, or
    both for no book. values: one row a sample, in the order of messages.INDICATORS, NaN for none.
    """

    ticker: str
    session: str
    open_ns: int
    close_ns: int
    outcome: float
    known_ns: int
    at_ns: Ints
    probability: Floats
    bid_e6: Ints
    ask_e6: Ints
    values: Floats


class _Ending:
    """How a market ended, from its definitions."""

    def __init__(self) -> None:
        self.open_ns = 0
        self.close_ns = 0
        self.result = ""
        self.known_ns = 0

    def take(self, defined: MarketDefined, at_ns: int) -> None:
        self.open_ns, self.close_ns = defined.open_ns, defined.close_ns
        if defined.result and defined.result != self.result:
            self.result, self.known_ns = defined.result, at_ns


class _Samples:
    """What was thought of a market, at most once in `EVERY_S`."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.at_ns = array("q")
        self.probability = array("d")
        self.bid_e6 = array("q")
        self.ask_e6 = array("q")
        self.values = array("d")
        self._awaited = 0

    def take(self, fair: FairValue, seq: int, every_ns: int) -> None:
        """Take it if it is time again; what is certain is no matter for calibration."""
        too_soon = bool(self.at_ns) and fair.at_ns - self.at_ns[-1] < every_ns
        if fair.withheld or too_soon or not 0.0 < fair.probability < 1.0:
            return
        self._awaited = seq
        self.at_ns.append(fair.at_ns)
        self.probability.append(fair.probability)
        self.bid_e6.append(fair.bid_e6)
        self.ask_e6.append(fair.ask_e6)
        self.values.extend([float("nan")] * len(INDICATORS))

    def take_indicators(self, made: Indicators) -> None:
        """Take the indicators that were made with the sample."""
        if made.fair != self._awaited:
            return
        self._awaited = 0
        first = len(self.values) - len(INDICATORS)
        for place, value in enumerate(made.values[: len(INDICATORS)]):
            self.values[first + place] = value


class Dataset:
    """Collects what matters of the messages of one session after the other."""

    def __init__(self) -> None:
        self._endings: dict[str, _Ending] = {}
        self._samples: dict[str, _Samples] = {}

    def take(self, session: Session, message: Message, seq: int, at_ns: int) -> None:
        """Take one record. session: whose clock holds. at_ns: when it was appended."""
        match message:
            case MarketDefined():
                self._endings.setdefault(message.ticker, _Ending()).take(message, at_ns)
            case FairValue():
                samples = self._samples.get(message.ticker)
                if samples is None:
                    samples = self._samples[message.ticker] = _Samples(session.name)
                samples.take(message, seq, round(EVERY_S * 1e9 / session.speed))
            case Indicators() if message.ticker in self._samples:
                self._samples[message.ticker].take_indicators(message)

    def markets(self) -> list[Market]:
        """Every market that was sampled, by close; those whose close nobody recorded are left out."""
        found = [
            _market(ticker, samples, self._endings[ticker])
            for ticker, samples in self._samples.items()
            if samples.at_ns and ticker in self._endings
        ]
        return sorted(found, key=lambda market: (market.close_ns, market.ticker))


def collect(data_dir: Path, chosen: Sequence[Session], tell: Tell = lambda share: None) -> list[Market]:
    """Read the samples of these sessions, and how their markets ended: in these sessions or in any later one.

    Takes some seconds for a million records. tell: is told what share of it is done.
    """
    if not chosen:
        return []
    dataset = Dataset()
    reads = [("kalshi", chosen[0], EVER_NS), *(("signal", session, session.to_ns) for session in chosen)]
    for number, (log, session, to_ns) in enumerate(reads):

        def part(share: float, done: int = number) -> None:
            tell((done + share) / len(reads))

        for record in read_between(data_dir, log, session.from_ns, to_ns, _READ[log], part):
            with suppress(UnknownKindError, msgspec.DecodeError):
                dataset.take(session, record.message(), record.seq, record.at_ns)
    return dataset.markets()


def _market(ticker: str, samples: _Samples, ending: _Ending) -> Market:
    return Market(
        ticker=ticker,
        session=samples.session,
        open_ns=ending.open_ns,
        close_ns=ending.close_ns,
        outcome=YES.get(ending.result, float("nan")),
        known_ns=ending.known_ns,
        at_ns=np.array(samples.at_ns, dtype=np.int64),
        probability=np.array(samples.probability),
        bid_e6=np.array(samples.bid_e6, dtype=np.int64),
        ask_e6=np.array(samples.ask_e6, dtype=np.int64),
        values=np.array(samples.values).reshape(-1, len(INDICATORS)),
    )
