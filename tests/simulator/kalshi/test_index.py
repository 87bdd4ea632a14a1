import pytest

from simulator.kalshi.clock import MarketClock
from simulator.kalshi.index import OfficialIndex, dollars

SECOND = 1_000_000_000
CLOSE = 1_795_382_100  # a whole quarter hour


def _filled(values_cents: list[int], first: int) -> OfficialIndex:
    index = OfficialIndex(MarketClock(1.0), values_cents[0], first * SECOND)
    for n, cents in enumerate(values_cents[1:], 1):
        index.advance(cents, (first + n) * SECOND)
    return index


def test_cents_are_written_as_dollars() -> None:
    assert dollars(8400005) == "84000.05"


def test_settlement_takes_the_sixty_values_before_the_close_and_not_the_close_itself() -> None:
    before, last_sixty, at_close = [1_00] * 40, list(range(8_400_000, 8_400_060)), [9_999_999]
    index = _filled(before + last_sixty + at_close, CLOSE - 100)
    assert index.settlement(CLOSE * SECOND) == (2 * sum(last_sixty) + 60) // 120


@pytest.mark.parametrize(("extra", "settled"), [(29, 8_400_000), (30, 8_400_001), (31, 8_400_001)])
def test_settlement_rounds_half_up(extra: int, settled: int) -> None:
    values = [8_400_001] * extra + [8_400_000] * (60 - extra)
    assert _filled(values, CLOSE - 60).settlement(CLOSE * SECOND) == settled


def test_known_values_grow_through_the_last_minute() -> None:
    index = OfficialIndex(MarketClock(1.0), 8_400_000, (CLOSE - 62) * SECOND)
    seen = []
    for second in range(CLOSE - 61, CLOSE + 2):
        index.advance(8_400_000, second * SECOND)
        seen.append(index.known(CLOSE * SECOND)[0])
    assert seen == [0, *range(1, 61), 60, 60]


def test_a_late_step_records_every_second_that_began() -> None:
    index = OfficialIndex(MarketClock(60.0), 8_400_000, CLOSE * SECOND)
    assert len(index.advance(8_400_100, CLOSE * SECOND + 100_000_000)) == 6
    assert index.cents(index.last_second - 5) == 8_400_100


def test_the_running_averages_cover_their_windows() -> None:
    index = _filled(list(range(8_400_000, 8_400_200)), CLOSE - 199)
    average, size = index.trailing_average(CLOSE)
    assert size == 60
    assert average == pytest.approx(sum(range(8_400_139, 8_400_199)) / 6000)
    average, size = index.window_average(CLOSE - 50, CLOSE)
    assert size == 10
    assert average == pytest.approx(sum(range(8_400_140, 8_400_150)) / 1000)
