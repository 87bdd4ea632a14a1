"""Stretches of time in a bounded number."""

from replay.report.stretches import Stretch, Stretches

S = 10**9


def test_what_began_and_ended_is_one_stretch() -> None:
    stretches = Stretches(10)
    stretches.end(S)
    stretches.begin(2 * S, "silence")
    stretches.begin(3 * S, "something else")
    stretches.end(4 * S)
    assert stretches.kept() == [Stretch(2 * S, 4 * S, "silence", 1)]
    assert (stretches.count, stretches.total_s, stretches.longest_s) == (1, 2.0, 2.0)


def test_too_many_are_drawn_as_fewer_and_counted_as_they_were() -> None:
    stretches = Stretches(5)
    for number in range(100):
        stretches.add(number * S, number * S + S // 10, "closed")
    kept = stretches.kept()
    assert len(kept) <= 5
    assert sum(one.many for one in kept) == stretches.count == 100
    assert (kept[0].from_ns, kept[-1].to_ns) == (0, 99 * S + S // 10)
    assert round(stretches.total_s, 6) == 10.0


def test_a_lonely_one_is_never_joined_with_one_far_away() -> None:
    stretches = Stretches(3)
    for number in range(5):
        stretches.add(number * 2_000_000, number * 2_000_000 + 1, "burst")
    stretches.add(3600 * S, 3601 * S, "alone")
    assert stretches.kept()[-1] == Stretch(3600 * S, 3601 * S, "alone", 1)


def test_a_stretch_that_ends_before_it_begins_has_no_length() -> None:
    stretches = Stretches(3)
    stretches.add(5, 3, "clocks")
    assert stretches.kept() == [Stretch(5, 5, "clocks", 1)]
