from actors.kalshi.definitions import Market
from actors.kalshi.strikes import StrikeChoice

USD = 1_000_000


def hour(count: int = 11, first_usd: int = 83_000) -> list[Market]:
    return [Market(f"T{n:02d}", strike_e6=(first_usd + 250 * n) * USD) for n in range(count)]


def test_the_only_market_of_an_event_is_the_one() -> None:
    assert StrikeChoice(3).choose("E", [Market("M")], 0) == ["M"]


def test_the_nearest_strikes_are_chosen_the_nearest_first() -> None:
    assert StrikeChoice(3).choose("E", hour(), 84_040 * USD) == ["T04", "T05", "T03"]


def test_without_an_index_the_middle_stands_for_it() -> None:
    assert StrikeChoice(3).choose("E", hour(), 0)[0] == "T05"
    assert StrikeChoice(3).choose("E", hour(), 2_000 * USD)[0] == "T05"


def test_what_was_chosen_stays_when_the_index_moves_on() -> None:
    choice = StrikeChoice(2)
    assert choice.choose("E", hour(), 84_010 * USD) == ["T04", "T05"]
    assert choice.choose("E", hour(), 83_510 * USD) == ["T04", "T05", "T02", "T03"]
    assert choice.choose("E", hour(), 84_010 * USD) == ["T04", "T05", "T02", "T03"]
    choice.forget("E")
    assert choice.choose("E", hour(), 84_010 * USD) == ["T04", "T05"]


def test_a_market_without_a_strike_is_not_chosen_among_several() -> None:
    assert StrikeChoice(5).choose("E", [Market("A"), Market("B")], 84_000 * USD) == []


def test_a_market_that_is_no_longer_there_is_not_chosen() -> None:
    choice = StrikeChoice(2)
    choice.choose("E", hour(), 84_010 * USD)
    assert choice.choose("E", hour()[5:], 84_300 * USD) == ["T05", "T06"]
