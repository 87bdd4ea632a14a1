"""What the paper account really did: its own fills, at the books that stood, with its own exits."""

from typing import NamedTuple

import msgspec
import numpy as np

from messages import DOLLAR_E6, Message, PaperFill, PaperOrder, PaperRefused, PaperSettled
from replay.score.bootstrap import Interval, mean_interval, ratio_interval
from replay.score.outcomes import WON, Outcomes
from replay.score.withheld import Reason, count_reasons, plain_reason

AGREES_E6 = 100
"""Hundredths of a cent by which the account and our own sum over its fills may differ: roundings."""


class PaperScore(msgspec.Struct, frozen=True):
    """The paper account over the sessions judged. Money in dollars, fees paid.

    orders, fills: how many; contracts: bought. refused: why orders, or rests of them, came to nothing.
    settled: markets; open: markets with fills that have not settled. pnl_usd: of all settled; per_market
    and per_contract (bought): with intervals by windows. disagreeing: settled markets whose PnL by the
    account is not what its fills and the result make it; unchecked: of which the fills or the result are
    not recorded.
    """

    orders: int
    fills: int
    contracts: float
    fees_usd: float
    refused: list[Reason]
    settled: int
    open: int
    pnl_usd: float
    per_market: Interval
    per_contract: Interval
    disagreeing: list[str]
    unchecked: int


class PaperMarket(NamedTuple):
    """A market that settled with a paper position. bought: contracts. agrees: whether the account's PnL is
    what its fills and the result make it; None where the fills or the result are not recorded."""

    ticker: str
    close_ns: int
    pnl_usd: float
    bought: float
    fills: int
    fees_usd: float
    agrees: bool | None


class _Book:
    """One market's fills, in dollars x 10^8 where money is counted."""

    def __init__(self) -> None:
        self.cash_e8 = 0
        self.held_e2 = {"yes": 0, "no": 0}
        self.bought_e2 = 0
        self.fills = 0
        self.fees_e6 = 0


class PaperLedger:
    """Takes the paper actor's words in, once each."""

    def __init__(self) -> None:
        self._orders = 0
        self._fills = 0
        self._fees_e6 = 0
        self._refused: dict[str, int] = {}
        self._books: dict[str, _Book] = {}
        self._settled: dict[str, PaperSettled] = {}
        self.spoke = False
        """Whether the paper actor said anything at all."""

    def take(self, message: Message) -> None:
        """Take a message in."""
        self.spoke = True
        if isinstance(message, PaperOrder):
            self._orders += 1
        elif isinstance(message, PaperFill):
            self._fill(message)
        elif isinstance(message, PaperRefused):
            reason = plain_reason(message.reason)
            self._refused[reason] = self._refused.get(reason, 0) + 1
        elif isinstance(message, PaperSettled):
            self._settled[message.ticker] = message

    def sum_up(self, outcomes: Outcomes) -> PaperScore:
        """All of it, beside what the markets' results make of the fills."""
        markets = self.markets(outcomes)
        gains = np.array([market.pnl_usd for market in markets], dtype=np.float64)
        bought = np.array([market.bought for market in markets], dtype=np.float64)
        windows = np.array([market.close_ns for market in markets], dtype=np.int64)
        return PaperScore(
            orders=self._orders,
            fills=self._fills,
            contracts=sum(book.bought_e2 for book in self._books.values()) / 100,
            fees_usd=self._fees_e6 / DOLLAR_E6,
            refused=count_reasons(self._refused),
            settled=len(self._settled),
            open=len(self.open()),
            pnl_usd=float(gains.sum()),
            per_market=mean_interval(gains, windows),
            per_contract=ratio_interval(gains, bought, windows),
            disagreeing=[market.ticker for market in markets if market.agrees is False],
            unchecked=sum(market.agrees is None for market in markets),
        )

    def open(self) -> set[str]:
        """Markets with fills that have not settled."""
        return self._books.keys() - self._settled.keys()

    def markets(self, outcomes: Outcomes) -> list[PaperMarket]:
        """Each market that settled, in the order in which they did."""
        found = []
        for ticker, settled in self._settled.items():
            book, defined = self._books.get(ticker), outcomes.defined(ticker)
            agrees = None
            if book is not None and defined is not None and defined.result in WON:
                agrees = abs(self._own_e6(book, defined.result) - settled.pnl_e6) <= AGREES_E6
            found.append(
                PaperMarket(
                    ticker=ticker,
                    close_ns=defined.close_ns if defined is not None else settled.at_ns,
                    pnl_usd=settled.pnl_e6 / DOLLAR_E6,
                    bought=book.bought_e2 / 100 if book is not None else 0.0,
                    fills=book.fills if book is not None else 0,
                    fees_usd=book.fees_e6 / DOLLAR_E6 if book is not None else 0.0,
                    agrees=agrees,
                )
            )
        return found

    def _fill(self, fill: PaperFill) -> None:
        self._fills += 1
        self._fees_e6 += fill.fee_e6
        book = self._books.setdefault(fill.ticker, _Book())
        book.fills += 1
        book.fees_e6 += fill.fee_e6
        sign = 1 if fill.action == "buy" else -1
        book.held_e2[fill.side] += sign * fill.count_e2
        book.cash_e8 -= sign * fill.price_e6 * fill.count_e2 + 100 * fill.fee_e6
        if fill.action == "buy":
            book.bought_e2 += fill.count_e2

    @staticmethod
    def _own_e6(book: _Book, result: str) -> int:
        return (book.cash_e8 + book.held_e2[result] * DOLLAR_E6) // 100
