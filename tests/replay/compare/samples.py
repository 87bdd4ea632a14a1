"""A market of five quotes, a second apart, and readings of it."""

from replay.compare.evaluate import Market, Opportunity
from replay.compare.views import Poll, Quote

S = 1_000_000_000
BEGIN = 1_795_000_000 * S


def at(seconds: float) -> int:
    return BEGIN + round(seconds * S)


QUOTES = [Quote(at(n), 400_000 + 10_000 * n, 420_000 + 10_000 * n) for n in range(5)]


def reading(sent_s: float, quote: int, took_s: float = 0.1) -> Poll:
    """A poll that shows a quote by its number."""
    return Poll(at(sent_s), at(sent_s + took_s), *QUOTES[quote].prices)


POLLS = [reading(0.4, 0), reading(2.4, 2), reading(4.4, 4)]


def market(polls: list[Poll] | None = None, opportunities: list[Opportunity] | None = None) -> Market:
    """From half a second after the first quote to half a second after the last."""
    return Market(
        "KXBTC15M-T", at(0.5), at(4.5), QUOTES, polls or POLLS, opportunities or [], 7, [1.0, 3.0], 0
    )
