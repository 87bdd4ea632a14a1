import pytest

from actors.adapter import Output
from actors.errors import GapError
from actors.market_seconds import MarketSeconds
from actors.polymarket.gamma import Listed
from actors.polymarket.quarters import Quarter
from actors.polymarket.teller import Teller
from messages import PolymarketQuote, PolymarketWithdrawn

S = 1_000_000_000
START = 1_795_385_700 * S


def quarter() -> Quarter:
    made = Quarter(START // S // 900, MarketSeconds(1.0))
    made.find(Listed("0xc", "11", "22", 10_000, 0, 8_400_000_000_000, None), 1)
    made.up.replace([(540_000, 5)], [(550_000, 7)])
    made.down.replace([(450_000, 7)], [(460_000, 5)])
    made.book_ref, made.recv_ns, made.venue_ns = 9, START + 5, START + 4
    return made


def test_a_quote_is_said_when_it_is_news_and_only_while_the_quarter_hour_runs() -> None:
    teller, made = Teller(), quarter()
    out: list[Output] = []
    teller.show(made, START - 1, out)
    assert out == []
    teller.show(made, START + 6, out)
    teller.show(made, START + 7, out)
    assert out == [
        PolymarketQuote(
            made.slug, 9, START + 5, START + 4, made.end_ns, 540_000, 5, 550_000, 7, 8_400_000_000_000
        )
    ]
    made.up.change(True, 540_000, 6)
    teller.show(made, START + 8, out)
    assert len(out) == 2
    teller.repeat(made, out)
    assert out[1] == out[2]


def test_a_doubt_takes_the_quote_back_and_the_next_frame_brings_it_again() -> None:
    teller, made = Teller(), quarter()
    out: list[Output] = []
    teller.show(made, START + 6, out)
    assert not teller.judge(made, made.up, (530_000, 550_000), START + 7, out)
    teller.show(made, START + 7, out)
    assert isinstance(out[1], PolymarketWithdrawn)
    assert not teller.judge(made, made.up, (540_000, 550_000), START + 8, out)
    teller.show(made, START + 8, out)
    assert isinstance(out[2], PolymarketQuote)
    assert teller.healings == 0


def test_a_second_contradiction_asks_for_fresh_books_and_too_many_end_the_feed() -> None:
    teller, made = Teller(), quarter()
    out: list[Output] = []
    teller.show(made, START + 6, out)
    for attempt in range(3):
        made.up.judge(1, 2)
        assert teller.judge(made, made.up, (1, 2), START + attempt * S, out)
        assert not made.whole()
    assert [type(said) for said in out] == [PolymarketQuote, PolymarketWithdrawn]
    assert teller.healings == 3
    made.up.judge(1, 2)
    with pytest.raises(GapError, match="3 fresh books did not mend it"):
        teller.judge(made, made.up, (1, 2), START + 4 * S, out)


def test_a_contradiction_once_in_a_while_is_mended_each_time() -> None:
    teller, made = Teller(), quarter()
    for attempt in range(10):
        made.up.judge(1, 2)
        assert teller.judge(made, made.up, (1, 2), START + attempt * 30 * S, [])
