"""A signal rule with a clock in its hand, for the tests of the rule."""

from typing import Any, TypeVar

import msgspec

from actors.signal.calibration import Calibration
from actors.signal.rule import SignalRule
from actors.signal.settings import Settings
from messages import (
    FairValue,
    FeedHealth,
    IndexValue,
    MarketBookSnapshot,
    MarketDefined,
    MarketQuoteChanged,
    MarketRoleChanged,
    Message,
    Share,
)

S = 1_000_000_000
MS = 1_000_000
OPEN = 1_700_000_100 * S
CLOSE = OPEN + 900 * S
TICKER = "KXBTC15M-26NOV221600-00"
Said = TypeVar("Said", bound=Message)


def defined(**changes: Any) -> MarketDefined:
    market = MarketDefined(
        TICKER, "E", "KXBTC15M", OPEN, OPEN, CLOSE, "active", "greater_or_equal", 84_000_000_000, "rest",
        "", -1, [], "quadratic", "1",
    )  # fmt: skip
    return msgspec.structs.replace(market, **changes)


def health(at_ns: int, fresh: bool = True) -> FeedHealth:
    return FeedHealth("kalshi", 1, at_ns, fresh, 0, 0, 0, 0, -1.0, -1.0, 0.0, "" if fresh else "no book")


class Driver:
    """A rule with a clock in its hand: index values every 200 ms, a healthy feed every second."""

    def __init__(
        self,
        settings: Settings | None = None,
        start_ns: int = OPEN + 10 * S,
        calibration: Calibration | None = None,
    ) -> None:
        self.rule = SignalRule(settings or Settings(), calibration)
        self.now_ns = start_ns
        self.seq = 0
        self.spot = 84_000.0
        self.said: list[Message] = []

    def take(self, log: str, message: Message) -> None:
        self.seq += 1
        self.rule.take(log, self.seq, message)

    def index(self, value_usd: float, withheld: str = "", chosen: bool = True) -> None:
        shares = [Share("kraken", value_usd, 1.0, False, 0, 1)]
        cause_ns = self.now_ns - MS
        self.take(
            "brti",
            IndexValue("BRTI", "m", self.now_ns, cause_ns, value_usd, shares, [], True, withheld, 0, chosen),
        )

    def quote(self, bid: float, ask: float, bid_count: float = 50.0, ask_count: float = 50.0) -> None:
        """A book with one level a side, and its quote."""
        bids = [(round(bid * 1e6), round(bid_count * 100))]
        asks = [(round(ask * 1e6), round(ask_count * 100))]
        self.take("kalshi", MarketBookSnapshot(TICKER, 0, self.now_ns, 0, 1, 1, bids, asks, False))
        self.take("kalshi", MarketQuoteChanged(TICKER, 0, self.now_ns, 0, *bids[0], *asks[0]))

    def turn(self) -> list[Message]:
        said = self.rule.turn(self.now_ns, 1000 + len(self.said))
        self.said += said
        return said

    def fair(self) -> FairValue:
        """The newest fair value."""
        return self.all_of(FairValue)[-1]

    def all_of(self, type_: type[Said]) -> list[Said]:
        """Everything of one type that was said, oldest first."""
        return [message for message in self.said if isinstance(message, type_)]

    def run(self, seconds: float) -> None:
        """Let time go by with everything in order; the index moves 2 dollars up and down."""
        end_ns = self.now_ns + round(seconds * S)
        while self.now_ns < end_ns:
            self.now_ns += 200 * MS
            whole = self.now_ns % S == 0
            self.index(self.spot + (2.0 if self.now_ns // S % 2 else 0.0))
            if whole:
                self.take("kalshi", health(self.now_ns))
            self.turn()


def ready(
    settings: Settings | None = None,
    start_ns: int = OPEN + 10 * S,
    calibration: Calibration | None = None,
    **changes: Any,
) -> Driver:
    """A driver with everything in order, 8 seconds after its start."""
    driver = Driver(settings, start_ns, calibration)
    driver.take("kalshi", MarketRoleChanged("KXBTC15M", driver.now_ns, TICKER, ""))
    driver.take("kalshi", defined(**changes))
    driver.take("kalshi", health(driver.now_ns))
    driver.quote(0.49, 0.51)
    driver.run(8)
    return driver
