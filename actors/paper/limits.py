"""How much of a decision may become an order."""

from collections.abc import Callable
from typing import NamedTuple

from actors.fees import ONE_CONTRACT_E2, Rounding, taker_fee_e6
from actors.paper.account import Account
from actors.paper.book import BUY
from actors.paper.settings import Settings
from messages import PaperOrder

ROUNDED_UP_E6 = 10_000
"""Most that rounding adds to an order's fee when it is filled at several prices."""


class Allowed(NamedTuple):
    """How many contracts an order may be for. reason: of the narrowest limit where that is not all."""

    count_e2: int
    reason: str


def reserved_e6(limit_e6: int, count_e2: int, multiplier_e6: int, rounding: Rounding) -> int:
    """Most that an order to buy can cost: a fee rises more slowly than its price falls, so the limit is
    the dearest price of all."""
    fee_e6 = taker_fee_e6(limit_e6, count_e2, multiplier_e6, rounding)
    return -(-limit_e6 * count_e2 // 100) + fee_e6 + ROUNDED_UP_E6


class Limits:
    """Contracts and orders per market, cost of all that is open, loss of a day.

    Open orders count as if they were filled whole at their limit, so that no limit is passed whatever
    becomes of them. Part of a decision is allowed in whole contracts.
    """

    def __init__(self, settings: Settings) -> None:
        self._most_e2 = round(settings.max_contracts * ONE_CONTRACT_E2)
        self._most_cost_e6 = round(settings.max_open_cost_usd * 1e6)
        self._most_loss_e6 = round(settings.max_loss_day_usd * 1e6)
        self._most_orders = settings.max_orders
        self._rounding = Rounding(settings.fee_rounding)

    def allow(
        self,
        account: Account,
        multipliers: Callable[[str], int],
        ticker: str,
        limit_e6: int,
        count_e2: int,
        day: str,
    ) -> Allowed:
        """multipliers: fee multiplier x 10^6 of a market. day: date of the decision, in UTC."""
        held = account.holding(ticker)
        if held.orders >= self._most_orders:
            return Allowed(0, f"{held.orders} orders in this market are all that max_orders allows")
        buys = [order for order in account.open.values() if order.action == BUY]
        coming_e2 = sum(order.count_e2 for order in buys if order.ticker == ticker)
        have_e2 = held.yes_e2 + held.no_e2 + coming_e2
        coming_e6 = sum(self._reserved(order, multipliers) for order in buys)
        cost_e6 = sum(max(0, one.cost_e6) for one in account.holdings.values()) + coming_e6
        day_pnl_e6 = account.day_pnl_e6 if account.day >= day else 0
        at_risk_e6 = sum(one.most_lost_e6 for one in account.holdings.values()) + coming_e6 - day_pnl_e6

        def affordable(room_e6: int) -> int:
            return _most(
                count_e2,
                lambda n: reserved_e6(limit_e6, n, multipliers(ticker), self._rounding) <= room_e6,
            )

        rooms = (
            (
                min(count_e2, max(0, self._most_e2 - have_e2)),
                f"{have_e2 / 100:g} contracts of this market are held or on their way; max_contracts is "
                f"{self._most_e2 / 100:g}",
            ),
            (
                affordable(self._most_cost_e6 - cost_e6),
                f"${cost_e6 / 1e6:.2f} is open; max_open_cost_usd is {self._most_cost_e6 / 1e6:g}",
            ),
            (
                affordable(self._most_loss_e6 - at_risk_e6),
                f"${at_risk_e6 / 1e6:.2f} could be lost today; max_loss_day_usd is "
                f"{self._most_loss_e6 / 1e6:g}",
            ),
        )
        most_e2, reason = min(rooms, key=lambda room: room[0])
        if most_e2 >= count_e2:
            return Allowed(count_e2, "")
        return Allowed(most_e2 - most_e2 % ONE_CONTRACT_E2, reason)

    def _reserved(self, order: PaperOrder, multipliers: Callable[[str], int]) -> int:
        return reserved_e6(order.limit_e6, order.count_e2, multipliers(order.ticker), self._rounding)


def _most(count_e2: int, fits: Callable[[int], bool]) -> int:
    """The largest count up to this one that fits; what fits rises with the count."""
    low, high = 0, count_e2
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
