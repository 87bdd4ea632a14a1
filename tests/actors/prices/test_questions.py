import pytest

from actors.prices.questions import TickerQuestions

S = 1_000_000_000


def test_the_first_question_is_asked_at_once_and_the_next_after_the_pause() -> None:
    questions = TickerQuestions(poll_s=10, probe_s=2)
    assert questions.due(100 * S, False)
    questions.answered()
    assert not questions.due(110 * S - 1, False)
    assert questions.due(110 * S, False)


def test_where_the_stream_has_the_volume_only_suspicion_asks_again() -> None:
    questions = TickerQuestions(poll_s=0, probe_s=2)
    assert questions.due(100 * S, False)
    questions.answered()
    assert not questions.due(999 * S, False)
    assert questions.due(999 * S, True)
    questions.answered()
    assert not questions.due(1_001 * S - 1, True)
    assert questions.due(1_001 * S, True)


def test_where_nothing_is_to_be_learnt_only_suspicion_asks_at_all() -> None:
    questions = TickerQuestions(poll_s=None, probe_s=3)
    assert not questions.due(100 * S, False)
    assert questions.due(101 * S, True)
    questions.answered()
    assert not questions.due(104 * S - 1, True)
    assert questions.due(104 * S, True)


def test_a_venue_that_names_no_time_is_left_in_peace_for_as_long_as_its_limits_say() -> None:
    questions = TickerQuestions(poll_s=None, probe_s=3, refused_s=3_600)
    questions.refused(429, 0, 100 * S)
    assert questions.wants_peace(3_700 * S - 1)
    assert not questions.due(3_700 * S - 1, True)
    assert questions.due(3_700 * S, True)


def test_nothing_is_asked_twice_at_once() -> None:
    questions = TickerQuestions(poll_s=1, probe_s=1)
    assert questions.due(100 * S, True)
    assert not questions.due(200 * S, True)


@pytest.mark.parametrize(
    ("status", "retry_after_s", "pause_s"),
    [(429, 60, 60), (429, 0, 30), (503, 12, 12), (500, 0, 5), (0, 0, 5)],
)
def test_a_refusal_is_obeyed_for_as_long_as_it_says(status: int, retry_after_s: float, pause_s: int) -> None:
    questions = TickerQuestions(poll_s=1, probe_s=1)
    questions.due(100 * S, True)
    questions.answered()
    questions.refused(status, retry_after_s, 100 * S)
    assert not questions.due((100 + pause_s) * S - 1, True)
    assert questions.due((100 + pause_s) * S, True)
