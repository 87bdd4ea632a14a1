"""One readable line for each message about Polymarket. Pure."""

from collections.abc import Callable
from typing import Any

from cli.wording import NOT_RISKLESS, clock_utc, contract_price, dollars
from messages import (
    Message,
    PolymarketDefined,
    PolymarketQuote,
    PolymarketResolved,
    PolymarketWithdrawn,
)


def _defined(m: PolymarketDefined) -> str:
    start = f"from {dollars(m.start_e8 / 1e8)}" if m.start_e8 >= 0 else "its start not told yet"
    span = f"{clock_utc(m.start_ns, 0)} to {clock_utc(m.end_ns, 0)}"
    return f"{m.slug} {span}, {start}, ticks of {contract_price(m.tick_e6)} ({NOT_RISKLESS})"


def _quote(m: PolymarketQuote) -> str:
    return f"{m.slug} Up {_side(m.bid_e6, m.bid_size_e6)} - {_side(m.ask_e6, m.ask_size_e6)}"


def _side(price_e6: int, size_e6: int) -> str:
    return f"{contract_price(price_e6)} x {size_e6 / 1e6:,.2f}" if price_e6 >= 0 else "-"


WORDS: dict[type[Message], Callable[[Any], str]] = {
    PolymarketDefined: _defined,
    PolymarketQuote: _quote,
    PolymarketWithdrawn: lambda m: f"{m.slug} quote withdrawn: {m.reason}",
    PolymarketResolved: lambda m: f"{m.slug} resolved: {m.outcome.capitalize()}",
}
