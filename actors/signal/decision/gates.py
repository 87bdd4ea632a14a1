"""What holds a decision back: gates, each a pure function from the facts to a reason or nothing."""

from collections.abc import Callable
from typing import Final, NamedTuple

from actors.signal.decision.settings import DecisionSettings


class Facts(NamedTuple):
    """What the gates look at.

    index_withheld: why there is no index, or no closing minute to price; empty if there is. index_age_s:
    since the aggregator's last word; book_age_s: since Kalshi's feed last said that the book stands;
    infinite where it never did. index_error_bps: root mean square of what was measured, NaN for nothing.
    warming_up: why the volatility may not be used yet. book: why the book is not trusted. left_s: market
    seconds to the close.
    """

    index_withheld: str
    index_age_s: float
    book_age_s: float
    index_error_bps: float
    warming_up: str
    book: str
    fee_known: bool
    left_s: float


class Closed(NamedTuple):
    """A gate that is closed: its name, and the reason in words, with figures."""

    gate: str
    reason: str


def index_withheld(facts: Facts, limits: DecisionSettings) -> str:
    """No index, no decision."""
    return facts.index_withheld


def old_input(facts: Facts, limits: DecisionSettings) -> str:
    """What was said too long ago may be another by now."""
    if facts.index_age_s > limits.oldest_index_s:
        return f"the index is {facts.index_age_s:.2f} s old, more than {limits.oldest_index_s:g} s"
    if facts.book_age_s > limits.oldest_book_s and not facts.book:
        return f"the book was confirmed {facts.book_age_s:.2f} s ago, more than {limits.oldest_book_s:g} s"
    return ""


def index_error(facts: Facts, limits: DecisionSettings) -> str:
    """An index that was lately further off than its band gives edges that are its own error."""
    if facts.index_error_bps > limits.index_error_limit_bps:
        return (
            f"the index was {facts.index_error_bps:.2f} bps off over the last "
            f"{limits.index_error_window_s:g} s, more than {limits.index_error_limit_bps:g} bps"
        )
    return ""


def warm_up(facts: Facts, limits: DecisionSettings) -> str:
    """A volatility that rests on too little."""
    return facts.warming_up


def book(facts: Facts, limits: DecisionSettings) -> str:
    """A book that is not trusted."""
    return facts.book


def fee_unknown(facts: Facts, limits: DecisionSettings) -> str:
    """An edge whose fee nobody knows is none."""
    return "" if facts.fee_known else "the market's fee is not known"


def closing(facts: Facts, limits: DecisionSettings) -> str:
    """An order takes its time to arrive."""
    if facts.left_s < limits.closing_s:
        return f"the market closes in {facts.left_s:.1f} s, less than {limits.closing_s:g} s"
    return ""


GATES: Final[tuple[tuple[str, Callable[[Facts, DecisionSettings], str]], ...]] = (
    ("index-withheld", index_withheld),
    ("old-input", old_input),
    ("index-error", index_error),
    ("warm-up", warm_up),
    ("book", book),
    ("fee-unknown", fee_unknown),
    ("closing", closing),
)
"""In the order in which they are asked: what is wrong with the index first, then the book, then the time."""


def first_closed(facts: Facts, limits: DecisionSettings) -> Closed | None:
    """The first gate that is closed; None where all are open."""
    for name, gate in GATES:
        reason = gate(facts, limits)
        if reason:
            return Closed(name, reason)
    return None
