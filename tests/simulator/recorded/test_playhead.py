"""Recorded time and the present."""

import pytest

from simulator.recorded.playhead import Playhead

S = 1_000_000_000
THEN_NS = 1_786_941_900 * S
NOW_NS = 1_795_000_000 * S


def test_it_begins_with_a_whole_market_second_and_keeps_them_whole() -> None:
    head = Playhead(THEN_NS + S // 3, 1.0, 1.0, NOW_NS + S // 2)
    assert head.served_ns(THEN_NS) == NOW_NS + S
    assert head.clock.stamp_ns(head.second(THEN_NS + 7 * S)) == NOW_NS + 8 * S
    head.move(NOW_NS + S // 2)
    assert head.recorded_ns < THEN_NS + S // 3
    for quarter in range(3, 17):
        head.move(NOW_NS + quarter * S // 4)
    assert head.recorded_ns == THEN_NS + 3 * S


@pytest.mark.parametrize("market_speed", [1.0, 7.5, 60.0])
@pytest.mark.parametrize("speed", [0.5, 1.0, 3.0])
def test_faster_or_slower_the_stamp_of_a_second_is_the_one_of_the_clock_that_is_served(
    speed: float, market_speed: float
) -> None:
    head = Playhead(THEN_NS, speed, market_speed, NOW_NS)
    for second in range(0, 4000, 37):
        recorded_ns = THEN_NS + round(second * S / market_speed)
        stamped_ns = recorded_ns // 1_000_000 * 1_000_000  # as the venue writes it
        stamp_ns = head.clock.stamp_ns(head.second(stamped_ns))
        assert abs(stamp_ns - head.served_ns(recorded_ns)) <= 2


def test_a_pause_makes_the_recording_wait_whole_market_seconds() -> None:
    head = Playhead(THEN_NS, 1.0, 1.0, NOW_NS - 1)
    for step in range(100):
        head.move(NOW_NS + step * 10_000_000)
    before_ns = head.recorded_ns
    head.move(NOW_NS + 20 * S)
    assert head.delays == 1
    assert head.recorded_ns == before_ns
    later_ns = NOW_NS + 20 * S
    while head.recorded_ns == before_ns:
        later_ns += 10_000_000
        head.move(later_ns)
    assert later_ns - NOW_NS <= 21 * S
    assert (head.served_ns(THEN_NS) - NOW_NS) % S == 0
    assert head.recorded_ns - before_ns < 20_000_000
