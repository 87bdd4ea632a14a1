"""The table of transitions."""

from supervisor.state import ALLOWED, State


def test_every_state_can_be_left_and_reached() -> None:
    for state in State:
        assert any(was is state for was, _ in ALLOWED)
        assert any(now is state for _, now in ALLOWED)


def test_no_transition_leads_to_its_own_state() -> None:
    assert all(was is not now for was, now in ALLOWED)


def test_a_process_is_only_ever_made_on_the_way_into_starting() -> None:
    assert {was for was, now in ALLOWED if now is State.RUNNING} == {State.STARTING}


def test_an_operators_stop_reaches_stopped_from_everywhere() -> None:
    direct = {was for was, now in ALLOWED if now is State.STOPPED}
    by_stopping = {was for was, now in ALLOWED if now is State.STOPPING}
    assert direct | by_stopping == set(State) - {State.STOPPED}
