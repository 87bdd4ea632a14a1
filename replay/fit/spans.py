"""Which markets are the past that is fitted on, which the future that is tested on, and which are neither."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from replay.fit.dataset import Market
from replay.fit.errors import FitError, OverlapError

LEAST_TRAINED = 20
"""Windows to fit on: walking forward through fewer says nothing."""
LEAST_TESTED = 5
"""Windows to test on: an interval over fewer says nothing."""


class LeftOut(NamedTuple):
    """A market that is in neither span, and why."""

    ticker: str
    why: str


class Split(NamedTuple):
    """Both spans, and the rest. Nothing in `test` began before everything in `train` was over and known."""

    train: list[Market]
    test: list[Market]
    left_out: list[LeftOut]


def split(markets: Sequence[Market], train_to_ns: int, test_from_ns: int) -> Split:
    """Share the markets out. Trained on is what closed by train_to_ns and whose result was recorded by
    test_from_ns; tested on is what opened from test_from_ns on. What lies across or between
    them is in neither.

    Raises OverlapError where the spans overlap, FitError where one of them holds too little.
    """
    refuse_overlap(train_to_ns, test_from_ns)
    train, test, left_out = [], [], []
    for market in markets:
        why = _neither(market, train_to_ns, test_from_ns)
        if why:
            left_out.append(LeftOut(market.ticker, why))
        elif market.close_ns <= train_to_ns:
            train.append(market)
        else:
            test.append(market)
    found = Split(train, test, left_out)
    for what, side, least, where in (
        ("fit", train, LEAST_TRAINED, f"closed by {_utc(train_to_ns)}"),
        ("test", test, LEAST_TESTED, f"opened after {_utc(test_from_ns)}"),
    ):
        if windows(side) < least:
            message = f"to {what} needs {least} settled windows; {windows(side)} {where}{_recorded(markets)}"
            raise FitError(message)
    if len({market.outcome for market in train}) < 2:
        message = f"all {len(train)} markets to fit on ended alike; there is nothing to learn from them"
        raise FitError(message)
    return found


def refuse_overlap(train_to_ns: int, test_from_ns: int) -> None:
    """Raises OverlapError where the test would begin before the training ends."""
    if test_from_ns < train_to_ns:
        message = (
            f"the test would begin at {_utc(test_from_ns)}, before the training ends at {_utc(train_to_ns)}; "
            "what was fitted on cannot be tested on, name a later beginning or an earlier end"
        )
        raise OverlapError(message)


def windows(markets: Sequence[Market]) -> int:
    """How many close times there are: markets that close together hang on one settlement."""
    return len({market.close_ns for market in markets})


def _neither(market: Market, train_to_ns: int, test_from_ns: int) -> str:
    """Why a market is in neither span; empty if it is in one."""
    begun_ns = int(market.at_ns[0])
    if 0 < market.open_ns < begun_ns:
        begun_ns = market.open_ns
    if begun_ns < test_from_ns and market.close_ns > train_to_ns:
        return "it lies across or between the spans"
    if not market.known_ns:
        return "its result is not recorded"
    if np.isnan(market.outcome):
        return "it ended neither yes nor no"
    if market.close_ns <= train_to_ns and market.known_ns > test_from_ns:
        return "its result came only after the test began"
    return ""


def _recorded(markets: Sequence[Market]) -> str:
    if not markets:
        return ", and no fair value of any market is recorded"
    first, last = min(int(m.at_ns[0]) for m in markets), max(m.close_ns for m in markets)
    return f", of {windows(markets)} recorded from {_utc(first)} to {_utc(last)}"


def _utc(at_ns: int) -> str:
    return f"{datetime.fromtimestamp(at_ns // 10**9, UTC):%Y-%m-%dT%H:%M:%SZ}"
