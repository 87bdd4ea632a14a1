import pytest

from actors.market_seconds import MarketSeconds
from actors.polymarket.gamma import Listed
from actors.polymarket.quarters import Calendar, Quarter

S = 1_000_000_000
START = 1_795_385_700 * S
NUMBER = 1_795_385_700 // 900
LISTED = Listed("0xc", "11", "22", 10_000, START + 900 * S, -1, None)


def test_a_slug_names_the_start_and_the_quarter_hour_lasts_900_market_seconds() -> None:
    quarter = Quarter(NUMBER, MarketSeconds(1.0))
    assert quarter.slug == "btc-updown-15m-1795385700"
    assert (quarter.start_ns, quarter.end_ns) == (START, START + 900 * S)
    assert quarter.runs(START)
    assert not quarter.runs(START - 1)
    assert not quarter.runs(START + 900 * S)
    fast = Quarter(NUMBER, MarketSeconds(20.0))
    assert fast.end_ns - fast.start_ns == 45 * S


@pytest.mark.parametrize(
    ("after_start_s", "wanted"), [(0, [-1, 0]), (299, [-1, 0]), (301, [0]), (779, [0]), (781, [0, 1])]
)
def test_the_neighbours_are_wanted_while_they_are_near(after_start_s: int, wanted: list[int]) -> None:
    calendar = Calendar(1.0)
    now_ns = START + after_start_s * S
    assert calendar.wanted(now_ns) == [NUMBER + one for one in wanted]
    assert calendar.running(now_ns) == NUMBER


def test_it_is_defined_once_it_is_found() -> None:
    quarter = Quarter(NUMBER, MarketSeconds(1.0))
    assert quarter.defined(START) == []
    assert quarter.tokens() == []
    quarter.find(LISTED, 7)
    (defined,) = quarter.defined(START + 1)
    assert (defined.slug, defined.frame, defined.at_ns) == (quarter.slug, 7, START + 1)
    assert (defined.up_token, defined.down_token, defined.tick_e6, defined.start_e8) == (
        "11",
        "22",
        10_000,
        -1,
    )
    assert quarter.book("11") is quarter.up
    assert quarter.book("22") is quarter.down


def test_it_is_whole_with_both_books_and_doubted_with_either() -> None:
    quarter = Quarter(NUMBER, MarketSeconds(1.0))
    quarter.up.replace([(1, 1)], [])
    assert not quarter.whole()
    quarter.down.replace([], [])
    assert quarter.whole()
    quarter.down.judge(5, 6)
    assert quarter.doubt()
