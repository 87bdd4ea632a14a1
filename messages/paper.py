"""What the paper trader says: what it would have done, and brought. No order is ever sent."""

from typing import ClassVar

import msgspec

from messages.base import Message


class PaperOrder(Message, frozen=True, array_like=True, gc=False):
    """A decision became a paper order. It meets the book that stands at due_ns.

    order: its number, unique in this data folder. decision: sequence number of the Decision in the signal
    actor's log, of an exit that of the FairValue. action: `buy` or `sell` (an exit). side: `yes` or `no`.
    limit_e6: worst price of that side.
    """

    kind: ClassVar[int] = 80
    order: int
    ticker: str
    at_ns: int
    due_ns: int
    decision: int
    action: str
    side: str
    limit_e6: int
    count_e2: int


class PaperFill(Message, frozen=True, array_like=True, gc=False):
    """Part of a paper order was filled at one price level.

    price_e6: per contract of that side. fee_e6: for all of count_e2, exact. book: sequence number of the
    record in the market feed's log that the book at that moment ended with.
    """

    kind: ClassVar[int] = 81
    order: int
    ticker: str
    at_ns: int
    action: str
    side: str
    price_e6: int
    count_e2: int
    fee_e6: int
    book: int


class PaperRefused(Message, frozen=True, array_like=True, gc=False):
    """A decision or an order, or what was left of one, came to nothing. reason: in words, with figures."""

    kind: ClassVar[int] = 82
    order: int
    ticker: str
    at_ns: int
    decision: int
    count_e2: int
    reason: str


class PaperSettled(Message, frozen=True, array_like=True, gc=False):
    """A market with a paper position settled. paid_e6: what all contracts paid, cost_e6: what they had cost
    with fees, pnl_e6: the difference, with exits. count_e2: held to the end, by side."""

    kind: ClassVar[int] = 83
    ticker: str
    at_ns: int
    result: str
    yes_count_e2: int
    no_count_e2: int
    cost_e6: int
    paid_e6: int
    pnl_e6: int


class Position(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is held of one market. cost_e6: paid for it and not yet returned by exits, fees included; below 0
    if they returned more. orders: how many to buy there have been."""

    ticker: str
    yes_count_e2: int
    no_count_e2: int
    cost_e6: int
    orders: int = 0


class PaperAccount(Message, frozen=True, array_like=True, gc=False):
    """The whole paper account after a change, and once a minute: what a restart begins with.

    next_order: number of the next order. positions: of markets not settled. day: date in UTC; day_pnl_e6,
    total_pnl_e6: realised, fees included. open: orders that wait for their due time. decided: sequence
    number of the last Decision taken, or FairValue that made an exit. book: sequence number of the record in
    the market feed's log that the books behind all this ended with. taken: (ticker, whether a bid, price_e6,
    count_e2) of what stands in those books and was taken by paper: nobody can take it twice.
    """

    kind: ClassVar[int] = 84
    at_ns: int
    next_order: int
    positions: list[Position]
    day: str
    day_pnl_e6: int
    total_pnl_e6: int
    open: list[PaperOrder]
    decided: int
    book: int = 0
    taken: list[tuple[str, bool, int, int]] = msgspec.field(default_factory=list)
