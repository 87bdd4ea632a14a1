"""What is kept of every actor's run for the page."""

import pytest

from messages import ActorStopped, BookSnapshot, DriftSeen, RecordsLost
from replay.report.run_lines import RunLines
from tests.replay.report.said import S, gap, health, index_value, moved, started, venue_quote
from tests.replay.score.made import BEGIN
from tests.replay.score.words import fair


def test_a_restart_is_drawn_with_the_reason_that_the_supervisor_gave() -> None:
    runs = RunLines()
    runs.began(0)
    runs.state("supervisor", moved("coinbase", S, "starting", "running"), S)
    runs.state("supervisor", moved("coinbase", 5 * S, "running", "backoff", "killed by SIGKILL"), 5 * S)
    runs.state("supervisor", moved("coinbase", 7 * S, "starting", "running"), 7 * S)
    runs.started("coinbase", started("coinbase", S // 2), S // 2)
    runs.started("coinbase", started("coinbase", 6 * S), 6 * S)
    run = runs.of["coinbase"]
    assert [
        (at_ns, note)
        for at_ns, note in zip(run.restarts.points().at_ns, run.restarts.points().notes, strict=True)
    ] == [(6 * S, "killed by SIGKILL")]
    assert [(one.from_ns, one.to_ns, one.why) for one in run.down.kept()] == [
        (5 * S, 7 * S, "killed by SIGKILL")
    ]
    assert (run.starts, list(runs.versions)) == (2, ["1.2"])


def test_who_was_stopped_with_the_session_was_not_down() -> None:
    runs = RunLines()
    runs.began(0)
    runs.state(
        "supervisor", moved("coinbase", 5 * S, "running", "stopping", "stopped by the operator"), 5 * S
    )
    assert not runs.ended
    runs.stopped("supervisor", ActorStopped("supervisor", 6 * S, "asked to stop", "none"), 6 * S)
    runs.ends()
    assert runs.ended
    assert runs.of["coinbase"].down.count == 0
    runs.began(7 * S)
    runs.started("coinbase", started("coinbase", 8 * S), 8 * S)
    assert (runs.of["coinbase"].restarts.count, runs.ended) == (0, False)


def test_who_stays_down_is_down_to_the_end_of_the_record() -> None:
    runs = RunLines()
    runs.state("supervisor", moved("coinbase", 5 * S, "running", "failed", "too often"), 5 * S)
    runs.run("coinbase").saw(S)
    runs.run("coinbase").last_ns = 9 * S
    runs.ends()
    assert [(one.from_ns, one.to_ns) for one in runs.of["coinbase"].down.kept()] == [(5 * S, 9 * S)]


def test_what_is_not_fresh_is_a_stretch_with_its_reason() -> None:
    runs = RunLines()
    runs.health("coinbase", health(S, False, why="no book yet"), S)
    runs.health("coinbase", health(2 * S, False, why="silence"), 2 * S)
    runs.health("coinbase", health(3 * S, p50=2.0, p99=9.0), 3 * S)
    run = runs.of["coinbase"]
    assert [(one.from_ns, one.to_ns, one.why) for one in run.stale.kept()] == [(S, 3 * S, "no book yet")]
    assert (run.venue_p50.all.greatest_ms, run.venue_p99.all.greatest_ms) == (2.0, 9.0)


def test_a_gap_before_the_session_is_cut_and_a_first_connection_has_none() -> None:
    runs = RunLines()
    runs.began(10 * S)
    runs.gap("coinbase", gap(0, 11 * S), 11 * S)
    runs.gap("coinbase", gap(S, 12 * S), 12 * S)
    assert [(one.from_ns, one.to_ns) for one in runs.of["coinbase"].gaps.kept()] == [(10 * S, 12 * S)]


def test_only_a_newer_input_has_a_latency() -> None:
    runs = RunLines()
    for at_ns, cause_ns in ((S, S), (2 * S, 2 * S - 3_000_000), (3 * S, 2 * S - 3_000_000)):
        runs.answer("brti", index_value(at_ns, 84_000.0, cause_ns=cause_ns), at_ns)
    written = runs.of["brti"].written.all
    assert written.count == 1
    assert written.greatest_ms == pytest.approx(3.0)


def test_a_quote_behind_a_checkpoint_answers_no_frame() -> None:
    runs = RunLines()
    runs.quote("coinbase", venue_quote(S, 1.0, 2.0), S + 500_000)
    for checkpoint in (True, False):
        book = BookSnapshot("coinbase", "BTC-USD", 1, S, 0, [], [], checkpoint)
        runs.snapshot("coinbase", book, 2 * S)
        runs.quote("coinbase", venue_quote(S, 1.0, 2.0), S + (900_000_000 if checkpoint else 700_000))
    written = runs.of["coinbase"].written.all
    assert written.count == 2
    assert written.greatest_ms == pytest.approx(0.7)


def test_an_actor_is_silent_only_while_no_series_has_a_value() -> None:
    runs = RunLines()
    other = "KXBTCD-26NOV2219-T84000"
    runs.answer("signal", fair(1, 0.0, withheld="closed"), 0)
    runs.answer("signal", fair(2, 0.5, ticker=other), 0)
    runs.answer("signal", fair(3, 0.0, withheld="closed"), 0)
    runs.answer("signal", fair(4, 0.0, ticker=other, withheld="closed"), 0)
    runs.answer("signal", fair(5, 0.5), 0)
    told = [((one.from_ns - BEGIN) / S, (one.to_ns - BEGIN) / S) for one in runs.of["signal"].stale.kept()]
    assert told == [(1, 2), (4, 5)]


def test_drift_and_lost_records_are_counted_where_they_happened() -> None:
    runs = RunLines()
    runs.drift("coinbase", DriftSeen("coinbase", S, "field", "new", 1), S)
    runs.lost("brti", RecordsLost("coinbase", S, 5, 8, "damage"), S)
    assert (runs.of["coinbase"].drifts, runs.of["coinbase"].lost) == (1, 4)
