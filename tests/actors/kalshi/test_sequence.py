from actors.kalshi.sequence import MOST_REPEATS, SequenceCounter, Verdict


def test_numbers_follow_one_another() -> None:
    counter = SequenceCounter()
    assert [counter.data(n) for n in (1, 2, 3)] == [Verdict.NEXT] * 3


def test_a_missing_number_is_a_gap_and_counting_goes_on_from_there() -> None:
    counter = SequenceCounter()
    assert [counter.data(n) for n in (1, 4, 5)] == [Verdict.NEXT, Verdict.GAP, Verdict.NEXT]


def test_a_repeated_number_changes_nothing() -> None:
    counter = SequenceCounter()
    assert [counter.data(n) for n in (1, 2, 2, 1, 3)] == [
        Verdict.NEXT, Verdict.NEXT, Verdict.REPEATED, Verdict.REPEATED, Verdict.NEXT
    ]  # fmt: skip


def test_numbers_that_begin_anew_are_not_repetitions_for_ever() -> None:
    counter = SequenceCounter()
    counter.data(1000)
    assert [counter.data(n) for n in range(1, MOST_REPEATS + 1)][-1] is Verdict.LOST


def test_an_acknowledgement_may_take_a_number_of_the_sequence() -> None:
    counter = SequenceCounter()
    counter.data(1)
    assert counter.acknowledgement(2) is Verdict.NEXT
    assert counter.data(3) is Verdict.NEXT


def test_an_acknowledgement_may_show_a_number_without_taking_it() -> None:
    counter = SequenceCounter()
    counter.data(1)
    assert counter.acknowledgement(2) is Verdict.NEXT
    assert counter.data(2) is Verdict.NEXT
    assert counter.data(3) is Verdict.NEXT
    assert counter.data(3) is Verdict.REPEATED


def test_an_acknowledgement_may_repeat_the_last_number() -> None:
    counter = SequenceCounter()
    counter.data(5)
    assert counter.acknowledgement(5) is Verdict.NEXT
    assert counter.data(6) is Verdict.NEXT


def test_an_acknowledgement_that_runs_ahead_is_a_gap_in_one_reading_and_nothing_in_the_other() -> None:
    counted = SequenceCounter()
    counted.data(1)
    assert counted.acknowledgement(4) is Verdict.GAP
    assert counted.data(5) is Verdict.NEXT
    apart = SequenceCounter()
    apart.data(1)
    assert apart.acknowledgement(222) is Verdict.GAP
    assert apart.data(2) is Verdict.NEXT
