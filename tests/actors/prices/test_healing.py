import pytest

from actors.errors import GapError
from actors.prices.healing import Healing

S = 1_000_000_000


def test_a_snapshot_in_time_ends_the_attempt() -> None:
    healing = Healing("here")
    healing.begin("a gap", 10 * S)
    assert healing.reason == "a gap"
    healing.check(13 * S)
    healing.done()
    healing.check(99 * S)
    assert healing.reason == ""


def test_a_snapshot_that_does_not_come_is_an_error() -> None:
    healing = Healing("here")
    healing.begin("a gap", 10 * S)
    with pytest.raises(GapError, match="a gap"):
        healing.check(13 * S + 1)


def test_the_fourth_attempt_within_a_minute_is_an_error() -> None:
    healing = Healing("here")
    for at_s in (10, 20, 30):
        healing.begin("a gap", at_s * S)
    with pytest.raises(GapError, match="3 fresh snapshots"):
        healing.begin("a gap", 70 * S)


def test_attempts_of_more_than_a_minute_ago_are_forgotten() -> None:
    healing = Healing("here")
    for at_s in (10, 20, 30, 71, 81, 91, 132):
        healing.begin("a gap", at_s * S)
