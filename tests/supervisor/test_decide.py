"""The decision table: every state x event pair, then the sequences that matter."""

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import Beat, Died
from supervisor import event as ev
from supervisor.decide import DUMP_S, Child, deadline_s, decide, describe_exit
from supervisor.spec import ChildSpec, Restart
from supervisor.state import ALLOWED, State

SPEC = ChildSpec(name="c", start="m:f")
NOW_S = 1000.0
READY = Beat(ready=True, fresh=True)
NOT_READY = Beat(ready=False, fresh=False, why_not="no snapshot yet")
GOOD = Beat(ready=True, fresh=True, good_s=60.0)
NO_REASON = "x"

S, T, R, B, F, P = (
    State.STOPPED,
    State.STARTING,
    State.RUNNING,
    State.BACKOFF,
    State.FAILED,
    State.STOPPING,
)
LAUNCH = ev.Launch()
TERM, CONT, USR1, KILL = (
    ev.Send(signum) for signum in (signal.SIGTERM, signal.SIGCONT, signal.SIGUSR1, signal.SIGKILL)
)


def in_state(state: State) -> Child:
    """A child that got into this state in the ordinary way, a moment ago."""
    child = Child(state=state, reason=NO_REASON, since_s=NOW_S)
    if state is State.STOPPED:
        return child
    child = replace(child, run=1)
    if state in (State.BACKOFF, State.FAILED):
        return replace(child, due_s=NOW_S + 1.0, delay_s=1.0, step=2, last_error="e")
    child = replace(child, pid=77, launched_s=NOW_S)
    if state is State.RUNNING:
        return replace(child, beat=READY, beat_s=NOW_S)
    if state is State.STOPPING:
        return replace(child, dump_s=NOW_S + 4.8, kill_s=NOW_S + 5.0)
    return child


EVENTS: dict[str, ev.Event] = {
    "start": ev.Start(),
    "stop": ev.Stop("why"),
    "restart": ev.Restart(),
    "kill": ev.Kill("why"),
    "launched": ev.Launched(78),
    "beat": ev.Beaten(READY),
    "beat, not ready": ev.Beaten(NOT_READY),
    "last word": ev.LastWord(Died("r", "venue")),
    "exit 0": ev.Exited(0),
    "exit 1": ev.Exited(1),
    "exit unknown": ev.Exited(None, "the fork server died"),
    "tick, early": ev.Tick(),
    "tick, late": ev.Tick(),
    "stalled": ev.Stalled(),
}
TICK_DELAY_S = {"tick, late": 100.0}

TABLE: dict[tuple[State, str], tuple[State, list[ev.Action]]] = {
    (S, "start"): (T, [LAUNCH]),
    (S, "stop"): (S, []),
    (S, "restart"): (T, [LAUNCH]),
    (S, "kill"): (S, []),
    (S, "launched"): (S, []),
    (S, "beat"): (S, []),
    (S, "beat, not ready"): (S, []),
    (S, "last word"): (S, []),
    (S, "exit 0"): (S, []),
    (S, "exit 1"): (S, []),
    (S, "exit unknown"): (S, []),
    (S, "tick, early"): (S, []),
    (S, "tick, late"): (S, []),
    (S, "stalled"): (S, []),
    (T, "start"): (T, []),
    (T, "stop"): (P, [TERM, CONT]),
    (T, "restart"): (P, [TERM, CONT]),
    (T, "kill"): (P, [KILL]),
    (T, "launched"): (T, []),
    (T, "beat"): (R, []),
    (T, "beat, not ready"): (T, []),
    (T, "last word"): (T, []),
    (T, "exit 0"): (B, []),
    (T, "exit 1"): (B, []),
    (T, "exit unknown"): (B, []),
    (T, "tick, early"): (T, []),
    (T, "tick, late"): (T, [USR1]),
    (T, "stalled"): (T, []),
    (R, "start"): (R, []),
    (R, "stop"): (P, [TERM, CONT]),
    (R, "restart"): (P, [TERM, CONT]),
    (R, "kill"): (P, [KILL]),
    (R, "launched"): (R, []),
    (R, "beat"): (R, []),
    (R, "beat, not ready"): (R, []),
    (R, "last word"): (R, []),
    (R, "exit 0"): (B, []),
    (R, "exit 1"): (B, []),
    (R, "exit unknown"): (B, []),
    (R, "tick, early"): (R, []),
    (R, "tick, late"): (R, [USR1]),
    (R, "stalled"): (R, []),
    (B, "start"): (B, []),
    (B, "stop"): (S, []),
    (B, "restart"): (T, [LAUNCH]),
    (B, "kill"): (S, []),
    (B, "launched"): (B, []),
    (B, "beat"): (B, []),
    (B, "beat, not ready"): (B, []),
    (B, "last word"): (B, []),
    (B, "exit 0"): (B, []),
    (B, "exit 1"): (B, []),
    (B, "exit unknown"): (B, []),
    (B, "tick, early"): (B, []),
    (B, "tick, late"): (T, [LAUNCH]),
    (B, "stalled"): (B, []),
    (F, "start"): (F, []),
    (F, "stop"): (S, []),
    (F, "restart"): (T, [LAUNCH]),
    (F, "kill"): (S, []),
    (F, "launched"): (F, []),
    (F, "beat"): (F, []),
    (F, "beat, not ready"): (F, []),
    (F, "last word"): (F, []),
    (F, "exit 0"): (F, []),
    (F, "exit 1"): (F, []),
    (F, "exit unknown"): (F, []),
    (F, "tick, early"): (F, []),
    (F, "tick, late"): (T, [LAUNCH]),
    (F, "stalled"): (F, []),
    (P, "start"): (P, []),
    (P, "stop"): (P, []),
    (P, "restart"): (P, []),
    (P, "kill"): (P, [KILL]),
    (P, "launched"): (P, []),
    (P, "beat"): (P, []),
    (P, "beat, not ready"): (P, []),
    (P, "last word"): (P, []),
    (P, "exit 0"): (S, []),
    (P, "exit 1"): (S, []),
    (P, "exit unknown"): (S, []),
    (P, "tick, early"): (P, []),
    (P, "tick, late"): (P, [KILL]),
    (P, "stalled"): (P, []),
}


def test_the_table_names_every_pair() -> None:
    assert set(TABLE) == {(state, name) for state in State for name in EVENTS}


def test_the_table_has_every_kind_of_event() -> None:
    assert {type(event) for event in EVENTS.values()} == set(get_args(ev.Event))


@pytest.mark.parametrize(("state", "name"), TABLE, ids=lambda value: getattr(value, "value", value))
def test_each_pair_is_answered_as_the_table_says(state: State, name: str) -> None:
    child, actions = decide(in_state(state), SPEC, EVENTS[name], NOW_S + TICK_DELAY_S.get(name, 0.0), 0.0)
    assert (child.state, actions) == TABLE[state, name]


def after(*steps: tuple[float, ev.Event], spec: ChildSpec = SPEC) -> tuple[Child, list[ev.Action]]:
    """Let events happen to a new child at these times; return it with the last event's actions."""
    child = Child()
    actions: list[ev.Action] = []
    for at_s, event in steps:
        child, actions = decide(child, spec, event, at_s, 0.0)
    return child, actions


def run_and_die(child: Child, at_s: float, ran_s: float = 1.0, beat: Beat | None = READY) -> Child:
    """From waiting or stopped through one run to its crash, `ran_s` after at_s."""
    child, _ = decide(child, SPEC, ev.Tick() if child.due_s else ev.Start(), at_s, 0.0)
    assert child.state is State.STARTING
    child, _ = decide(child, SPEC, ev.Launched(9), at_s, 0.0)
    if beat is not None:
        child, _ = decide(child, SPEC, ev.Beaten(beat), at_s, 0.0)
    child, _ = decide(child, SPEC, ev.Exited(1), at_s + ran_s, 0.0)
    return child


def delays_of(beat: Beat | None, count: int) -> list[float]:
    child, delays, at_s = Child(), [], 0.0
    for _ in range(count):
        child = run_and_die(child, at_s, beat=beat)
        delays.append(child.delay_s)
        assert child.due_s is not None
        at_s = child.due_s
    return delays


def test_the_first_restart_after_a_run_that_worked_comes_at_once_then_delays_double() -> None:
    assert delays_of(READY, 9) == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_a_child_that_never_got_ready_earns_no_restart_at_once() -> None:
    assert delays_of(None, 4) == [1, 2, 4, 8]


def test_a_minute_of_good_data_brings_the_delay_back_to_zero() -> None:
    assert delays_of(GOOD, 4) == [0, 0, 0, 0]


def test_time_alone_does_not_bring_the_delay_back() -> None:
    child = run_and_die(run_and_die(Child(), 0.0), 1.0, ran_s=86_400.0)
    assert child.delay_s == 1.0


def test_more_restarts_than_allowed_in_the_period_make_it_failed_with_one_trial_at_a_time() -> None:
    child, at_s = Child(), 0.0
    for _ in range(SPEC.max_restarts):
        child = run_and_die(child, at_s)
        assert child.state is State.BACKOFF
        at_s = child.due_s or 0.0
    child = run_and_die(child, at_s)
    assert child.state is State.FAILED
    assert child.delay_s == SPEC.trial_s
    assert "gave up after 10 restarts" in child.reason
    # The trial dies long after the window has emptied, and still is only a trial.
    child = run_and_die(child, child.due_s or 0.0, ran_s=10_000.0)
    assert child.state is State.FAILED
    assert child.delay_s == SPEC.trial_s


def test_a_trial_with_a_minute_of_good_data_clears_everything() -> None:
    failed = replace(in_state(State.FAILED), window=(1.0, 2.0, 3.0), step=9)
    child = run_and_die(failed, NOW_S + 1.0, beat=GOOD)
    assert (child.state, child.delay_s, child.trial, len(child.window)) == (State.BACKOFF, 0.0, False, 1)


def test_good_data_now_and_then_does_not_hide_a_crash_loop() -> None:
    child, at_s, spec = Child(), 0.0, replace(SPEC, max_restarts=3)
    for _ in range(4):
        child, _ = decide(child, spec, ev.Tick() if child.due_s is not None else ev.Start(), at_s, 0.0)
        child, _ = decide(child, spec, ev.Launched(9), at_s, 0.0)
        child, _ = decide(child, spec, ev.Beaten(GOOD), at_s + 61, 0.0)
        child, _ = decide(child, spec, ev.Exited(1), at_s + 61, 0.0)
        at_s += 61
    assert child.state is State.FAILED


def test_what_the_venue_asks_for_is_waited() -> None:
    asks = ev.LastWord(Died("slow down", "venue", 17.0))
    child, _ = decide(in_state(State.RUNNING), SPEC, asks, NOW_S, 0.0)
    child, _ = decide(child, SPEC, ev.Exited(1), NOW_S, 0.0)
    assert (child.delay_s, child.reason, child.last_error) == (17.0, "slow down", "slow down")


def test_what_the_venue_asks_for_never_shortens_a_delay() -> None:
    child = replace(in_state(State.RUNNING), step=5, died=Died("r", "venue", 2.0))
    child, _ = decide(child, SPEC, ev.Exited(1), NOW_S, 0.0)
    assert child.delay_s == 16.0


def test_a_hung_child_gets_its_stacks_dumped_and_then_is_killed() -> None:
    child = in_state(State.RUNNING)
    hung_s = NOW_S + SPEC.heartbeat_s
    assert deadline_s(child, SPEC) == hung_s
    child, actions = decide(child, SPEC, ev.Tick(), hung_s, 0.0)
    assert actions == [USR1]
    assert deadline_s(child, SPEC) == hung_s + DUMP_S
    child, actions = decide(child, SPEC, ev.Tick(), hung_s + DUMP_S, 0.0)
    assert actions == [KILL]
    assert deadline_s(child, SPEC) is None
    child, _ = decide(child, SPEC, ev.Exited(-9), hung_s + DUMP_S, 0.0)
    assert child.state is State.BACKOFF
    assert child.delay_s == 0.0
    assert child.last_error.startswith("hung")


def test_a_beat_after_the_dump_does_not_save_it() -> None:
    child, _ = decide(in_state(State.RUNNING), SPEC, ev.Tick(), NOW_S + 10, 0.0)
    child, _ = decide(child, SPEC, ev.Beaten(READY), NOW_S + 10.1, 0.0)
    assert decide(child, SPEC, ev.Tick(), NOW_S + 10.2, 0.0)[1] == [KILL]


def test_a_doomed_starting_child_does_not_become_running() -> None:
    child, _ = decide(in_state(State.STARTING), SPEC, ev.Tick(), NOW_S + 30, 0.0)
    child, _ = decide(child, SPEC, ev.Beaten(READY), NOW_S + 30.1, 0.0)
    assert child.state is State.STARTING


def test_a_child_that_is_not_ready_in_time_is_guilty_of_what_it_still_missed() -> None:
    child, _ = decide(in_state(State.STARTING), SPEC, ev.Beaten(NOT_READY), NOW_S + 29.0, 0.0)
    assert deadline_s(child, SPEC) == NOW_S + 30.0
    child, actions = decide(child, SPEC, ev.Tick(), NOW_S + 30.0, 0.0)
    assert actions == [USR1]
    assert "no snapshot yet" in child.doom


def test_a_child_that_hangs_while_starting_is_found_by_its_silence() -> None:
    child, _ = decide(in_state(State.STARTING), SPEC, ev.Beaten(NOT_READY), NOW_S + 1.0, 0.0)
    assert deadline_s(child, SPEC) == NOW_S + 11.0


def test_the_ready_limit_counts_from_the_process_not_from_the_wish() -> None:
    child, _ = after((0.0, ev.Start()))
    assert deadline_s(child, SPEC) is None


def test_stop_asks_then_dumps_then_kills() -> None:
    child, actions = decide(in_state(State.RUNNING), SPEC, ev.Stop("why"), NOW_S, 0.0)
    assert actions == [TERM, CONT]
    assert deadline_s(child, SPEC) == NOW_S + 5.0 - DUMP_S
    child, actions = decide(child, SPEC, ev.Tick(), NOW_S + 5.0 - DUMP_S, 0.0)
    assert actions == [USR1]
    child, actions = decide(child, SPEC, ev.Tick(), NOW_S + 5.0, 0.0)
    assert actions == [KILL]
    child, _ = decide(child, SPEC, ev.Exited(-9), NOW_S + 5.1, 0.0)
    assert (child.state, child.reason, child.last_error) == (State.STOPPED, "why", "")


def test_after_a_stall_of_ours_all_patience_begins_anew() -> None:
    late_s = NOW_S + 1000.0
    for state in (State.STARTING, State.RUNNING):
        child, _ = decide(in_state(state), SPEC, ev.Stalled(), late_s, 0.0)
        assert (deadline_s(child, SPEC) or 0.0) > late_s


def test_a_shutdown_limit_of_zero_kills_at_once() -> None:
    spec = replace(SPEC, shutdown_s=0.0)
    assert decide(in_state(State.RUNNING), spec, ev.Stop("why"), NOW_S, 0.0)[1] == [KILL]
    child, _ = decide(in_state(State.RUNNING), spec, ev.Restart(), NOW_S, 0.0)
    assert decide(child, spec, ev.Exited(-9), NOW_S, 0.0)[0].state is State.STARTING


def test_stopping_a_hung_child_does_not_lengthen_its_life() -> None:
    child, _ = decide(in_state(State.RUNNING), SPEC, ev.Tick(), NOW_S + 10, 0.0)
    child, _ = decide(child, SPEC, ev.Stop("why"), NOW_S + 10.1, 0.0)
    assert deadline_s(child, SPEC) == NOW_S + 10.2


def test_restart_by_the_operator_forgets_the_past_and_starts_at_once() -> None:
    child = replace(in_state(State.RUNNING), step=7, window=(1.0, 2.0), trial=True)
    child, _ = decide(child, SPEC, ev.Restart(), NOW_S, 0.0)
    child, actions = decide(child, SPEC, ev.Exited(0), NOW_S + 0.1, 0.0)
    assert (child.state, actions) == (State.STARTING, [LAUNCH])
    assert (child.step, child.window, child.trial, child.restarts) == (0, (), False, 1)


@pytest.mark.parametrize("state", [State.BACKOFF, State.FAILED])
def test_restart_while_waiting_forgets_the_past_too(state: State) -> None:
    child = replace(in_state(state), window=(1.0,), trial=True)
    child, _ = decide(child, SPEC, ev.Restart(), NOW_S, 0.0)
    assert (child.step, child.window, child.trial, child.due_s) == (0, (), False, None)


def test_the_last_wish_of_the_operator_counts() -> None:
    child, _ = decide(in_state(State.STOPPING), SPEC, ev.Restart(), NOW_S, 0.0)
    assert decide(child, SPEC, ev.Exited(0), NOW_S, 0.0)[0].state is State.STARTING
    child, _ = decide(child, SPEC, ev.Stop("why"), NOW_S, 0.0)
    assert decide(child, SPEC, ev.Exited(0), NOW_S, 0.0)[0].state is State.STOPPED


@pytest.mark.parametrize(
    ("policy", "code", "state"),
    [
        (Restart.PERMANENT, 0, State.BACKOFF),
        (Restart.PERMANENT, 1, State.BACKOFF),
        (Restart.TRANSIENT, 0, State.STOPPED),
        (Restart.TRANSIENT, 1, State.BACKOFF),
        (Restart.TRANSIENT, -9, State.BACKOFF),
        (Restart.TRANSIENT, None, State.BACKOFF),
        (Restart.TEMPORARY, 0, State.STOPPED),
        (Restart.TEMPORARY, -9, State.STOPPED),
    ],
)
def test_the_policy_says_who_is_started_again(policy: Restart, code: int | None, state: State) -> None:
    spec = replace(SPEC, restart=policy)
    assert decide(in_state(State.RUNNING), spec, ev.Exited(code), NOW_S, 0.0)[0].state is state


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, "its process is gone"),
        (0, "ended by itself (exit code 0)"),
        (3, "exit code 3"),
        (-9, "killed by SIGKILL"),
        (-63, "killed by signal 63"),
    ],
)
def test_an_exit_is_described(code: int | None, said: str) -> None:
    assert describe_exit(code) == said


MAKERS: list[Callable[[], ev.Event]] = [
    ev.Start,
    lambda: ev.Stop("why"),
    ev.Restart,
    lambda: ev.Kill("why"),
    lambda: ev.Launched(5),
    lambda: ev.Beaten(READY),
    lambda: ev.Beaten(NOT_READY),
    lambda: ev.Beaten(GOOD),
    lambda: ev.LastWord(Died("r", "venue", 3.0)),
    lambda: ev.Exited(0),
    lambda: ev.Exited(-9),
    ev.Tick,
    ev.Stalled,
]


@given(st.lists(st.tuples(st.sampled_from(range(len(MAKERS))), st.floats(0, 100), st.floats(0, 0.99))))
def test_no_history_leads_to_a_forbidden_transition_or_a_child_that_waits_for_ever(
    history: list[tuple[int, float, float]],
) -> None:
    child, now_s, processes = Child(), 0.0, 0
    for index, wait_s, jitter in history:
        now_s += wait_s
        event = MAKERS[index]()
        if isinstance(event, ev.Exited):
            if not processes:
                continue  # nothing exits that does not exist
            processes -= 1
        was = child.state
        child, actions = decide(child, SPEC, event, now_s, jitter)
        processes += actions.count(LAUNCH)
        assert child.state is was or (was, child.state) in ALLOWED
        assert processes <= 1
        assert processes == (child.state in (State.STARTING, State.RUNNING, State.STOPPING))
        if child.state in (State.BACKOFF, State.FAILED, State.RUNNING) and not child.doom:
            assert deadline_s(child, SPEC) is not None
