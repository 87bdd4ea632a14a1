"""What is said when one status follows another."""

from typing import Any

from cli.changes import not_ready, note, sentences


def status(**actors: dict[str, Any]) -> dict[str, Any]:
    usual = {"state": "running", "pid": 7, "fresh": True, "restarts": 0, "reason": "", "last_error": ""}
    return {"actors": [usual | {"name": name} | changes for name, changes in actors.items()]}


def test_nothing_new_is_nothing_said() -> None:
    assert sentences(status(a={}), status(a={"reason": "other"})) == []


def test_a_first_look_says_where_everybody_stands() -> None:
    assert sentences({}, status(a={}, b={"state": "backoff", "pid": None, "reason": "refused"})) == [
        "a: running, process 7",
        "b: backoff (refused)",
    ]


def test_freshness_lost_and_found_is_said_with_its_reason() -> None:
    stale = status(a={"fresh": False, "reason": "no book yet"})
    assert sentences(status(a={}), stale) == ["a: not fresh (no book yet)"]
    assert sentences(stale, status(a={})) == ["a: fresh"]


def test_a_new_process_is_said_even_if_its_end_was_missed() -> None:
    assert sentences(status(a={}), status(a={"pid": 8, "restarts": 1})) == [
        "a: running, process 8, restart 1"
    ]


def test_who_does_not_run_is_named_with_what_is_known() -> None:
    assert not_ready(status(a={}, b={"state": "failed", "last_error": "exit code 1"})) == [
        "b is failed (exit code 1)"
    ]


def test_a_note_is_the_reason_now_else_the_last_error() -> None:
    (good,) = status(a={"reason": "ready", "last_error": "killed"})["actors"]
    (bad,) = status(a={"fresh": False, "reason": "no book yet", "last_error": "killed"})["actors"]
    assert note(good) == "last error: killed"
    assert note(bad) == "no book yet"
