import pytest

from simulator.hush import Hush
from simulator.kalshi.clock import MarketClock
from simulator.world import STEP_NS

MS = 1_000_000
SECOND = 1_000_000_000
START = 1_795_380_000 * SECOND


def _run(speed: float, length_ms: float, until_ns: int) -> list[tuple[int, bool, bool, bool]]:
    """Steps as the engine makes them: (since the start, missed, held, begins)."""
    hush, steps = Hush(MarketClock(speed), length_ms), []
    hush.missed(START)
    for since_ns in range(0, until_ns, STEP_NS):
        now_ns = START + since_ns
        steps.append((since_ns, hush.missed(now_ns), hush.holds(now_ns), hush.begins(now_ns)))
    return steps


def test_the_books_stand_still_from_the_flush_to_the_whole_second() -> None:
    steps = _run(1.0, 10.0, 3 * SECOND)
    begun = [at_ns % SECOND for at_ns, _, _, begins in steps if begins]
    assert begun == [988 * MS] * 3
    held = [at_ns % SECOND for at_ns, _, held, _ in steps if held]
    assert held == [n * MS for n in range(990, 1000, 2)] * 3


@pytest.mark.parametrize("speed", [1.0, 7.0, 60.0, 300.0, 900.0])
def test_every_market_second_has_its_flush_before_it(speed: float) -> None:
    clock = MarketClock(speed)
    flushed = clock.second(START)
    for since_ns, missed, _, begins in _run(speed, 10.0, 2 * SECOND):
        assert not missed
        assert flushed >= clock.second(START + since_ns)
        if begins:
            flushed = clock.second(START + since_ns + STEP_NS + clock.seconds_ns(0.1))


@pytest.mark.parametrize("speed", [1.0, 60.0, 900.0])
def test_a_hush_lasts_a_tenth_of_a_market_second_at_most(speed: float) -> None:
    steps = _run(speed, 10_000.0, 4 * SECOND)
    held = sum(held for _, _, held, _ in steps) / len(steps)
    assert held <= 0.12


def test_a_step_that_comes_late_into_the_hush_flushes_and_holds() -> None:
    hush = Hush(MarketClock(1.0), 10.0)
    assert hush.missed(START)
    assert not hush.begins(START + 980 * MS)
    late_ns = START + 993 * MS
    assert hush.missed(late_ns)
    assert hush.holds(late_ns)
    assert not hush.begins(late_ns)
    assert not hush.holds(START + SECOND)


def test_a_step_that_comes_after_the_second_flushes_at_once_and_once() -> None:
    hush = Hush(MarketClock(1.0), 10.0)
    assert hush.missed(START)
    assert not hush.begins(START + 900 * MS)
    late_ns = START + SECOND + 3 * MS
    assert hush.missed(late_ns)
    assert not hush.missed(late_ns)
    assert not hush.holds(late_ns)
    assert not hush.begins(late_ns)
