"""What could have been bought, and what became of it: every signal, decision and withheld decision."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from actors.fees import ONE_CONTRACT_E2, Rounding, multiplier_e6, taker_fee_e6
from messages import DOLLAR_E6, Decision, DecisionWithheld, MarketDefined, Signal
from replay.score.bootstrap import Floats, Ints
from replay.score.marks import Marks, mids

HORIZONS_S = (0.1, 1.0, 5.0, 15.0, 60.0)
"""Market seconds after which the market's mid is looked at again."""
DECISION = "decision"
WITHHELD = "withheld: "
"""In front of the gate's name: a decision that was not made."""

TAKEN, DEARER, TOO_FEW, NO_OFFER, NO_BOOK_THEN, FEE_UNKNOWN = range(6)
LATER = ("taken", "dearer", "too few", "no offer", "no book", "fee unknown")
"""What an order met that arrived later: it was filled; or the price was above its limit; less than one
contract stood there; nothing stood there; the market had closed or its book was not trusted; or nobody knows
what it would have cost."""


class Act(NamedTuple):
    """One contract that could have been bought.

    side: 1 for YES, -1 for NO. price_e6: of that side; limit_e6: most it may cost later. fee_e6: taker's; -1
    unknown. probability: of YES as the actor saw it; NaN: not told.
    """

    kind: str
    at_ns: int
    side: int
    price_e6: int
    limit_e6: int
    fee_e6: int
    probability: float


class Clock(NamedTuple):
    """speed: market seconds a real second. latency_ns: real time from the signal to the order's arrival."""

    speed: float
    latency_ns: int

    def real_ns(self, market_s: float) -> int:
        return round(market_s * 1e9 / self.speed)


class Bought(NamedTuple):
    """Columns, one row an Act, oldest first. Prices and marks in dollars.

    market: place in the list of markets; kind: in that of kinds. cost_usd: price and fee of one contract
    of the side when it was signalled; later_usd: the same when the order arrived, NaN where it was not
    filled; later: what it met, as numbered in LATER. mid, later_mid: the market's mid, in YES, when
    signalled and when the order arrived; marks: at each horizon, one row a horizon. NaN where there was
    none. left_s: market seconds to the close. mark_ns: when the mark of each horizon is due.
    """

    market: Ints
    kind: Ints
    at_ns: Ints
    close_ns: Ints
    side: Floats
    price_usd: Floats
    cost_usd: Floats
    later_usd: Floats
    later: Ints
    probability: Floats
    left_s: Floats
    mid: Floats
    later_mid: Floats
    marks: npt.NDArray[np.float64]
    mark_ns: npt.NDArray[np.int64]


def act_of(message: Signal | Decision | DecisionWithheld) -> Act:
    """What a message says could be bought. A signal's limit is its own price, a decision's its limit."""
    side = 1 if message.side == "yes" else -1
    if isinstance(message, Signal):
        return Act(
            message.signal_kind, message.at_ns, side, message.price_e6, message.price_e6, message.fee_e6,
            message.probability,
        )  # fmt: skip
    if isinstance(message, Decision):
        return Act(
            DECISION, message.at_ns, side, message.price_e6, message.limit_e6, message.fee_e6,
            message.probability,
        )  # fmt: skip
    kind = WITHHELD + message.gate
    return Act(kind, message.at_ns, side, message.price_e6, message.price_e6, -1, float("nan"))


def judge(
    acts: Sequence[Act],
    market: int,
    kinds: Mapping[str, int],
    marks: Marks,
    defined: MarketDefined,
    clock: Clock,
    rounding: Rounding,
) -> Bought:
    """Look up what followed each act of one market. market: its place; kinds: the place of each kind."""
    multiplier = multiplier_e6(defined.fee_type, defined.fee_multiplier)
    at_ns = np.array([act.at_ns for act in acts], dtype=np.int64)
    side = np.array([act.side for act in acts], dtype=np.float64)
    mark_ns = np.stack([at_ns + clock.real_ns(horizon_s) for horizon_s in HORIZONS_S])
    arrive_ns = at_ns + clock.latency_ns
    touch = marks.touch(arrive_ns)
    price, count = _offered(touch.bid_e6, touch.bid_count_e2, touch.ask_e6, touch.ask_count_e2, side)
    met = [
        _meet(act, int(price[n]), int(count[n]), int(arrive_ns[n]) < defined.close_ns, multiplier, rounding)
        for n, act in enumerate(acts)
    ]
    cost_e6 = np.array([act.price_e6 + _fee_e6(act, multiplier, rounding) for act in acts])
    later = np.array([state for state, _ in met], dtype=np.int64)
    return Bought(
        market=np.full(len(acts), market, dtype=np.int64),
        kind=np.array([kinds[act.kind] for act in acts], dtype=np.int64),
        at_ns=at_ns,
        close_ns=np.full(len(acts), defined.close_ns, dtype=np.int64),
        side=side,
        price_usd=np.array([act.price_e6 for act in acts]) / DOLLAR_E6,
        cost_usd=cost_e6 / DOLLAR_E6,
        later_usd=np.array([paid_e6 for _, paid_e6 in met]) / DOLLAR_E6,
        later=later,
        probability=np.array([act.probability for act in acts], dtype=np.float64),
        left_s=np.asarray((defined.close_ns - at_ns) * clock.speed / 1e9, dtype=np.float64),
        mid=marks.mids(at_ns),
        later_mid=_open(mids(touch), arrive_ns, defined.close_ns),
        marks=np.stack([_open(marks.mids(due), due, defined.close_ns) for due in mark_ns]),
        mark_ns=mark_ns,
    )


def join(parts: Sequence[Bought]) -> Bought:
    """All markets' columns in one, by time."""
    if not parts:
        ints, floats = np.empty(0, dtype=np.int64), np.empty(0)
        shape = (len(HORIZONS_S), 0)
        return Bought(
            ints, ints, ints, ints, floats, floats, floats, floats, ints, floats, floats, floats, floats,
            np.empty(shape), np.empty(shape, dtype=np.int64),
        )  # fmt: skip
    columns: list[Any] = [np.concatenate(column, axis=-1) for column in zip(*parts, strict=True)]
    whole = Bought(*columns)
    return pick(whole, np.argsort(whole.at_ns, kind="stable"))


def pick(bought: Bought, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Bought:
    """Some rows of it."""
    columns: list[Any] = [column[..., which] for column in bought]
    return Bought(*columns)


def own(mid: Floats, side: Floats) -> Floats:
    """What one contract of each side is worth at a mid of YES."""
    return np.where(side > 0, mid, 1.0 - mid)


def _open(value: Floats, at_ns: Ints, close_ns: int) -> Floats:
    return np.where(at_ns < close_ns, value, np.nan)


def _offered(bid: Ints, bid_count: Ints, ask: Ints, ask_count: Ints, side: Floats) -> tuple[Ints, Ints]:
    """Price and count at which each side could be bought: YES at the ask, NO at 1 - bid. Negative prices of
    an empty side or an unknown book stay as they are."""
    price = np.where(side > 0, ask, np.where(bid < 0, bid, DOLLAR_E6 - bid))
    return price, np.where(side > 0, ask_count, bid_count)


def _meet(
    act: Act, price_e6: int, count_e2: int, is_open: bool, multiplier: int | None, rounding: Rounding
) -> tuple[int, float]:
    """What an order for one contract met, and what it paid with its fee; NaN where it was not filled."""
    if price_e6 < -1 or not is_open:
        return NO_BOOK_THEN, float("nan")
    if not 0 < price_e6 < DOLLAR_E6:
        return NO_OFFER, float("nan")
    if price_e6 > act.limit_e6:
        return DEARER, float("nan")
    if count_e2 < ONE_CONTRACT_E2:
        return TOO_FEW, float("nan")
    if multiplier is None:
        return FEE_UNKNOWN, float("nan")
    return TAKEN, price_e6 + taker_fee_e6(price_e6, ONE_CONTRACT_E2, multiplier, rounding)


def _fee_e6(act: Act, multiplier: int | None, rounding: Rounding) -> float:
    if act.fee_e6 >= 0:
        return act.fee_e6
    if multiplier is None or not 0 < act.price_e6 < DOLLAR_E6:
        return float("nan")
    return taker_fee_e6(act.price_e6, ONE_CONTRACT_E2, multiplier, rounding)
