"""Polymarket's quarter hours and quotes in words."""

from cli.polymarket_sayings import WORDS
from cli.sayings import say
from messages import (
    MESSAGE_TYPES,
    PolymarketDefined,
    PolymarketQuote,
    PolymarketResolved,
    PolymarketWithdrawn,
)

SLUG = "btc-updown-15m-1795385700"
START = 1_795_385_700 * 10**9
END = START + 900 * 10**9


def test_a_quarter_hour_says_where_it_started_and_that_it_is_no_riskless_other_side() -> None:
    defined = PolymarketDefined(SLUG, 7, START, START, END, "0xc", "1", "2", 10_000, 8_400_012_000_000)
    assert say(defined) == (
        f"{SLUG} 22:15:00 to 22:30:00, from $84,000.12, ticks of $0.01 "
        "(settles on a different source, never riskless)"
    )
    unknown = PolymarketDefined(SLUG, 7, START, START, END, "0xc", "1", "2", 1_000, -1)
    assert "its start not told yet, ticks of $0.001" in say(unknown)


def test_a_quote_shows_both_sides_of_up() -> None:
    quote = PolymarketQuote(SLUG, 7, START, 0, END, 540_000, 374_340_000, -1, 0, -1)
    assert say(quote) == f"{SLUG} Up $0.54 x 374.34 - -"


def test_the_end_of_a_quote_and_of_a_quarter_hour_are_said_plainly() -> None:
    assert say(PolymarketWithdrawn(SLUG, 7, END, "it is over")) == f"{SLUG} quote withdrawn: it is over"
    assert say(PolymarketResolved(SLUG, 7, END, "up")) == f"{SLUG} resolved: Up"


def test_all_its_messages_have_words() -> None:
    assert set(WORDS) == {cls for cls in MESSAGE_TYPES if 30 <= cls.kind < 40}
