"""What a child says when it dies, and how it finds what to run."""

import math

import pytest

from supervisor.child import Order, find_start, last_word
from tests.supervisor import children


class KnowsError(Exception):
    fault = "network"

    def __init__(self, text: str, retry_after_s: object) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(text)


def test_an_error_that_knows_its_fault_speaks_for_itself() -> None:
    died = last_word(KnowsError("the path\nfailed", 3))
    assert (died.reason, died.fault, died.retry_after_s) == ("the path failed", "network", 3.0)


@pytest.mark.parametrize("wish", [math.nan, math.inf, "soon", None])
def test_a_wish_that_is_no_number_of_seconds_is_none(wish: object) -> None:
    assert last_word(KnowsError("x", wish)).retry_after_s == 0.0


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ValueError("bad"), "ValueError: bad"), (KeyError(), "KeyError"), (RecursionError("x" * 9999), None)],
)
def test_any_other_error_is_ours_and_its_type_is_told(error: Exception, reason: str | None) -> None:
    died = last_word(error)
    assert died.fault == "internal"
    assert len(died.reason) < 600
    assert reason is None or died.reason == reason


def test_a_start_function_is_found_by_its_name() -> None:
    assert find_start("tests.supervisor.children:works") is children.works


@pytest.mark.parametrize("start", ["tests.supervisor.children:nothing", "no.such.module:start"])
def test_a_start_function_that_is_not_there_is_an_error(start: str) -> None:
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        find_start(start)


@pytest.mark.parametrize(
    ("hears", "fds", "doorbell", "rings"),
    [(True, [5, 6, 7, 8, 9], 7, [8, 9]), (False, [5, 6, 7], -1, [7]), (False, [5, 6], -1, [])],
)
def test_descriptors_are_given_out_in_their_order(
    hears: bool, fds: list[int], doorbell: int, rings: list[int]
) -> None:
    assignment = {"name": "a", "session": "s", "data_dir": "d", "settings": {}}
    order = Order({"start": "m:f", "hears": hears, "assignment": assignment}, fds)
    assert (order.err_fd, order.assignment.beat_fd) == (5, 6)
    assert (order.assignment.doorbell_fd, order.assignment.ring_fds) == (doorbell, rings)
